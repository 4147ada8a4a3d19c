package turning

import (
	"context"
	"errors"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/steer"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// A Turned is a case of steering as it was measured.
type Turned struct {
	Turn       *Turn
	Candidates []*Candidate // all that was chosen from
	// Chosen are the best of each kind: channels at strength 1, a single channel at 2, a
	// difference of means at 1; and all channels of the site of the first.
	Chosen []*Candidate
	// Cheapest reach the level at the least cost, of all that goes through the bridge and of
	// the differences of means; nil where none does.
	CheapBridge, CheapMeans *Candidate
	Curves                  map[string]*steer.Curve // of the chosen, by kind, on the prompts for reporting
	Random, Others, Alone   Control                 // random directions, other channels, and random directions of the single channel's norm
	Costs                   map[string]TurnCost     // where the level is reached, by key
}

// A TurnCost is what a method does at the strength that reaches the level on the selecting
// prompts.
type TurnCost struct {
	Reached bool
	Method  string
	Point   steer.Point
	Text    steer.TextCost
}

// Measure chooses methods, measures the chosen over strengths beside random controls, and what
// they cost at equal effect.
func (t *Turn) Measure() *Turned {
	s := t.steerer()
	list := t.measured(s, append(t.ofNodes(s), t.ofMeans(s)...))
	first := best(list, byChannels, 1)
	if first == nil {
		cell.End(errors.New("the circuit reads nothing from the residual stream: there is nothing to steer by"))
		return nil // it does not get here
	}
	whole := t.measured(s, []*Candidate{{Kind: byWhole, Method: cell.Must(s.Whole(first.Method.Site))}})[0]
	x := &Turned{Turn: t, Candidates: list, Chosen: []*Candidate{first, best(list, bySingle, 2), whole, best(list, byMeans, 1)},
		CheapBridge: cheapest(list, byChannels, bySingle), CheapMeans: cheapest(list, byMeans), Curves: map[string]*steer.Curve{}, Costs: map[string]TurnCost{}}
	prompts := t.reported(t.pick(128, 16), 0)
	b := cell.NewBar("turning", len(x.Chosen))
	for i, c := range x.Chosen {
		x.Curves[c.Kind] = curveOf(s, c.Method, prompts, t.strengths())
		b.Step(i+1, c.Method.Name)
	}
	cell.Check(b.Done(true))
	x.Random = t.control(s, "random directions", prompts, func(i uint64) *steer.Method { return steer.Random(first.Method, i) })
	x.Others = t.control(s, "random channels", prompts, func(i uint64) *steer.Method { return cell.Must(s.RandomChannels(first.Method, i)) })
	x.Alone = t.control(s, "random directions for the single channel", prompts, func(i uint64) *steer.Method { return steer.Random(x.Chosen[1].Method, i) })
	for _, k := range x.priced() {
		if k.c != nil {
			x.Costs[k.key] = t.costOf(s, k.c, prompts)
		}
	}
	return x
}

// priced are the methods whose cost is given, with their keys.
func (x *Turned) priced() (list []struct {
	name, key string
	c         *Candidate
}) {
	add := func(name, key string, c *Candidate) {
		list = append(list, struct {
			name, key string
			c         *Candidate
		}{name, key, c})
	}
	for _, c := range x.Chosen {
		add(c.Kind, turnKeys[c.Kind], c)
	}
	add("cheapest of the bridge", "cheapest_bridge", x.CheapBridge)
	add("cheapest difference of means", "cheapest_means", x.CheapMeans)
	return list
}

// costOf measures a candidate at its strength.
func (t *Turn) costOf(s *steer.Steerer, c *Candidate, prompts []steer.Prompt) TurnCost {
	strength, _, ok := c.cost()
	out := TurnCost{Reached: ok, Method: c.Method.Name}
	if ok {
		out.Point = curveOf(s, c.Method, prompts, []float64{strength}).Points[0]
		out.Text = cell.Interruptible(func(ctx context.Context) (steer.TextCost, error) {
			return s.Text(ctx, c.Method, t.selected(), strength, 128)
		})
	}
	return out
}

// Bundle draws the curves, and tabulates the effect of what was chosen beside its controls.
func (x *Turned) Bundle() (viz.Bundle, error) {
	t, one := x.Turn, x.Curves[byChannels]
	n := one.Points[0].TwoWay.N
	panel := func(p steer.Probability, label string, refs ...charts.Ref) charts.Panel {
		out := charts.Panel{Y: charts.Axis{Label: label, Include: []float64{0, 1}}, Height: 260, Refs: refs}
		for _, c := range x.Chosen {
			out.Series = append(out.Series, curveSeries(c.Kind, x.Curves[c.Kind], p))
		}
		out.Series = append(out.Series, x.Random.series("random directions", p), x.Others.series("random channels", p))
		return out
	}
	plot := charts.Plot{Note: t.note("The wanted answer over the strength: "+t.label(), fmt.Sprintf("%d prompts of the report split. Above: among the whole vocabulary; the line is what the counterparts themselves get. Below: between the two answers. Strength 0 is no steering.", n)),
		X: charts.Axis{Label: "strength"}, Band: fmt.Sprintf("95 %% over prompts; of random ones from the least to the greatest of %d draws", t.pick(20, 2)),
		Panels: []charts.Panel{panel(steer.Full, "P, whole vocabulary", charts.Ref{Name: "the counterparts themselves", Y: one.Ceiling.Mean}), panel(steer.Between, "P, between the two", charts.Ref{Name: "aim", Y: turnLevel})}}
	base := one.Points[0]
	table := viz.Table{Note: t.note("Effect, on the report split", fmt.Sprintf("n = %d prompts, 95 %% intervals over prompts; of random ones the least and the greatest of %d draws. The counterparts themselves get %s among all and %s between the two.", n, t.pick(20, 2), cell.Interval(one.Ceiling), cell.Interval(one.CeilingTwoWay))),
		Columns: []viz.Column{{Name: "method"}, {Name: "what"}, {Name: "P at 1, whole vocabulary"}, {Name: "at 2"}, {Name: "P at 1, between the two"}, {Name: "at 2 "}, {Name: "rises up to"}, {Name: "largest step", Format: "%.3f"}},
		Rows:    [][]any{{"none", "", cell.Interval(base.Want), cell.Interval(base.Want), cell.Interval(base.TwoWay), cell.Interval(base.TwoWay), nil, nil}}}
	for _, c := range x.Chosen {
		curve := x.Curves[c.Kind]
		at1, at2 := cell.Must(curve.At(1)), cell.Must(curve.At(2))
		table.Rows = append(table.Rows, []any{c.Kind, c.Method.Name, cell.Interval(at1.Want), cell.Interval(at2.Want), cell.Interval(at1.TwoWay), cell.Interval(at2.TwoWay), rises(curve, steer.Between), curve.LargestStep(steer.Between)})
	}
	for _, k := range x.controls() {
		full1, both1 := k.c.of(1)
		full2, both2 := k.c.of(2)
		say := func(v [3]float64) string { return fmt.Sprintf("%.3f (%.3f to %.3f)", v[1], v[0], v[2]) }
		table.Rows = append(table.Rows, []any{k.name, "", say(full1), say(full2), say(both1), say(both2), nil, nil})
	}
	return cell.Page{plot, table}.Bundle()
}

type namedControl struct {
	name, key string
	c         Control
}

func (x *Turned) controls() []namedControl {
	return []namedControl{{"random directions, of the channels' norms", "random", x.Random}, {"other rows of the decoder, of the channels' norms", "random_channels", x.Others}, {"random directions, of the single channel's norm", "single_random", x.Alone}}
}

// Claims are base and ceiling, the effects at strengths 1 and 2 of what was chosen and of its
// controls, whether curves rise, and the costs where the level is reached.
func (x *Turned) Claims() []book.Stated {
	var r cell.Result
	one := x.Curves[byChannels]
	r.State("base_full", one.Points[0].Want)
	r.State("base_two_way", one.Points[0].TwoWay)
	r.State("ceiling_full", one.Ceiling)
	r.State("ceiling_two_way", one.CeilingTwoWay)
	r.State("prompts", one.Points[0].TwoWay.N)
	r.State("draws", x.Turn.pick(20, 2))
	for _, c := range x.Chosen {
		curve, key := x.Curves[c.Kind], turnKeys[c.Kind]
		at1, at2 := cell.Must(curve.At(1)), cell.Must(curve.At(2))
		r.State(key+"_method", c.Method.Name)
		r.State(key+"_full_at_1", at1.Want)
		r.State(key+"_full_at_2", at2.Want)
		r.State(key+"_two_way_at_1", at1.TwoWay)
		r.State(key+"_two_way_at_2", at2.TwoWay)
		r.State(key+"_two_way_monotone", curve.Monotone(steer.Between, turnSlack))
		r.State(key+"_two_way_largest_step", curve.LargestStep(steer.Between))
		r.State(key+"_full_monotone", curve.Monotone(steer.Full, turnSlack))
		r.State(key+"_full_largest_step", curve.LargestStep(steer.Full))
		r.State(key+"_full_rises_up_to", rises(curve, steer.Full))
	}
	for _, k := range x.controls() {
		for _, at := range []float64{1, 2} {
			_, both := k.c.of(at)
			r.State(fmt.Sprintf("%s_two_way_mean_at_%g", k.key, at), both[1])
			r.State(fmt.Sprintf("%s_two_way_max_at_%g", k.key, at), both[2])
		}
	}
	for _, k := range x.priced() {
		c := x.Costs[k.key]
		r.State(k.key+"_reaches_90", c.Reached)
		if c.Reached {
			r.State(k.key+"_strength_at_90", c.Point.Strength)
			r.State(k.key+"_two_way_at_90", c.Point.TwoWay)
			r.State(k.key+"_other_kl_at_90", c.Point.OtherKL)
			r.State(k.key+"_other_changed_at_90", c.Point.Changed)
			r.State(k.key+"_text_kl_at_90", c.Text.KL)
			r.State(k.key+"_text_changed_at_90", c.Text.Changed)
		}
	}
	for _, k := range []struct{ name, a, b string }{{"channels", "channels", "means"}, {"bridge", "cheapest_bridge", "cheapest_means"}} {
		prompts, text := x.cheaper(k.a, k.b)
		r.State(k.name+"_cheaper_on_prompts", prompts)
		r.State(k.name+"_cheaper_on_text", text)
	}
	return r.Numbers
}

// cheaper says whether one method reaches the level at a lower cost than another, at other
// tokens of the prompts and on text.
func (x *Turned) cheaper(a, b string) (prompts, text bool) {
	p, q := x.Costs[a], x.Costs[b]
	if !p.Reached {
		return false, false
	}
	if !q.Reached {
		return true, true
	}
	return p.Point.OtherKL.Mean < q.Point.OtherKL.Mean, p.Text.KL.Mean < q.Text.KL.Mean
}
