package brackets

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

// strip is a node over both sides of a pair, in a model or a part of it.
func (w MainPath) strip(m model.Recorder, e task.Example, node string) tokenview.TokenStrip {
	n, model := nodeOf(node), w.Circuit.Model()
	over := func(tokens []int32) []float64 {
		a := cell.Must(recordOf(m, tokens, n.Site))
		return cell.Must(tokenview.Channel(a.Shape, a.Data, 0, n.Index))
	}
	tok := model.Run().Tokenizer
	return cell.Must(tokenview.Pair(node, cell.Must(tok.Texts(e.Prompt)), over(e.Prompt), cell.Must(tok.Texts(e.Counter)), over(e.Counter)))
}

// Strip shows the detector over a pair in the whole model, and what the channel in which the
// way begins means at both ends of the model.
func (w MainPath) Strip() cell.Result {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	r := cell.Result{Figures: cell.Page{tokenview.TokenStrips{Note: c.Note("The detector over a pair", "In the whole model."),
		Strips: []tokenview.TokenStrip{w.strip(c.Model().Run().Model, c.Model().ShownPair(w.task()), w.Detector)}}}}
	if first := nodeOf(w.Nodes[0]); first.Kind() == circuit.ActIn && first.Index < c.Data().Model.DModel {
		r.Show(w.channel(first.Index, fmt.Sprintf("Channel %d, which the way begins in", first.Index)))
	}
	return r
}

// channel is a channel at both ends of the model.
func (w MainPath) channel(index int, title string) tokenview.EmbeddingView {
	v := w.Circuit.Model().Channel(index)
	v.Note, v.Show = w.Circuit.Note(title, "The tokens whose embedding writes it, and those whose logit reads it."), 6
	return v
}

// A swapLine is nodes that are exchanged at some tokens.
type swapLine struct {
	name, where, claim string
	nodes              []circuit.Node
	at                 patch.Pairing
}

// exchanged is a table of them, in the circuit alone and in the whole model.
func (w MainPath) exchanged(r *cell.Result, title string, lines []swapLine) {
	list, _ := w.pairs(128, 64)
	t := viz.Table{Note: w.Circuit.Note(title, fmt.Sprintf("%d held-out pairs. Exchanged: the share then answered with the other side's answer. Margin: the right answer's logit less the other's, in nats.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "node"}, {Name: "at"}, {Name: "right before", Format: "%.3f"}, {Name: "exchanged after", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin before", Format: "%.2f"}, {Name: "margin after", Format: "%.2f"}}}
	views := w.Circuit.Views()
	b := cell.NewBar("exchanging", len(views)*len(lines))
	for i, m := range views {
		for j, x := range lines {
			s := cell.Must(patch.InterchangeAt(m.Reader, list, x.nodes, x.at))
			t.Rows = append(t.Rows, []any{m.Name, x.name, x.where, s.Before, s.After, s.MarginBefore, s.MarginAfter})
			r.State(x.claim+"_"+m.Claim+"_exchanged", s.After)
			r.State(x.claim+"_"+m.Claim+"_margin", s.MarginAfter)
			b.Step(i*len(lines)+j+1, x.name)
		}
	}
	cell.Check(b.Done(true))
	r.Show(t)
}

// Exchange exchanges detector, value, and value with all keys of its head between the two sides
// of a pair: at the token that opens only, behind it only, and everywhere. Numbers are
// NODE_WHERE_MODEL_exchanged and _margin, of detector, value and value_and_keys at open, rest
// and all.
func (w MainPath) Exchange() (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	shape := w.Circuit.Data().Model
	value := nodeOf(w.Value)
	withKeys := []circuit.Node{value}
	for i := range shape.DHead {
		withKeys = append(withKeys, circuit.Node{Site: fmt.Sprintf("%d.attn.k", w.Head.Layer), Index: w.Head.Head*shape.DHead + i})
	}
	groups := []circuit.Group{{Name: "detector", Claim: "detector", Nodes: []circuit.Node{nodeOf(w.Detector)}}}
	if w.Value != w.Detector {
		groups = append(groups, circuit.Group{Name: "value", Claim: "value", Nodes: []circuit.Node{value}})
	}
	groups = append(groups, circuit.Group{Name: "value and its head's keys", Claim: "value_and_keys", Nodes: withKeys})
	var lines []swapLine
	for _, g := range groups {
		name := g.Name + ", " + g.Nodes[0].String()
		lines = append(lines, swapLine{name, "the opening token", g.Claim + "_open", g.Nodes, w.open().Pairing()},
			swapLine{name, "all tokens behind it", g.Claim + "_rest", g.Nodes, w.open().Behind()},
			swapLine{name, "all tokens", g.Claim + "_all", g.Nodes, patch.FromEnd})
	}
	w.exchanged(&r, "Exchanging detector and value", lines)
	return r
}

// Written shows what attention writes by the way's last node over a pair, and exchanges it at
// all tokens, at the last, and at all but the last. Numbers are depth_WHERE_MODEL_exchanged and
// _margin.
func (w MainPath) Written() (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	strips := tokenview.TokenStrips{Note: w.Circuit.Note("The depth channel over a pair", "What attention writes at each token.")}
	for _, m := range w.Circuit.Views() {
		s := w.strip(m.Reader, w.Circuit.Model().ShownPair(w.task()), w.Depth)
		s.Name += ", in " + m.Name
		strips.Strips = append(strips.Strips, s)
	}
	r.Show(strips)
	node := []circuit.Node{nodeOf(w.Depth)}
	w.exchanged(&r, "Exchanging "+w.Depth, []swapLine{
		{"depth", "all tokens", "depth_all", node, patch.FromEnd},
		{"depth", "the last token", "depth_last", node, func(a, b []int32) [][2]int { return patch.FromEnd(a, b)[:1] }},
		{"depth", "all but the last", "depth_rest", node, func(a, b []int32) [][2]int { return patch.FromEnd(a, b)[1:] }}})
	return r
}
