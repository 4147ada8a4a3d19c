package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
	"cmp"
	"fmt"
	"math"
	"slices"
)

// What every head looks at, carries, and is needed for.
// weighed is how the pairs are answered under a change: the share right, and the mean margin.
func weighed(list []task.Example, logits func(sequence int) []float32) (right, margin float64) {
	n := float64(2 * len(list))
	for i, e := range list {
		for side := range 2 {
			l := logits(2*i + side)
			d := float64(l[e.Target] - l[e.Alt])
			if side == 1 {
				d = -d
			}
			margin += d / n
			if d > 0 {
				right += 1 / n
			}
		}
	}
	return right, margin
}

// shares is the mean, over sequences and the tokens from that a place has, of the attention that a head pays to all tokens of
// another. The pattern is [sequence, head, query, key], the sink's column first where there is one.
func shares(run *train.Result, a model.Activation, list []task.Example, head int, from, to func(layout) []int) float64 {
	off := 0
	if run.Config.Model.Sink {
		off = 1
	}
	sum, n := 0.0, 0.0
	for i, e := range list {
		for side, s := range [][2][]int32{{e.Prompt, e.Counter}, {e.Counter, e.Prompt}} {
			l := layoutOf(run, s[0], s[1])
			for _, query := range from(l) {
				row := (((2*i+side)*a.Shape[1]+head)*a.Shape[2] + query) * a.Shape[3]
				n++
				for _, key := range to(l) {
					sum += float64(a.Data[row+off+key])
				}
			}
		}
	}
	return sum / math.Max(1, n)
}

// headsOf are the heads of a circuit whose values count most, at most eight, in order.
func headsOf(c *circuit.Circuit) []circuit.Head {
	heads := c.Heads()
	counts := func(h circuit.Head) (sum float64) {
		for _, n := range c.ByHead(h) {
			if n.Kind() == circuit.Value {
				sum += math.Abs(n.Importance())
			}
		}
		return sum
	}
	slices.SortStableFunc(heads, func(a, b circuit.Head) int { return cmp.Compare(counts(b), counts(a)) })
	heads = heads[:min(8, len(heads))]
	slices.SortFunc(heads, func(a, b circuit.Head) int { return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Head, b.Head)) })
	return heads
}

func (ts study) headsStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	heads := headsOf(ts.chosen(ctx, run))
	if len(heads) == 0 {
		ts.say(fmt.Sprintln("there is no head in this circuit"))
		return *ts.res
	}
	list := ts.reported(run, subject(), 64)
	var sequences [][]int32
	for _, e := range list {
		sequences = append(sequences, e.Prompt, e.Counter)
	}
	tokens, _ := model.Padded(sequences)
	name := func(l layout) []int { return l.Name }
	kind, last := spots()[0], spots()[3]
	t := viz.Table{
		Note: note(run, "The heads", fmt.Sprintf(
			"Shares of attention, means over %d report pairs; exchanged: share of prompts answered with the other side's answer once all of the head's values, keys or both at the kind were; blind: share answered right with its queries at zero.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "head"}, {Name: "last → kind", Format: "%.3f", Bar: true, Max: 1}, {Name: "last → name", Format: "%.3f"}, {Name: "kind → name", Format: "%.3f", Bar: true, Max: 1},
			{Name: "right before", Format: "%.3f"}, {Name: "values", Format: "%.3f", Bar: true, Max: 1}, {Name: "keys", Format: "%.3f", Bar: true, Max: 1}, {Name: "keys and values", Format: "%.3f", Bar: true, Max: 1}, {Name: "blind", Format: "%.3f", Bar: true, Max: 1}},
	}
	ms := views(ctx, run, c)
	bar := book.NewProgress("heads", len(ms)*len(heads))
	for k, m := range ms {
		patterns := map[int]model.Activation{}
		for i, h := range heads {
			width := c.Model.AttnWidth()
			q := model.Intervention{Site: model.At(h.Layer, model.AttnQuery), Scale: slices.Repeat([]float32{1}, width)}
			sites := []model.Site{model.Logits, model.At(h.Layer, model.AttnPattern)}
			if _, ok := patterns[h.Layer]; !ok {
				patterns[h.Layer] = cell.Must(m.Record(tokens, sites, q)).Activations[1]
			}
			var values, keys []circuit.Node
			for j := h.Head * c.Model.DHead; j < (h.Head+1)*c.Model.DHead; j++ {
				values = append(values, circuit.Node{Site: string(model.At(h.Layer, model.AttnValue)), Index: j})
				keys = append(keys, circuit.Node{Site: string(model.At(h.Layer, model.AttnKey)), Index: j})
				q.Scale[j] = 0
			}
			each := cell.Must(patch.InterchangeEach(m.Reader, list, [][]circuit.Node{values, keys, slices.Concat(keys, values)}, kind.pairing(run)))
			logits := cell.Must(m.Record(tokens, sites, q)).Activations[0]
			blind, _ := weighed(list, func(i int) []float32 { return logits.At(i, len(sequences[i])-1) })
			toKind, toName := shares(run, patterns[h.Layer], list, h.Head, last.pick, kind.pick), shares(run, patterns[h.Layer], list, h.Head, last.pick, name)
			hop := shares(run, patterns[h.Layer], list, h.Head, kind.pick, name)
			label := fmt.Sprintf("%d.%d", h.Layer, h.Head)
			t.Rows = append(t.Rows, []any{m.Name, label, toKind, toName, hop, each[0].Before, each[0].After, each[1].After, each[2].After, blind})
			of := fmt.Sprintf("types_head_%d_%d_", h.Layer, h.Head)
			ts.res.State(of+"last_to_kind_"+m.Claim, toKind)
			ts.res.State(of+"kind_to_name_"+m.Claim, hop)
			ts.res.State(of+"exchanged_"+m.Claim, each[0].After)
			ts.res.State(of+"keys_exchanged_"+m.Claim, each[1].After)
			ts.res.State(of+"keys_values_exchanged_"+m.Claim, each[2].After)
			ts.res.State(of+"blind_"+m.Claim, blind)
			bar.Step(k*len(heads)+i+1, label)
		}
	}
	cell.Check(bar.Done())
	ts.res.Show(t)

	r, ok := ts.rolesOf(ctx, run)
	if !ok {
		return *ts.res
	}
	e := ts.shown(run)
	a := tokenview.AttentionStrip{
		Note:   note(run, fmt.Sprintf("Head %d.%d, which writes the carrier", r.Head.Layer, r.Head.Head), "From the last token and from the last token of the kind, in the circuit alone and in the whole model."),
		Tokens: cell.Must(run.Tokenizer.Texts(e.Prompt)), Sink: run.Config.Model.Sink, Scale: 1,
	}
	l := layoutOf(run, e.Prompt, e.Counter)
	for _, m := range ms {
		x := cell.Must(m.Record([][]int32{e.Prompt}, []model.Site{model.At(r.Head.Layer, model.AttnPattern)})).Activations[0]
		weights := cell.Must(tokenview.Pattern(x.Shape, x.Data, 0, r.Head.Head))
		a.Rows = append(a.Rows, tokenview.AttentionRow{Name: m.Claim + ", last", Query: l.Last, Weights: weights[l.Last]})
		if len(l.Kind) > 0 {
			at := l.Kind[len(l.Kind)-1]
			a.Rows = append(a.Rows, tokenview.AttentionRow{Name: m.Claim + ", kind", Query: at, Weights: weights[at]})
		}
	}
	ts.res.Show(a)

	return *ts.res
}
