package lab

import (
	"fmt"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
)

// A Looking is the head of a circuit that looks back to where the two sides of a pair differ.
type Looking struct {
	Circuit *Circuit
	Found   bool // false where no head of the circuit has a value
	Head    circuit.Head
	Values  []circuit.Node // those of the head that the circuit keeps
	// Full and Alone are the head's attention from the last token to the first in which the
	// sides differ, in the whole model and in the circuit, over held-out prompts.
	Full, Alone cell.Estimate
}

// LooksBack finds the head whose values, exchanged between the two sides at the first token in
// which they differ, turn the answers of prompts for selecting most, and measures where it looks.
func (c *Circuit) LooksBack() Looking {
	r := c.model.Run()
	l := Looking{Circuit: c}
	var err error
	l.Head, l.Values, l.Found, err = patch.LookingBack(r.Model, c.Data(), c.Selected())
	cell.Check(err)
	if l.Found {
		l.Full = l.attention(r.Model, "looking back, whole model:")
		l.Alone = l.attention(c.alone(), "looking back, circuit alone:")
	}
	return l
}

// attention is how much the head looks back in a model.
func (l Looking) attention(m model.Recorder, of string) cell.Estimate {
	list := cell.Must(probe.Attention(m, l.Circuit.reported().ForMeasuring(), l.Head, l.Circuit.Data().Model.Sink))
	return cell.Estimate{Estimate: stat.Mean(list), Of: of, Unit: "of the head's attention"}
}

// none says that there is no such head.
const none = "the circuit has no head with a value: nothing looks back"

// Bundle shows where the head looks from the last token, on both sides of a held-out pair.
func (l Looking) Bundle() (viz.Bundle, error) {
	if !l.Found {
		return cell.Nothing(none).Bundle()
	}
	list := l.Circuit.reported().ForMeasuring()[:1]
	var page cell.Page
	for side, ids := range [][]int32{list[0].Prompt, list[0].Counter} {
		a := l.Circuit.model.attention(ids, l.Head)
		a.Note = l.Circuit.Note("Where "+nameOf(l.Head)+" looks from the last token", []string{"The prompt.", "Its counterpart."}[side])
		page = append(page, a)
	}
	return append(page, l.Full, l.Alone).Bundle()
}

func (l Looking) Empty() bool { return !l.Found }

// Claims are head, look_full and look_circuit.
func (l Looking) Claims() []book.Stated {
	if !l.Found {
		return nil
	}
	return []book.Stated{{Name: "head", Value: nameOf(l.Head)}, cell.ClaimOf("look_full", l.Full.Estimate), cell.ClaimOf("look_circuit", l.Alone.Estimate)}
}

// Exchange exchanges the head's values between the two sides at the first token in which they
// differ, and nowhere else: those that the circuit keeps, all of them, and those of the
// layer's other heads. Its numbers are kept, head and others, each after_full and after_circuit.
func (l Looking) Exchange() cell.Result {
	if !l.Found {
		return cell.Nothing(none)
	}
	shape := l.Circuit.Data().Model
	var others []circuit.Node
	for h := range shape.Heads {
		if h != l.Head.Head {
			others = append(others, shape.WholeHead(circuit.Head{Layer: l.Head.Layer, Head: h}, circuit.Value)...)
		}
	}
	groups := []circuit.Group{{Name: "the values that the circuit keeps", Claim: "kept", Nodes: l.Values},
		{Name: "all values of the head", Claim: "head", Nodes: shape.WholeHead(l.Head, circuit.Value)},
		{Name: "the values of all other heads of the layer", Claim: "others", Nodes: others}}
	list := l.Circuit.reported().ForMeasuring()
	t := viz.Table{Note: l.Circuit.Note("Exchanging values at one token", fmt.Sprintf("%s; %d pairs. Share of prompts then answered with the other side's answer.", nameOf(l.Head), len(list))),
		Columns: []viz.Column{{Name: "exchanged"}, {Name: "channels"}, {Name: "whole model", Format: "%.3f", Bar: true, Max: 1}, {Name: "circuit alone", Format: "%.3f", Bar: true, Max: 1}}}
	var out cell.Result
	alone := l.Circuit.alone()
	for _, g := range groups {
		if len(g.Nodes) == 0 {
			continue
		}
		full, only := cell.Must(patch.Exchange(l.Circuit.model.Run().Model, list, patch.Opening, g.Nodes))[0], cell.Must(patch.Exchange(alone, list, patch.Opening, g.Nodes))[0]
		t.Rows = append(t.Rows, []any{g.Name, len(g.Nodes), full.After, only.After})
		out.State(g.Claim+"_after_full", full.After)
		out.State(g.Claim+"_after_circuit", only.After)
	}
	out.Figures = cell.Page{t}
	return out
}

