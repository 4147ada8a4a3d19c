package lab

import (
	"context"
	"fmt"
	"slices"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/bridge"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// Routes are routes through both models of a pair, with what each loses.
type Routes struct {
	List    []bridge.Route
	Losses  []bridge.Loss
	Windows int
	Note    viz.Note
}

// Routes runs every route through both models, up to six boundaries; of deeper models those
// with up to two switches, and with all. It measures on half of the windows of [Pair.Measure].
func (p *Pair) Routes() Routes {
	b := p.Bridge()
	r := Routes{List: bridge.SomeRoutes(b.Boundaries()), Windows: p.windows() / 2}
	bar := cell.NewBar(fmt.Sprintf("%d routes", len(r.List)), 1000)
	o := bridge.MeasureOptions{Windows: r.Windows, Progress: bar.Options().Progress}
	r.Losses = cell.Interruptible(func(ctx context.Context) ([]bridge.Loss, error) { return b.MeasureRoutes(ctx, r.List, o) })
	cell.Check(bar.Done(true))
	r.Note = p.note("What routes of many switches lose", fmt.Sprintf("%d routes, each on %d windows of validation text. Trained on: one switch.", len(r.List), r.Windows))
	return r
}

// Bundle plots the losses by the number of switches, and tabulates them.
func (r Routes) Bundle() (viz.Bundle, error) {
	all, err := bridge.BySwitches(r.List, r.Losses, nil)
	if err != nil {
		return viz.Bundle{}, err
	}
	p := charts.Plot{Note: r.Note, Band: "from the best to the worst route", X: charts.Axis{Label: "number of switches"}, Panels: []charts.Panel{
		{Y: charts.Axis{Label: "CE above the worse model, nats per token"}, Refs: []charts.Ref{{Name: "aim", Y: bridge.Slack}}},
		{Y: charts.Axis{Label: "KL(dense ‖ route)", Include: []float64{0}}, Height: 200}}}
	for _, end := range []bridge.Side{bridge.Sparse, bridge.Dense} {
		groups, err := bridge.BySwitches(r.List, r.Losses, &end)
		if err != nil {
			return viz.Bundle{}, err
		}
		for i, of := range []func(bridge.Switched) []float64{func(g bridge.Switched) []float64 { return g.Over }, func(g bridge.Switched) []float64 { return g.KL }} {
			s := charts.Series{Name: "ends in " + end.String()}
			for _, g := range groups {
				v := of(g)
				s.X, s.Y, s.Lo, s.Hi = append(s.X, float64(g.Switches)), append(s.Y, gonum.Mean(v, nil)), append(s.Lo, slices.Min(v)), append(s.Hi, slices.Max(v))
			}
			p.Panels[i].Series = append(p.Panels[i].Series, s)
		}
	}
	t := viz.Table{Note: viz.Note{Title: "Routes by their number of switches"},
		Columns: []viz.Column{{Name: "switches"}, {Name: "routes"}, {Name: "above the worse model, mean", Format: "%.3f", Bar: true}, {Name: "worst", Format: "%.3f"}, {Name: "interval of the worst"}, {Name: "at most 0.15"}, {Name: "mean KL", Format: "%.3f"}, {Name: "the worst route"}}}
	for _, g := range all {
		e := g.WorstOver
		t.Rows = append(t.Rows, []any{g.Switches, g.Routes, gonum.Mean(g.Over, nil), e.Mean, fmt.Sprintf("%.3f to %.3f", e.Lo, e.Hi), g.Within, gonum.Mean(g.KL, nil), g.Worst.String()})
	}
	return cell.Page{p, t}.Bundle()
}

// Claims are the number of routes, under the name of the claim alone, within_limit, worst and
// worst_ce; and by the number of switches over_mean, over_max, kl_mean and kl_max.
func (r Routes) Claims() []book.Stated {
	worst, within := 0, 0
	for i, l := range r.Losses {
		if l.CE.Mean > r.Losses[worst].CE.Mean {
			worst = i
		}
	}
	var list []book.Stated
	for _, g := range cell.Must(bridge.BySwitches(r.List, r.Losses, nil)) {
		at := func(name string) string { return fmt.Sprintf("%s_%d", name, g.Switches) }
		within += g.Within
		list = append(list, book.Stated{Name: at("over_mean"), Value: gonum.Mean(g.Over, nil)}, book.Stated{Name: at("over_max"), Value: g.WorstOver.Mean, Lo: g.WorstOver.Lo, Hi: g.WorstOver.Hi, N: r.Windows},
			book.Stated{Name: at("kl_mean"), Value: gonum.Mean(g.KL, nil)}, book.Stated{Name: at("kl_max"), Value: slices.Max(g.KL)})
	}
	return append(list, book.Stated{Name: "", Value: len(r.List)}, book.Stated{Name: "within_limit", Value: within},
		book.Stated{Name: "worst", Value: r.List[worst].String()}, book.Stated{Name: "worst_ce", Value: r.Losses[worst].CE.Mean})
}
