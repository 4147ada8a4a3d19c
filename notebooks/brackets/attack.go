package brackets

import (
	"fmt"
	"slices"

	"circuitbook/notebooks/dilution"
	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// A Distraction is the line, of several, that most makes the whole model give the first side's
// answer to the second side's prompts, above whose last line it stands: chosen on prompts for
// selecting.
type Distraction struct {
	Line  string
	Lines []string
	P     []float64 // of that answer, under each line
	Note  viz.Note
}

// Distraction tries lines.
func (w MainPath) Distraction(lines ...string) Distraction {
	m := w.Circuit.Model()
	list := cell.Must(w.task().Examples(task.Select, m.Run().Tokenizer, m.PairOptions(64, m.Room())))
	_, counter := contrast.Sides(list, w.open())
	d := Distraction{Lines: lines, Note: w.Circuit.Note("Lines above a "+w.Sides[1]+" prompt", fmt.Sprintf("P(%s) in the whole model, a mean over prompts for selecting; the right answer is %s.", w.answer(list[0].Target), w.answer(list[0].Alt)))}
	most := -1.0
	for _, line := range lines {
		p, _, err := contrast.Look(m.Run().Model, contrast.Above(m.Run().Tokenizer, counter.Prompts, line), list[0], nil, nil, nil)
		cell.Check(err)
		d.P = append(d.P, stat.Mean(p).Mean)
		if v := d.P[len(d.P)-1]; v > most {
			d.Line, most = line, v
		}
	}
	return d
}

// Bundle is a table.
func (d Distraction) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: d.Note, Columns: []viz.Column{{Name: "line"}, {Name: "P", Format: "%.3f", Bar: true, Max: 1}}}
	for i, line := range d.Lines {
		t.Rows = append(t.Rows, []any{line, d.P[i]})
	}
	return t.Bundle()
}

// Claims is the line, under the name of the claim alone.
func (d Distraction) Claims() []book.Stated { return []book.Stated{{Value: d.Line}} }

// outcome is what a model makes of pairs under a line.
func (w MainPath) outcome(m experiment.Reader, list []task.Example, sides [2]contrast.Side, line string) contrast.Outcome {
	var p [2][]float64
	for s, side := range sides {
		var err error
		p[s], _, err = contrast.Look(m, contrast.Above(w.Circuit.Model().Run().Tokenizer, side.Prompts, line), list[0], nil, nil, nil)
		cell.Check(err)
	}
	return contrast.OutcomeOf(p[0], p[1])
}

