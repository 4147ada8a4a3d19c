package dilution

import (
	"fmt"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// Grown is how circuits and models do on prompts that grow, beside what was foretold of them.
type Grown struct {
	Of      Longer
	Written []Forecast
	Hash    string // of what was read
	List    []Measured
	Depth   []charts.Series // of the first seed's circuit, on both sides
}

// grownLengths are the lengths that are measured, up to what fits the context.
func grownLengths(small bool) []int {
	if small {
		return []int{2, 3, 4}
	}
	return []int{2, 4, 6, 8, 10, 12, 16, 24, 36}
}

// longOf are held-out prompts of a filler.
func longOf(m *lab.Model, f Filler) Prompts {
	return cell.Must(Report(m.Run().Tokenizer, f, grownLengths(m.Scale() == "tiny"), drawn(m)))
}

// Measure measures held-out prompts up to what the context holds, in the circuits, the sparse
// models and the dense ones. It compares with what is written and foretells nothing.
func (f Forecasts) Measure() Grown {
	l := f.Of
	g := Grown{Of: l, Written: f.Written, Hash: f.Hash()}
	b := cell.NewBar("measuring", len(l.Sparse)*len(l.fillers()))
	for i, m := range l.Sparse {
		_, alone, d := l.circuitOf(m)
		for k, filler := range l.fillers() {
			p := longOf(m, filler)
			if len(d.Nodes) > 0 {
				x, prompt, counter, err := MeasureCircuit(seedOf(m), alone, d, p)
				cell.Check(err)
				g.List = append(g.List, x)
				if i == 0 && k == 0 {
					g.Depth = []charts.Series{depthOf(filler.Sides[0], p, prompt), depthOf(filler.Sides[1], p, counter)}
				}
			}
			g.List = append(g.List, cell.Must(Measure(seedOf(m), "sparse", m.Run().Model, p)), cell.Must(Measure(seedOf(m), "dense", l.Dense[i].Run().Model, p)))
			b.Step(i*len(l.fillers())+k+1, fmt.Sprintf("seed %d, %s", seedOf(m), filler.Name))
		}
	}
	cell.Check(b.Done(true))
	return g
}

// depthOf is depth against length.
func depthOf(name string, p Prompts, seen []Seen) charts.Series {
	s := charts.Series{Name: name}
	for i, v := range seen {
		cell.Point(&s, float64(p.Lengths[i]), stat.Mean(v.Depth))
	}
	return s
}

// right is P of the right answer against length, of a side.
func right(name string, curve []Point, side int) charts.Series {
	s := charts.Series{Name: name}
	for _, p := range curve {
		cell.Point(&s, float64(p.Length), [2]Side{p.Prompt, p.Counter}[side].Estimate())
	}
	return s
}

// rightPanels are empty panels for both sides of a filler.
func rightPanels(f Filler) (out []charts.Panel) {
	for _, side := range f.Sides {
		out = append(out, charts.Panel{Y: charts.Axis{Label: "P(right), " + side, Include: []float64{0, 1}}, Refs: []charts.Ref{{Name: "even", Y: 0.5}}, Height: 180})
	}
	return out
}

// kindsGrown are what is measured, in the order of tables.
var kindsGrown = []string{ByCircuit, "sparse", "dense"}

// find is a measurement; nil where it was not made.
func (g Grown) find(seed uint64, in, filler string) *Measured {
	for i, x := range g.List {
		if x.Seed == seed && x.In == in && x.Filler == filler {
			return &g.List[i]
		}
	}
	return nil
}

// Bundle plots the first seed's first filler, and tabulates what was foretold and measured.
func (g Grown) Bundle() (viz.Bundle, error) {
	first, f := g.Of.Sparse[0], g.Of.fillers()[0]
	plot := charts.Plot{Note: first.Note(fmt.Sprintf("Measured on %s, seed %d", f.Note, seedOf(first)), "On held-out prompts; the right answer against the other one."), X: charts.Axis{Label: f.Unit}, Band: "95 % over prompts", Panels: rightPanels(f)}
	for _, in := range kindsGrown {
		if x := g.find(seedOf(first), in, f.Name); x != nil {
			for k := range plot.Panels {
				plot.Panels[k].Series = append(plot.Panels[k].Series, right(in, x.Curve, k))
			}
		}
	}
	if len(g.Depth) > 0 {
		depth := charts.Panel{Y: charts.Axis{Label: "depth, circuit alone"}, Series: g.Depth}
		plot.Panels = append([]charts.Panel{depth}, plot.Panels...)
	}
	t := viz.Table{Columns: []viz.Column{{Name: "seed"}, {Name: "longer with"}, {Name: "foretold"}, {Name: "circuit alone"}, {Name: "sparse model"}, {Name: "dense model"}, {Name: "sparse, P at last", Format: "%.3f"}, {Name: "dense, P at last", Format: "%.3f"}},
		Note: first.Note("Foretold and measured lengths of failure", fmt.Sprintf("Read what was written down, with the hash %s. In pieces, with 95 %% intervals over prompts; after the length, the side that fails. The prediction is the circuit's for all three. P at last: of the right answer at the longest, the worse side. Lines above leave what decides as it is: a control.", g.Hash))}
	for _, m := range g.Of.Sparse {
		for _, f := range g.Of.fillers() {
			row := []any{int(seedOf(m)), f.Name, "none"}
			for _, x := range g.Written {
				if x.Seed == seedOf(m) && x.Filler == f.Name {
					by := cell.Must(x.Failure(ByCircuit))
					row[2] = reached(by, unreached) + ", " + sideOf(f, by.Side)
				}
			}
			for _, in := range kindsGrown {
				x := g.find(seedOf(m), in, f.Name)
				if x == nil {
					row = append(row, "none")
					continue
				}
				row = append(row, reached(x.Failure, float64(x.Limit))+", "+sideOf(f, x.Side))
			}
			for _, in := range kindsGrown[1:] {
				row = append(row, worse(g.find(seedOf(m), in, f.Name).Curve).Mean)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return cell.Page{plot, t}.Bundle()
}

// worse is P of the right answer at the longest prompts, on the side where it is less.
func worse(curve []Point) stat.Estimate {
	last := curve[len(curve)-1]
	a, b := last.Prompt.Estimate(), last.Counter.Estimate()
	if b.Mean < a.Mean {
		return b
	}
	return a
}

// Claims are, of every kind (circuit, sparse, dense), filler and seed, measured_KIND_FILLER_S
// with its interval and _side, where 999 stands for a length beyond the context; of models also
// _whole_first and _whole_last, P of the right answer among all tokens at the shortest and at
// the longest; and measured_hash, of the forecasts that were read.
func (g Grown) Claims() (list []book.Stated) {
	for _, x := range g.List {
		of := fmt.Sprintf("measured_%s_%s_seed%d", x.In, x.Filler, x.Seed)
		first, last := x.Curve[0], x.Curve[len(x.Curve)-1]
		list = append(list, claimOfFailure(of, x.Failure, len(first.Prompt.Right)), book.Stated{Name: of + "_side", Value: sideOf(g.Of.filler(x.Filler), x.Side)})
		if x.In != ByCircuit {
			list = append(list, book.Stated{Name: of + "_whole_first", Value: stat.Mean(first.Prompt.Whole).Mean}, book.Stated{Name: of + "_whole_last", Value: stat.Mean(last.Prompt.Whole).Mean})
		}
	}
	return append(list, book.Stated{Name: "measured_hash", Value: g.Hash})
}
