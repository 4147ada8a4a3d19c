package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/probe"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Top and bottom contexts of the carrier over validation text, and its channel at both ends of the model.

func (ts study) textStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	r, ok := ts.rolesOf(ctx, run)
	if !ok {
		ts.say(fmt.Sprintln("in this circuit attention writes nothing: there is no carrier"))
		return *ts.res
	}
	data := cell.Must(corpus.Open(ctx, run.Config.Corpus, nil))
	stream := data.Valid[:min(len(data.Valid), map[bool]int{true: 4000, false: 40000}[ts.Scale == "tiny"])]
	length := run.Config.SeqLen
	windows := cell.Must(probe.Cut(stream, length, length/2))
	bar := book.NewProgress("reading validation text", len(windows))
	values := cell.Must(probe.Scan(ctx, run.Model, windows, []circuit.Node{r.Carrier}, func(done, all int) { bar.Step(done, fmt.Sprintf("window %d", done)) }))
	cell.Check(bar.Done())
	along := cell.Must(probe.Join(windows, values[0], len(stream)))
	text := cell.Must(run.Tokenizer.Texts(stream))
	top, bottom, err := tokenview.SelectContexts([][]float64{along}, [][]string{text}, 0, 6, 12)
	cell.Check(err)
	if len(top)+len(bottom) > 0 {
		ts.res.Show(tokenview.Contexts{Note: note(run, "Where the carrier, "+r.Carrier.String()+", is greatest and least", fmt.Sprintf("The first %d of %d tokens of validation text.", len(stream), len(data.Valid))), Node: r.Carrier.String(), Top: top, Bottom: bottom})
	}
	// Which tokens have a set before them, where the model reads them.
	e := ts.shown(run)
	l := layoutOf(run, e.Prompt, e.Counter)
	if len(l.Kind) == 0 {
		ts.say(fmt.Sprintln("the pair shown has no token of the kind"))
		return *ts.res
	}
	set := e.Prompt[l.Kind[0]]
	after := make([]bool, len(stream))
	var order []int
	for _, w := range windows {
		seen := false
		for i, id := range w.Tokens {
			seen = seen || id == set
			if i >= w.Skip && !math.IsNaN(along[w.At+i]) {
				after[w.At+i] = seen
				order = append(order, w.At+i)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(along[b], along[a]) })
	share := func(list []int, is func(i int) bool) float64 {
		n := 0.0
		for _, i := range list {
			if is(i) {
				n++
			}
		}
		return n / math.Max(1, float64(len(list)))
	}
	n := min(100, len(order)/2)
	follows := func(i int) bool { return after[i] }
	grows := func(id int32) func(i int) bool {
		return func(i int) bool { return i+1 < len(stream) && stream[i+1] == id }
	}
	token := func(id int) string { return cell.Must(run.Tokenizer.Token(int32(id))) }
	t := viz.Table{
		Note:    note(run, "The most extreme tokens", fmt.Sprintf("The %d largest and the %d smallest values, and all %d tokens.", n, n, len(order))),
		Columns: []viz.Column{{Name: "tokens"}, {Name: "with " + token(int(set)) + " before them", Format: "%.3f", Bar: true, Max: 1}, {Name: "with " + token(int(e.Target)) + " next", Format: "%.3f"}, {Name: "with " + token(int(e.Alt)) + " next", Format: "%.3f"}},
	}
	for _, x := range []struct {
		name, claim string
		list        []int
	}{{"largest", "largest", order[:n]}, {"smallest", "smallest", order[len(order)-n:]}, {"all", "all", order}} {
		a, b, d := share(x.list, follows), share(x.list, grows(e.Target)), share(x.list, grows(e.Alt))
		t.Rows = append(t.Rows, []any{x.name, a, b, d})
		ts.res.State("types_text_"+x.claim+"_after_set", a)
		ts.res.State("types_text_"+x.claim+"_next_target", b)
		ts.res.State("types_text_"+x.claim+"_next_alt", d)
	}
	ts.res.Show(t)
	wte, head := cell.Must(run.Model.Values("transformer.wte.weight")), cell.Must(run.Model.Values("lm_head.weight"))
	view := func(title, caption string, channel int) {
		v := tokenview.EmbeddingView{Note: note(run, title, caption), Channel: channel, Vocab: run.Config.Model.Vocab,
			Writes: cell.Must(tokenview.TokenColumn(wte, run.Config.Model.DModel, channel, token)), Reads: cell.Must(tokenview.TokenColumn(head, run.Config.Model.DModel, channel, token))}
		if len(v.Writes)+len(v.Reads) > 0 {
			ts.res.Show(v)
		}
	}
	view("The channel of the carrier, "+r.Carrier.String(), "Look for the two answers among the tokens whose logit reads it, and for what writes it before attention does.", r.Carrier.Index)
	weight := func(id int32) float64 { return float64(head[int(id)*run.Config.Model.DModel+r.Carrier.Index]) }
	ts.res.State("types_carrier_logit_target", weight(e.Target))
	ts.res.State("types_carrier_logit_alt", weight(e.Alt))
	if n := r.Path[0]; n.Kind() == circuit.ActIn && n.Index < run.Config.Model.DModel {
		view("The channel that the value reads, "+n.String(), "Look for the tokens of the two kinds among those that write it.", n.Index)
	}

	return *ts.res
}
