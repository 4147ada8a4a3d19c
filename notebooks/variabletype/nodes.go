package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The way through the circuit, what every node is where it matters, and the two with names over a pair.

// strip is a node over both sides of a pair, in a model or a part of it.
func strip(run *train.Result, m experiment.Reader, e task.Example, node circuit.Node) tokenview.TokenStrip {
	over := func(tokens []int32) []float64 {
		rec := cell.Must(m.Record([][]int32{tokens}, []model.Site{model.Site(node.Site)}))
		return cell.Must(tokenview.Channel(rec.Activations[0].Shape, rec.Activations[0].Data, 0, node.Index))
	}
	return cell.Must(tokenview.Pair(node.String(), cell.Must(run.Tokenizer.Texts(e.Prompt)), over(e.Prompt), cell.Must(run.Tokenizer.Texts(e.Counter)), over(e.Counter)))
}

func (ts study) nodesStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	r, ok := ts.rolesOf(ctx, run)
	if !ok {
		ts.say(fmt.Sprintln("in this circuit attention writes nothing: there is no way to follow"))
		return *ts.res
	}
	var path []string
	for i := range r.Path {
		path = append(path, r.Path[i].String())
	}
	ts.say(fmt.Sprintln("the way that counts most:", strings.Join(path, " → ")))
	kept := slices.Clone(c.Nodes)
	slices.SortStableFunc(kept, func(a, b circuit.Kept) int { return cmp.Compare(b.Importance(), a.Importance()) })
	kept = kept[:min(len(kept), 60)]
	slices.SortFunc(kept, func(a, b circuit.Kept) int { return a.Compare(b.Node) })
	var sites []model.Site
	for _, k := range kept {
		if s := model.Site(k.Site); !slices.Contains(sites, s) {
			sites = append(sites, s)
		}
	}
	list := ts.reported(run, subject(), 64)
	m := views(ctx, run, c)[0]
	var sequences [][]int32
	for _, e := range list {
		sequences = append(sequences, e.Prompt, e.Counter)
	}
	tokens, _ := model.Padded(sequences)
	rec := cell.Must(m.Record(tokens, sites))
	// at is the mean of a node over one side at the first token of a place.
	at := func(n circuit.Node, side int, pick func(layout) []int) float64 {
		sum := 0.0
		for i, e := range list {
			own, other := e.Prompt, e.Counter
			if side == 1 {
				own, other = other, own
			}
			where := pick(layoutOf(run, own, other))
			if len(where) == 0 {
				continue
			}
			sum += float64(rec.Activations[slices.Index(sites, model.Site(n.Site))].At(2*i+side, where[0])[n.Index])
		}
		return sum / float64(len(list))
	}
	kind, last := spots()[0].pick, spots()[3].pick
	embedding := cell.Must(run.Model.Values("transformer.wte.weight"))
	token := func(id int) string { return cell.Must(run.Tokenizer.Token(int32(id))) }
	answers := cell.Must(run.Tokenizer.Texts([]int32{list[0].Target, list[0].Alt}))
	t := viz.Table{
		Note: note(run, "What the nodes are", fmt.Sprintf(
			"Means over %d report pairs in the circuit alone, by the right answer; a node with a star is on the way that counts most. At most the 60 nodes with the largest effects.", len(list))),
		Columns: []viz.Column{{Name: "node"}, {Name: "effect", Format: "%.3f", Bar: true}, {Name: "mean in training text", Format: "%.2f"},
			{Name: "at the kind, " + answers[0], Format: "%.2f"}, {Name: "at the kind, " + answers[1], Format: "%.2f"}, {Name: "at the end, " + answers[0], Format: "%.2f"}, {Name: "at the end, " + answers[1], Format: "%.2f"}, {Name: "embeddings that write it"}},
	}
	for _, k := range kept {
		name := k.Node.String()
		if slices.Contains(r.Path, k.Node) {
			name += " *"
		}
		var writes []string
		if k.Kind() == circuit.ActIn && k.Index < c.Model.DModel {
			w := cell.Must(tokenview.TokenColumn(embedding, c.Model.DModel, k.Index, token))
			slices.SortStableFunc(w, func(a, b tokenview.TokenWeight) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
			for _, x := range w[:min(4, len(w))] {
				writes = append(writes, fmt.Sprintf("%q %+.1f", x.Token, x.Weight))
			}
		}
		t.Rows = append(t.Rows, []any{name, k.Importance(), k.Mean, at(k.Node, 0, kind), at(k.Node, 1, kind), at(k.Node, 0, last), at(k.Node, 1, last), strings.Join(writes, ", ")})
	}
	ts.res.Show(t, tokenview.TokenStrips{
		Note:   note(run, "Value and carrier over a pair", "In the circuit alone."),
		Strips: []tokenview.TokenStrip{strip(run, m.Reader, ts.shown(run), r.Value), strip(run, m.Reader, ts.shown(run), r.Carrier)},
	})
	ts.res.State("types_carrier_node", r.Carrier.String())
	ts.res.State("types_value_node", r.Value.String())
	ts.res.State("types_way", strings.Join(path, " "))

	return *ts.res
}
