package turning

import (
	"fmt"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/steer"
	"circuitbook/viz"
)

// Choices are all that was chosen from, on the selecting prompts.
func (x *Turned) Choices() viz.Table {
	marks := map[*Candidate][]string{}
	for i, name := range []string{"channels", "single", "", "difference of means"} {
		if name != "" {
			marks[x.Chosen[i]] = append(marks[x.Chosen[i]], name)
		}
	}
	marks[x.CheapBridge] = append(marks[x.CheapBridge], "cheapest of the bridge")
	marks[x.CheapMeans] = append(marks[x.CheapMeans], "cheapest difference of means")
	t := viz.Table{Note: x.Turn.note("All that was chosen from", fmt.Sprintf("On %d selecting prompts, between the two answers. Strength and KL at other tokens, nats per token, where %.1f is reached.", x.Candidates[0].Curve.Points[0].TwoWay.N, turnLevel)),
		Columns: []viz.Column{{Name: "method"}, {Name: "kind"}, {Name: "P at strength 1", Format: "%.3f", Bar: true, Max: 1}, {Name: "P at strength 2", Format: "%.3f", Bar: true, Max: 1}, {Name: "strength for .9", Format: "%.2f"}, {Name: "KL there", Format: "%.3f"}, {Name: "chosen as"}}}
	for _, c := range x.Candidates {
		kind := c.Kind
		if kind == bySingle {
			kind = "single channel"
		}
		row := []any{c.Method.Name, kind, c.at(1), c.at(2), nil, nil, strings.Join(marks[c], "; ")}
		if strength, kl, ok := c.cost(); ok {
			row[4], row[5] = strength, kl
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Prices are what methods cost where they reach the level: at other tokens of the prompts, and
// on text that has nothing to do with the task.
func (x *Turned) Prices() viz.Table {
	t := viz.Table{Note: x.Turn.note(fmt.Sprintf("Cost where %.1f is reached", turnLevel), "Strength from the selecting prompts, all else measured on the report split. KL in nats per token; changed: the share of tokens after which another token became the most probable. Text: 128 windows of validation text, to every token of which the mean of what is added is added."),
		Columns: []viz.Column{{Name: "method"}, {Name: "what"}, {Name: "strength", Format: "%.2f"}, {Name: "P between the two", Format: "%.3f"}, {Name: "P, whole vocabulary", Format: "%.3f"}, {Name: "KL at other tokens"}, {Name: "changed", Format: "%.3f"}, {Name: "KL on text"}, {Name: "changed ", Format: "%.3f"}}}
	for _, k := range x.priced() {
		c := x.Costs[k.key]
		switch {
		case k.c == nil:
			t.Rows = append(t.Rows, []any{k.name, "none reaches it", nil, nil, nil, nil, nil, nil, nil})
		case !c.Reached:
			t.Rows = append(t.Rows, []any{k.name, c.Method + ": not reached", nil, nil, nil, nil, nil, nil, nil})
		default:
			t.Rows = append(t.Rows, []any{k.name, c.Method, c.Point.Strength, c.Point.TwoWay.Mean, c.Point.Want.Mean, cell.Interval(c.Point.OtherKL), c.Point.Changed.Mean, cell.Interval(c.Text.KL), c.Text.Changed.Mean})
		}
	}
	return t
}

// writtenTokens is how many tokens are written.
const writtenTokens = 8

// showing is the strength at which a candidate's text is shown.
func (c *Candidate) showing() float64 {
	if x, _, ok := c.cost(); ok {
		return x
	}
	return 2
}

// visible is a text with its white space made visible.
func visible(s string) string { return strings.ReplaceAll(viz.Visible(s), " ", "·") }

// ending is the end of a prompt: its last two lines.
func ending(s string) string {
	lines := strings.SplitAfter(s, "\n")
	return visible(strings.Join(lines[max(0, len(lines)-2):], ""))
}

// Written is what the dense model writes after held-out prompts, and the most probable next
// tokens, as it is and steered: each method at the strength at which it reaches the level, at 2
// where it does not.
func (x *Turned) Written() cell.Page {
	t := x.Turn
	s, tok := t.steerer(), t.Circuit.Model().Run().Tokenizer
	chosen := []*Candidate{x.Chosen[0], x.Chosen[1], x.Chosen[3]}
	text := viz.Table{Note: t.note("What the dense model writes", fmt.Sprintf("The most probable token, %d times, after prompts of the report split (· is a space, ⏎ a line's end; of prompts the last two lines).", writtenTokens)), Columns: []viz.Column{{Name: "prompt"}, {Name: "as it is"}}}
	top := viz.Table{Note: t.note("The most probable next tokens", "After the same prompts, with their probabilities; strengths as above."), Columns: text.Columns}
	for _, c := range chosen {
		column := viz.Column{Name: fmt.Sprintf("%s, strength %.2f", c.Kind, c.showing())}
		text.Columns, top.Columns = append(slices.Clip(text.Columns), column), append(slices.Clip(top.Columns), column)
	}
	say := func(list []model.TokenProb) string {
		var l []string
		for _, x := range list {
			l = append(l, fmt.Sprintf("%s %.2f", visible(x.Text), x.P))
		}
		return strings.Join(l, "   ")
	}
	for i, p := range t.reported(t.pick(6, 2), writtenTokens) {
		a := []any{ending(tok.Decode(p.Tokens)), visible(tok.Decode(cell.Must(s.Generate(chosen[0].Method, p, 0, writtenTokens))))}
		b := []any{a[0], nil}
		for _, c := range chosen {
			a = append(a, visible(tok.Decode(cell.Must(s.Generate(c.Method, p, c.showing(), writtenTokens)))))
			before, after, err := s.Top(c.Method, p, c.showing(), 4)
			cell.Check(err)
			b[1] = say(before)
			b = append(b, say(after))
		}
		text.Rows = append(text.Rows, a)
		if i < 4 {
			top.Rows = append(top.Rows, b)
		}
	}
	return cell.Page{text, top}
}

// Aims sets what was aimed at beside what came out.
func (x *Turned) Aims() viz.Table {
	met := map[bool]string{true: "met", false: "missed"}
	one, two := x.Curves[byChannels], x.Curves[bySingle]
	base, c1, s2 := one.Points[0], cell.Must(one.At(1)), cell.Must(two.At(2))
	_, r1 := x.Random.of(1)
	_, r2 := x.Alone.of(2)
	both := func(p steer.Point) string {
		return fmt.Sprintf("%.3f (%.3f among the whole vocabulary)", p.TwoWay.Mean, p.Want.Mean)
	}
	t := viz.Table{Note: x.Turn.note("Aims and results", fmt.Sprintf("Between the two answers; among the whole vocabulary the counterparts themselves get %.3f.", one.Ceiling.Mean)),
		Columns: []viz.Column{{Name: "aim"}, {Name: "result"}, {Name: ""}},
		Rows: [][]any{
			{"before: at most .05", both(base), met[base.TwoWay.Mean <= 0.05]},
			{"circuit's channels at strength 1: at least .9", both(c1), met[c1.TwoWay.Mean >= turnLevel]},
			{"best single channel at strength 2: at least .9", both(s2), met[s2.TwoWay.Mean >= turnLevel]},
			{"curve of the channels monotone", fmt.Sprintf("largest step %.3f", one.LargestStep(steer.Between)), met[one.Monotone(steer.Between, turnSlack)]},
			{"curve of the single channel monotone", fmt.Sprintf("largest step %.3f", two.LargestStep(steer.Between)), met[two.Monotone(steer.Between, turnSlack)]},
			{"random directions of the channels' norms at 1: at most .2", fmt.Sprintf("%.3f, the greatest %.3f", r1[1], r1[2]), met[r1[2] <= 0.2]},
			{"random directions of the single channel's norm at 2: at most .2", fmt.Sprintf("%.3f, the greatest %.3f", r2[1], r2[2]), met[r2[2] <= 0.2]},
		}}
	for _, k := range []struct{ aim, a, b string }{{"channels cheaper than the difference of means", "channels", "means"}, {"cheapest of the bridge cheaper than the cheapest difference of means", "cheapest_bridge", "cheapest_means"}} {
		p, q := x.Costs[k.a], x.Costs[k.b]
		say := func(c TurnCost, e stat.Estimate) string {
			if !c.Reached {
				return "not reached"
			}
			return cell.Interval(e)
		}
		onPrompts, onText := x.cheaper(k.a, k.b)
		t.Rows = append(t.Rows, []any{k.aim + ", other tokens", say(p, p.Point.OtherKL) + " against " + say(q, q.Point.OtherKL), met[onPrompts]},
			[]any{"the same on text", say(p, p.Text.KL) + " against " + say(q, q.Text.KL), met[onText]})
	}
	return t
}