// Constant holds all of the head's query, key or value at its mean in the whole model. Its
// numbers are query_nodes, the number of queries that the circuit keeps, and of q, k and v
// look_constant_X, constant_X_loss and constant_X_accuracy.
func (l Looking) Constant() cell.Result {
	if !l.Found {
		return cell.Nothing(none)
	}
	shape := l.Circuit.Data().Model
	var groups []circuit.Group
	for _, kind := range []string{circuit.Query, circuit.Key, circuit.Value} {
		groups = append(groups, circuit.Group{Name: kind, Claim: "constant_" + kind, Nodes: shape.WholeHead(l.Head, kind)})
	}
	queries := len(l.Circuit.Data().OfHead(l.Head, circuit.Query))
	out := l.held(groups, "Holding the head's query, key or value at the mean",
		fmt.Sprintf("In the whole model, all %d channels. The circuit keeps %d of the head's query channels.", shape.DHead, queries))
	out.State("query_nodes", queries)
	return out
}

// Behind holds what is behind the head's keys and values at its mean in the whole model:
// channels that only one of them reads, or both, and neurons. Its numbers are key_neurons,
// value_neurons and both_neurons, and of every group, and of none, look_without_GROUP,
// without_GROUP_loss and without_GROUP_accuracy.
func (l Looking) Behind() cell.Result {
	if !l.Found {
		return cell.Nothing(none)
	}
	groups := []circuit.Group{{Name: "nothing", Claim: "without_none"}}
	sizes := map[string]int{}
	for _, g := range l.Circuit.Data().Behind(l.Head) {
		sizes[g.Claim] = len(g.Nodes)
		g.Claim = "without_" + g.Claim
		groups = append(groups, g)
	}
	out := l.held(groups, "Holding what is behind keys and behind values at its mean", "In the whole model.")
	for _, k := range []string{"key_neurons", "value_neurons", "both_neurons"} {
		out.State(k, sizes[k])
	}
	return out
}

// held holds groups at their means in the whole model, each alone; one without nodes that is
// not named nothing is left out.
func (l Looking) held(groups []circuit.Group, title, caption string) (out cell.Result) {
	c := l.Circuit
	list := c.reported()
	t := viz.Table{Note: c.Note(title, fmt.Sprintf("%s The head: %s. Attention from the last token to the first in which the sides differ; %d pairs.", caption, nameOf(l.Head), list.Len())),
		Columns: []viz.Column{{Name: "held at the mean"}, {Name: "nodes"}, {Name: "attention back", Format: "%.3f", Bar: true, Max: 1}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "accuracy", Format: "%.3f"}}}
	b := cell.NewBar("holding nodes", len(groups))
	for i, g := range groups {
		if len(g.Nodes) == 0 && i > 0 {
			t.Rows = append(t.Rows, []any{g.Name, "none in the circuit", nil, nil, nil, nil, nil})
			continue
		}
		m := c.holding(g.Nodes...)
		look, score := l.attention(m, ""), cell.Must(list.Measure(m))
		t.Rows = append(t.Rows, []any{g.Name, fewNames(g.Nodes), look.Mean, score.Loss.Mean, score.Loss.Lo, score.Loss.Hi, score.Accuracy})
		out.Numbers = append(out.Numbers, cell.ClaimOf("look_"+g.Claim, look.Estimate), cell.ClaimOf(g.Claim+"_loss", score.Loss))
		out.State(g.Claim+"_accuracy", score.Accuracy)
		b.Step(i+1, g.Name)
	}
	cell.Check(b.Done(true))
	out.Figures = cell.Page{t}
	return out
}

// fewNames names nodes, of many the first and the last.
func fewNames(nodes []circuit.Node) string {
	if n := len(nodes); n > 6 {
		return fmt.Sprintf("%d, %s to %s", n, nodes[0], nodes[n-1])
	}
	return names(nodes)
}

// attention is where a head looks from the last token of a sequence.
func (m *Model) attention(ids []int32, h circuit.Head) tokenview.AttentionStrip {
	sink := m.Run().Config.Model.Sink
	n := len(ids)
	weights := m.patterns(ids, h.Layer)[h.Head][n-1]
	if sink {
		n++
	}
	return tokenview.AttentionStrip{Tokens: m.texts(ids), Sink: sink, Rows: []tokenview.AttentionRow{{Name: nameOf(h), Query: len(ids) - 1, Weights: weights[:min(n, len(weights))]}}}
}

// texts are tokens as text.
func (m *Model) texts(ids []int32) (out []string) {
	for _, id := range ids {
		out = append(out, cell.Must(m.Run().Tokenizer.Token(id)))
	}
	return out
}

// first is at most n of held-out examples.
func first(list task.Reported, n int) []task.Example {
	all := list.ForMeasuring()
	return slices.Clone(all[:min(len(all), n)])
}