// Under measures the task on held-out pairs, both sides of which stand under a line, name,
// line, name, line, and under the same line with parentheses for its square brackets: in the
// circuit alone, its model and the dense twin. Changes are paired, prompt by prompt. Numbers
// are loss_WHEN_MODEL, right_WHEN_MODEL, p_SECOND_WHEN_MODEL and rise_WHEN_MODEL, WHEN being
// before, NAME_control and NAME_after, and MODEL circuit, sparse and dense.
func (w MainPath) Under(twin *lab.Model, namesAndLines ...string) (r cell.Result) {
	names, lines := cell.NamedLines("Under", namesAndLines)
	c := w.Circuit
	list, sides := w.pairs(128, c.Model().Room())
	both := w.Circuit.Views()
	models := []experiment.View{{Name: "circuit alone", Claim: "circuit", Reader: both[0].Reader}, {Name: "sparse model", Claim: "sparse", Reader: both[1].Reader}, {Name: "dense twin", Claim: "dense", Reader: twin.Run().Model}}
	answer := w.answer(list[0].Target)
	picture := charts.Estimates{Note: c.Note("What a line above does to the task", fmt.Sprintf("%d held-out pairs.", len(list))), X: charts.Axis{Label: "loss, nats per example", Include: []float64{0}}, Interval: "95 % over pairs", Refs: []charts.Ref{{Name: "guessing", Y: 0.693}}}
	t := viz.Table{Note: c.Note("Prompts under a line with a bracket", fmt.Sprintf("%d held-out pairs; 95 %% intervals over pairs.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "line"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "rise of the loss", Format: "%+.3f"}, {Name: "right", Format: "%.3f"}, {Name: fmt.Sprintf("P(%s), %s", answer, w.Sides[1]), Format: "%.3f"}}}
	b := cell.NewBar("under a line", len(models))
	for i, m := range models {
		before := w.outcome(m.Reader, list, sides, "")
		show := func(name, claim string, o contrast.Outcome) {
			l, a, p, d := stat.Mean(o.Loss), stat.Mean(o.Right), stat.Mean(o.Wrong), stat.Mean(contrast.Less(o.Loss, before.Loss))
			t.Rows = append(t.Rows, []any{m.Name, name, l.Mean, l.Lo, l.Hi, d.Mean, a.Mean, p.Mean})
			picture.Rows = append(picture.Rows, charts.Estimate{Name: name, Value: l.Mean, Lo: l.Lo, Hi: l.Hi, Group: m.Name})
			of := claim + "_" + m.Claim
			r.State("loss_"+of, l)
			r.State("right_"+of, a)
			r.State("p_"+w.Sides[1]+"_"+of, p)
			r.State("rise_"+of, d)
		}
		show("none", "before", before)
		for k, line := range lines {
			show(dilution.Harmless(line), names[k]+"_control", w.outcome(m.Reader, list, sides, dilution.Harmless(line)))
			show(line, names[k]+"_after", w.outcome(m.Reader, list, sides, line))
		}
		b.Step(i+1, m.Name)
	}
	cell.Check(b.Done(true))
	r.Show(picture, t, w.samples(models[1:], list, lines))
	return r
}

// samples are one prompt of the second side as it is, and under every line.
func (w MainPath) samples(models []experiment.View, list []task.Example, lines []string) tokenview.Samples {
	tok := w.Circuit.Model().Run().Tokenizer
	i := max(0, slices.IndexFunc(list, func(e task.Example) bool { return len(e.Counter) <= 32 }))
	s := tokenview.Samples{Note: w.Circuit.Note("One "+w.Sides[1]+" prompt before and after", "The completion is the more probable of the two answers in the sparse model.")}
	for _, line := range append([]string{""}, lines...) {
		prompt := contrast.Above(tok, [][]int32{list[i].Counter}, line)
		name, answer := fmt.Sprintf("P(%s)", w.answer(list[0].Target)), list[0].Alt
		for k, m := range models {
			p, _, err := contrast.Look(m.Reader, prompt, list[0], nil, nil, nil)
			cell.Check(err)
			name += fmt.Sprintf(" %.3f in the %s", p[0], m.Name)
			if k == 0 && p[0] > 0.5 {
				answer = list[0].Target
			}
		}
		s.Items = append(s.Items, tokenview.Sample{Name: name, Prompt: tok.Decode(prompt[0]), Completion: w.token(int(answer))})
	}
	return s
}

// Restored asks whether a line works by way of the way's last node: at the last token it is
// given the value that it had without the line. The number is p_restored_MODEL, P of the first
// side's answer on held-out prompts of the second.
func (w MainPath) Restored(line string) (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	list, sides := w.pairs(128, c.Model().Room())
	t := viz.Table{Note: c.Note("The line, with "+w.Depth+" as it was without it", fmt.Sprintf("%s, above %d %s held-out prompts; depth and P(%s) as means.", line, len(list), w.Sides[1], w.answer(list[0].Target))),
		Columns: []viz.Column{{Name: "in"}, {Name: "depth before", Format: "%.2f"}, {Name: "depth after", Format: "%.2f"}, {Name: "P before", Format: "%.3f"}, {Name: "P after", Format: "%.3f"}, {Name: "P, depth restored", Format: "%.3f"}}}
	node := nodeOf(w.Depth)
	nodes, width, above := []circuit.Node{node}, w.width(node), contrast.Above(c.Model().Run().Tokenizer, sides[1].Prompts, line)
	for _, m := range w.Circuit.Views() {
		look := func(prompts [][]int32, do contrast.Change) (p, depth []float64) {
			p, v, err := contrast.Look(m.Reader, prompts, list[0], nodes, nil, do)
			cell.Check(err)
			return p, v[0]
		}
		p0, d0 := look(sides[1].Prompts, contrast.Put(width, node, contrast.Nowhere))
		p1, d1 := look(above, contrast.Put(width, node, contrast.Nowhere))
		p2, _ := look(above, contrast.Put(width, node, func(i, last int) (int, float64) { return last, d0[i] }))
		e := stat.Mean(p2)
		t.Rows = append(t.Rows, []any{m.Name, stat.Mean(d0).Mean, stat.Mean(d1).Mean, stat.Mean(p0).Mean, stat.Mean(p1).Mean, e.Mean})
		r.State("p_restored_"+m.Claim, e)
	}
	r.Show(t)
	return r
}
