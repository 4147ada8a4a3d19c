package turning

import (
	"fmt"
	"slices"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/steer"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// brief chooses the channels and the single channel of a case, and measures them at strengths
// 1 and 2 on the report split. ok is false where there is nothing to steer by.
func (t *Turn) brief() (all, one *Candidate, c1, s2, at90 steer.Point, reached, ok bool) {
	s := t.steerer()
	list := t.measured(s, t.ofNodes(s))
	if all, one = best(list, byChannels, 1), best(list, bySingle, 2); all == nil {
		return nil, nil, c1, s2, at90, false, false
	}
	prompts := t.reported(t.pick(128, 16), 0)
	c1 = curveOf(s, all.Method, prompts, []float64{1}).Points[0]
	s2 = curveOf(s, one.Method, prompts, []float64{2}).Points[0]
	strength, _, reached := all.cost()
	if reached {
		at90 = curveOf(s, all.Method, prompts, []float64{strength}).Points[0]
	}
	return all, one, c1, s2, at90, reached, true
}

// Seeds does the case anew through bridges of several seeds between the same models, and from
// sparse models of other seeds, each with its own circuit and a bridge to the same dense model.
// It states every effect as bridge_seedN or sparse_seedN, and their mean, least and greatest;
// the sparse models count the case's own.
func (t *Turn) Seeds(bridges, models []int) (r cell.Result) {
	table := viz.Table{Note: t.note("Over seeds: "+t.label(), "On the report split; 95 % intervals over prompts. KL at other tokens, nats per token, at the strength for .9 found on the selecting prompts."),
		Columns: []viz.Column{{Name: "seed"}, {Name: "circuit"}, {Name: "channels"}, {Name: "P at 1, whole vocabulary"}, {Name: "between the two"}, {Name: "KL where .9 is reached"}, {Name: "single"}, {Name: "P at 2, whole vocabulary"}, {Name: "between the two "}}}
	sum := viz.Table{Note: viz.Note{Title: "Mean, least and greatest over seeds", Caption: "The sparse models count this notebook's, with the bridge of seed 0."},
		Columns: []viz.Column{{Name: "over"}, {Name: "what"}, {Name: "seeds"}, {Name: "mean", Format: "%.3f"}, {Name: "least", Format: "%.3f"}, {Name: "greatest", Format: "%.3f"}}}
	kinds := []string{"channels_full_at_1", "channels_two_way_at_1", "single_full_at_2", "single_two_way_at_2"}
	values := map[string][]float64{}
	add := func(group, name, label string, of *Turn) {
		all, one, c1, s2, at90, reached, ok := of.brief()
		if !ok {
			table.Rows = append(table.Rows, []any{label, of.Circuit.Size(), "none", nil, nil, nil, nil, nil, nil})
			return
		}
		cost := "not reached"
		if reached {
			cost = fmt.Sprintf("%s at %.2f", cell.Interval(at90.OtherKL), at90.Strength)
			r.State(name+"_channels_other_kl_at_90", at90.OtherKL)
		}
		table.Rows = append(table.Rows, []any{label, of.Circuit.Size(), all.Method.Name, cell.Interval(c1.Want), cell.Interval(c1.TwoWay), cost, one.Method.Name, cell.Interval(s2.Want), cell.Interval(s2.TwoWay)})
		for i, e := range []stat.Estimate{c1.Want, c1.TwoWay, s2.Want, s2.TwoWay} {
			r.State(name+"_"+kinds[i], e)
			values[group+kinds[i]] = append(values[group+kinds[i]], e.Mean)
		}
	}
	for _, s := range bridges {
		p := t.Pair.With(func(c *bridge.Config) { c.Seed = uint64(s) })
		add("bridge_seeds_", fmt.Sprintf("bridge_seed%d", s), fmt.Sprintf("bridge of seed %d", s), &Turn{p, t.Circuit, t.To, t.Few})
	}
	if len(models) > 0 {
		for _, k := range kinds {
			own := values["bridge_seeds_"+k]
			values["sparse_seeds_"+k] = slices.Clone(own[:min(1, len(own))])
		}
	}
	dense := t.Pair.Dense()
	for _, s := range models {
		m := t.Circuit.Model().Seed(s)
		p := lab.Bridge(m, dense, func(c *bridge.Config) { *c = t.Pair.Config() })
		add("sparse_seeds_", fmt.Sprintf("sparse_seed%d", s), fmt.Sprintf("sparse model of seed %d", s), &Turn{p, t.Circuit.On(m, fmt.Sprintf("seed %d", s), false), t.To, t.Few})
	}
	for _, group := range []string{"bridge_seeds_", "sparse_seeds_"} {
		for _, k := range kinds {
			if v := values[group+k]; len(v) > 0 {
				sum.Rows = append(sum.Rows, []any{group[:len(group)-1], k, len(v), gonum.Mean(v, nil), slices.Min(v), slices.Max(v)})
				r.State(group+k+"_mean", gonum.Mean(v, nil))
				r.State(group+k+"_min", slices.Min(v))
				r.State(group+k+"_max", slices.Max(v))
			}
		}
	}
	r.Show(table, sum)
	return r
}

// Short does the case without controls and costs: the circuit's channels, the best single one
// and all channels of the site, over strengths on the report split. It states their effects at
// 1, at 2 and at the greatest strength.
func (t *Turn) Short() (r cell.Result) {
	s := t.steerer()
	list := t.measured(s, t.ofNodes(s))
	all := best(list, byChannels, 1)
	if all == nil {
		r.Show(viz.Bundle{Text: "the circuit reads nothing from the residual stream: there is nothing to steer by\n", HTML: "<div>the circuit reads nothing from the residual stream: there is nothing to steer by</div>"})
		return r
	}
	prompts := t.reported(t.pick(128, 16), 0)
	panels := []charts.Panel{{Y: charts.Axis{Label: "P, whole vocabulary", Include: []float64{0, 1}}, Height: 260}, {Y: charts.Axis{Label: "P, between the two", Include: []float64{0, 1}}, Height: 260, Refs: []charts.Ref{{Name: "aim", Y: turnLevel}}}}
	table := viz.Table{Note: t.note("Effect: "+t.label(), fmt.Sprintf("n = %d prompts of the report split, 95 %% intervals.", len(prompts))),
		Columns: []viz.Column{{Name: "method"}, {Name: "what"}, {Name: "P at 1, whole vocabulary"}, {Name: "at 2"}, {Name: "P at 1, between the two"}, {Name: "at 2 "}, {Name: "at the greatest strength"}}}
	for _, c := range []*Candidate{all, best(list, bySingle, 2), {Kind: byWhole, Method: cell.Must(s.Whole(all.Method.Site))}} {
		curve := curveOf(s, c.Method, prompts, t.strengths())
		for i, p := range []steer.Probability{steer.Full, steer.Between} {
			panels[i].Series = append(panels[i].Series, curveSeries(c.Kind, curve, p))
		}
		panels[0].Refs = []charts.Ref{{Name: "the counterparts themselves", Y: curve.Ceiling.Mean}}
		at1, at2, last := cell.Must(curve.At(1)), cell.Must(curve.At(2)), curve.Points[len(curve.Points)-1]
		table.Rows = append(table.Rows, []any{c.Kind, c.Method.Name, cell.Interval(at1.Want), cell.Interval(at2.Want), cell.Interval(at1.TwoWay), cell.Interval(at2.TwoWay), cell.Interval(last.TwoWay)})
		key := turnKeys[c.Kind]
		r.State(key+"_method", c.Method.Name)
		r.State(key+"_full_at_1", at1.Want)
		r.State(key+"_full_at_2", at2.Want)
		r.State(key+"_two_way_at_1", at1.TwoWay)
		r.State(key+"_two_way_at_2", at2.TwoWay)
		if last.Strength > 2 {
			r.State(fmt.Sprintf("%s_two_way_at_%g", key, last.Strength), last.TwoWay)
		}
	}
	r.Show(charts.Plot{Note: t.note("The wanted answer over the strength: "+t.label(), "Above: among the whole vocabulary. Below: between the two answers."), X: charts.Axis{Label: "strength"}, Panels: panels, Band: "95 % over prompts"}, table)
	return r
}
