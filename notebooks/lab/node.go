package lab

import (
	"context"
	"fmt"
	"math"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/probe"
	"circuitbook/viz"
)

// contextTokens is how much validation text contexts are sought in.
const contextTokens = 1 << 15

// A Node is a node of a circuit: what it reads and writes, what it counts, and where in
// text it is large.
type Node struct {
	circuit.Kept
	In, Out  []circuit.Edge // of the circuit
	Contexts viz.Contexts
	Note     viz.Note
}

// Node looks at a node of the circuit, by its path.
func (c *Circuit) Node(path string) Node {
	n := must(c.have([]string{path}))[0]
	data := c.Data()
	kept, _ := data.Find(n)
	return Node{Kept: kept, In: data.In(n), Out: data.Out(n), Contexts: c.model.Contexts(path), Note: c.note("Node "+path, "")}
}

// Bundle is a table of the node with its edges, and its contexts.
func (n Node) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: n.Note, Columns: []viz.Column{{Name: ""}, {Name: "node"}, {Name: "weight", Format: "%.3f"}, {Name: "effect, nats per example", Format: "%.3f"}}}
	effect := func(e *float64) any {
		if e == nil {
			return nil
		}
		return *e
	}
	t.Rows = append(t.Rows, []any{"is", n.Node.String(), nil, effect(n.Effect)})
	for _, e := range n.In {
		t.Rows = append(t.Rows, []any{"reads", e.From.String(), e.Weight, effect(e.Effect)})
	}
	for _, e := range n.Out {
		t.Rows = append(t.Rows, []any{"is read by", e.To.String(), e.Weight, effect(e.Effect)})
	}
	t.Caption = fmt.Sprintf("Held at its mean, %.4f, it costs the circuit its effect.", n.Mean)
	page := Page{t}
	if len(n.Contexts.Top)+len(n.Contexts.Bottom) > 0 {
		page = append(page, n.Contexts)
	}
	return page.Bundle()
}

// Contexts are the places of validation text in which a node is largest and smallest. The
// node may be of any site of the model with channels.
func (m *Model) Contexts(node string) viz.Contexts {
	n, err := circuit.ParseNode(node)
	check(err)
	r := m.Run()
	stream := m.Data().Valid
	stream = stream[:min(len(stream), contextTokens)]
	values := interruptible(func(ctx context.Context) ([]float64, error) { return m.along(ctx, stream, n) })
	// Documents are the streams, so that no context reaches over the end of one.
	docs, activity := [][]string{nil}, [][]float64{nil}
	for i, id := range stream {
		if math.IsNaN(values[i]) {
			continue
		}
		k := len(docs) - 1
		docs[k], activity[k] = append(docs[k], must(r.Tokenizer.Token(id))), append(activity[k], values[i])
		if id == r.Tokenizer.EOT() {
			docs, activity = append(docs, nil), append(activity, nil)
		}
	}
	top, bottom, err := viz.SelectContexts(activity, docs, 0, 6, 12)
	check(err)
	return viz.Contexts{Note: m.note("Contexts of "+node, fmt.Sprintf("Of %d tokens of validation text.", len(stream))), Node: node, Top: top, Bottom: bottom}
}

// along is what a node is along a stream, [token].
func (m *Model) along(ctx context.Context, stream corpus.Tokens, n circuit.Node) ([]float64, error) {
	r := m.Run()
	length := r.Config.Model.Context
	windows, err := probe.Cut(stream, length, max(1, length/2))
	if err != nil {
		return nil, err
	}
	b := newBar("reading validation text", len(windows))
	v, err := probe.Scan(ctx, r.Model, windows, []circuit.Node{n}, func(done, all int) { b.step(done, n.String()) })
	if bad := b.done(err == nil); err == nil {
		err = bad
	}
	if err != nil {
		return nil, err
	}
	return probe.Join(windows, v[0], len(stream))
}
