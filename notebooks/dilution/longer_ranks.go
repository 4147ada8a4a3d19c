package dilution

import (
	"fmt"
	"math"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// Means is the mean over seeds, with intervals over seeds and prompts. Numbers are
// mean_FILLER_KIND_SIDE_LENGTH: of the first filler every length, of others the first and the
// last.
func (g Grown) Means() (out cell.Result) {
	first := g.Of.Sparse[0]
	for i, f := range g.Of.fillers() {
		plot := charts.Plot{X: charts.Axis{Label: f.Unit}, Panels: rightPanels(f), Band: "95 %, bootstrap over seeds and over the prompts of each",
			Note: first.Note(f.Note+", mean over seeds", fmt.Sprintf("P of the right answer against the other one, held-out prompts, %d seeds; up to the longest that fits the context for every seed.", len(g.Of.Sparse)))}
		for _, in := range kindsGrown {
			var curves [][]Point
			for _, m := range g.Of.Sparse {
				if x := g.find(seedOf(m), in, f.Name); x != nil {
					curves = append(curves, x.Curve)
				}
			}
			if len(curves) == 0 {
				continue
			}
			over := [2]charts.Series{{Name: in}, {Name: in}}
			all := cell.Must(Over(curves))
			for j, p := range all {
				for k, e := range []stat.Estimate{p.Prompt, p.Counter} {
					cell.Point(&over[k], float64(p.Length), e)
					if i == 0 || j == 0 || j == len(all)-1 {
						out.Numbers = append(out.Numbers, cell.ClaimOf(fmt.Sprintf("mean_%s_%s_%s_%d", f.Name, in, f.Sides[k], p.Length), e))
					}
				}
			}
			for k := range plot.Panels {
				plot.Panels[k].Series = append(plot.Panels[k].Series, over[k])
			}
		}
		out.Figures = append(out.Figures, plot)
	}
	return out
}

// growing are the fillers under which what decides is diluted.
func (g Grown) growing() (list []Filler) {
	for _, f := range g.Of.fillers() {
		if !f.Control {
			list = append(list, f)
		}
	}
	return list
}

// Sides asks whether the side that fails is the foretold one, or the first one anyway. Numbers
// are side_KIND_cases, side_KIND_right and side_KIND_FIRST.
func (g Grown) Sides() (out cell.Result) {
	name := g.Of.fillers()[0].Sides[0]
	t := viz.Table{Columns: []viz.Column{{Name: "in"}, {Name: "cases"}, {Name: "on the foretold side"}, {Name: name}},
		Note: g.Of.Sparse[0].Note("The side that fails", fmt.Sprintf("Of the cases that fail within the context and for which a side was foretold: how many fail on that side, and how many would if one always said %s.", name))}
	for _, in := range kindsGrown {
		n := cell.Must(Sides(in, g.Written, g.List, g.growing()))
		t.Rows = append(t.Rows, []any{in, n.Cases, n.Right, n.First})
		out.State("side_"+in+"_cases", n.Cases)
		out.State("side_"+in+"_right", n.Right)
		out.State("side_"+in+"_"+name, n.First)
	}
	out.Figures = cell.Page{t}
	return out
}

// Ranks asks whether what is foretold ranks what was measured, within each filler and pooled:
// by the circuits, in every kind and in both kinds of models, and by the models' own leads
// (KIND_lead). Numbers are rank_KIND, rank_KIND_p, the same of KIND_pooled, rank_KIND_cases and
// rank_KIND_failed.
func (g Grown) Ranks() (out cell.Result) {
	t := viz.Table{Columns: []viz.Column{{Name: "foretold by"}, {Name: "measured in"}, {Name: "cases"}, {Name: "failed within the context"}, {Name: "rank correlation", Format: "%+.2f"}, {Name: "p", Format: "%.4f"}, {Name: "pooled", Format: "%+.2f"}, {Name: "p ", Format: "%.4f"}},
		Note: g.Of.Sparse[0].Note("Foretold against measured, by rank", "Spearman's correlation; p by permutations.")}
	row := func(claim, by, in string, cases []stat.Case) {
		if len(cases) == 0 {
			return
		}
		r := Ranked(cases)
		cells := []any{by, in, r.Cases, r.Failed}
		out.State("rank_"+claim+"_cases", r.Cases)
		out.State("rank_"+claim+"_failed", r.Failed)
		for i, x := range []stat.Correlation{r.Within, r.Pooled} {
			if math.IsNaN(x.R) {
				cells = append(cells, nil, nil)
				continue
			}
			cells = append(cells, x.R, x.P)
			name := "rank_" + claim + []string{"", "_pooled"}[i]
			out.State(name, x.R)
			out.State(name+"_p", x.P)
		}
		t.Rows = append(t.Rows, cells)
	}
	of := func(by, in string) []stat.Case {
		return cell.Must(Cases(by, in, g.Written, g.List, g.growing()))
	}
	for _, in := range kindsGrown {
		row(in, "circuit", in, of(ByCircuit, in))
	}
	row("both", "circuit", "both", append(of(ByCircuit, "sparse"), of(ByCircuit, "dense")...))
	if leads := (Forecasts{Of: g.Of, Written: g.Written}).leads(); len(leads) == 2 {
		sparse, dense := of("sparse", "sparse"), of("dense", "dense")
		row("sparse_lead", "the model's own lead", "sparse", sparse)
		row("dense_lead", "the model's own lead", "dense", dense)
		row("both_lead", "the model's own lead", "both", append(sparse, dense...))
	}
	out.Figures = cell.Page{t}
	return out
}
