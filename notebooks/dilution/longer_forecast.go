package dilution

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// Forecast is at which lengths models are to fail, written down before anything longer is run:
// what [Longer.Measure] is given in another cell is what is kept of it.
type Forecasts struct {
	Of      Longer
	Written []Forecast
	Detail  []Prediction // of the circuits, beside what is written
}

// Forecast predicts lengths of failure from short prompts for selecting alone, by the circuits
// that are at hand: what attention brings to the last token is a mean that every piece dilutes.
// leads adds what takes no circuit, the lead of one answer over the other in the models
// themselves, drawn on by the same law.
func (l Longer) Forecast(leads bool) Forecasts {
	out := Forecasts{Of: l}
	b := cell.NewBar("predictions", len(l.Sparse))
	for i, m := range l.Sparse {
		c, alone, d := l.circuitOf(m)
		for _, f := range l.fillers() {
			if c == nil && !leads {
				continue
			}
			short := f.Short()
			if l.small() {
				short = short[:3]
			}
			p := cell.Must(Select(m.Run().Tokenizer, f, short, drawn(m)))
			own := map[string]task.Predictor{}
			if leads {
				own["sparse"], own["dense"] = m.Run().Model, l.Dense[i].Run().Model
			}
			x, detail, err := ForecastOf(seedOf(m), alone, d, own, p)
			cell.Check(err)
			out.Written, out.Detail = append(out.Written, x), append(out.Detail, detail)
		}
		b.Step(i+1, fmt.Sprintf("seed %d", seedOf(m)))
	}
	cell.Check(b.Done(true))
	return out
}

// Hash is that of what is written: it is the same when lengths are measured, or something was
// changed.
func (f Forecasts) Hash() string { return cell.Must(HashOf(f.Written)) }

// filler is one of those that the task has.
func (l Longer) filler(name string) Filler {
	for _, f := range l.fillers() {
		if f.Name == name {
			return f
		}
	}
	cell.End(fmt.Errorf("there is no filler %q of %s", name, l.task()))
	return Filler{}
}

// leads are the names of the models whose own lead was drawn on.
func (f Forecasts) leads() (names []string) {
	for _, n := range []string{"sparse", "dense"} {
		if len(f.Written) > 0 {
			if _, ok := f.Written[0].By[n]; ok {
				names = append(names, n)
			}
		}
	}
	return names
}

// Bundle plots the law for the first seed, and tabulates what is foretold.
func (f Forecasts) Bundle() (viz.Bundle, error) {
	m := f.Of.Sparse[0]
	t := viz.Table{Columns: []viz.Column{{Name: "seed"}, {Name: "longer with"}, {Name: "threshold", Format: "%.2f"}, {Name: "explained", Format: "%.2f"}, {Name: "b", Format: "%.1f"}, {Name: "fails at"}, {Name: "in tokens"}, {Name: "by"}},
		Note: m.Note("Foretold lengths of failure", fmt.Sprintf("Written down, with the hash %s. From short prompts for selecting, in pieces, 95 %% intervals over prompts. Explained: share of the lead's variance that depth explains. b: pieces that weigh as much as all the rest, sought up to %d.", f.Hash(), MaxBefore))}
	for _, n := range f.leads() {
		t.Columns = append(t.Columns, viz.Column{Name: "by its lead, " + n})
	}
	var page cell.Page
	for i, x := range f.Written {
		d := f.Detail[i]
		by := cell.Must(x.Failure(ByCircuit))
		filler := f.Of.filler(x.Filler)
		tokens := "never"
		if by.Within() {
			tokens = fmt.Sprintf("%.0f", by.Tokens)
		}
		row := []any{int(x.Seed), x.Filler, nil, nil, nil, reached(by, unreached), tokens, sideOf(filler, by.Side)}
		if x.OK {
			row[2], row[3], row[4] = d.Threshold, d.Explained, d.Prompt.Before
		}
		for _, n := range f.leads() {
			row = append(row, reached(cell.Must(x.Failure(n)), unreached))
		}
		t.Rows = append(t.Rows, row)
		if i == 0 && x.OK {
			page = append(page, f.law(x, d, filler))
		}
	}
	if len(t.Rows) == 0 {
		return cell.Nothing("no circuit is at hand, and nothing is foretold").Bundle()
	}
	return append(page, t).Bundle()
}

// law draws a prediction.
func (f Forecasts) law(x Forecast, d Prediction, filler Filler) charts.Plot {
	panel := charts.Panel{Y: charts.Axis{Label: "depth"}, Refs: []charts.Ref{{Name: "threshold", Y: d.Threshold}}}
	for k, a := range []Average{d.Prompt, d.Counter} {
		s := charts.Series{Name: filler.Sides[k]}
		for n := 2.0; n <= 20; n++ {
			s.X, s.Y = append(s.X, n), append(s.Y, a.At(n))
		}
		panel.Series = append(panel.Series, s)
	}
	return charts.Plot{Note: f.Of.Sparse[0].Note(fmt.Sprintf("What is foretold of %s, seed %d", filler.Note, x.Seed), fmt.Sprintf("The law as fitted to lengths %v: a side fails where it passes the threshold.", filler.Short())),
		X: charts.Axis{Label: filler.Unit}, Panels: []charts.Panel{panel}}
}

// Claims are, of every filler and seed, foretold_FILLER_S with its interval and
// foretold_FILLER_S_side, foretold_by_lead_MODEL_FILLER_S, and foretold_hash. 999 stands for
// never.
func (f Forecasts) Claims() (list []book.Stated) {
	n := drawn(f.Of.Sparse[0]).N
	for _, x := range f.Written {
		by := cell.Must(x.Failure(ByCircuit))
		of := fmt.Sprintf("%s_seed%d", x.Filler, x.Seed)
		list = append(list, claimOfFailure("foretold_"+of, by, n), book.Stated{Name: "foretold_" + of + "_side", Value: sideOf(f.Of.filler(x.Filler), by.Side)})
		for _, m := range f.leads() {
			list = append(list, book.Stated{Name: "foretold_by_lead_" + m + "_" + of, Value: clip(cell.Must(x.Failure(m)).Length)})
		}
	}
	return append(list, book.Stated{Name: "foretold_hash", Value: f.Hash()})
}
