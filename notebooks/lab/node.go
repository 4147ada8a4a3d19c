package lab

import (
	"context"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/probe"
	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

// contextTokens is how much validation text contexts are sought in.
const contextTokens = 1 << 15

// A Node is a node of a circuit: what it reads and writes, what it counts, and where in
// text it is large.
type Node struct {
	circuit.Kept
	In, Out  []circuit.Edge // of the circuit
	Contexts tokenview.Contexts
	Note     viz.Note
}

// Node looks at a node of the circuit, by its path.
func (c *Circuit) Node(path string) Node {
	n := cell.Must(c.have([]string{path}))[0]
	data := c.Data()
	kept, _ := data.Find(n)
	return Node{Kept: kept, In: data.In(n), Out: data.Out(n), Contexts: c.model.Contexts(path), Note: c.Note("Node "+path, "")}
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
	page := cell.Page{t}
	if len(n.Contexts.Top)+len(n.Contexts.Bottom) > 0 {
		page = append(page, n.Contexts)
	}
	return page.Bundle()
}

// Contexts are the places of validation text in which a node is largest and smallest. The
// node may be of any site of the model with channels.
func (m *Model) Contexts(node string) tokenview.Contexts {
	n := m.nodesOf(node)[0]
	stream := m.Data().Valid
	stream = stream[:min(len(stream), contextTokens)]
	values := cell.Interruptible(func(ctx context.Context) ([][]float64, error) { return m.along(ctx, stream, n) })
	return m.contexts(node, stream, values[0], 6)
}

// along is what nodes are along a stream, [node][token].
func (m *Model) along(ctx context.Context, stream corpus.Tokens, nodes ...circuit.Node) (out [][]float64, err error) {
	r := m.Run()
	length := r.Config.Model.Context
	windows, err := probe.Cut(stream, length, max(1, length/2))
	if err != nil {
		return nil, err
	}
	b := cell.NewBar("reading validation text", len(windows))
	v, err := probe.Scan(ctx, r.Model, windows, nodes, func(done, all int) { b.Step(done, fmt.Sprintf("%d of %d windows", done, all)) })
	if bad := b.Done(err == nil); err == nil {
		err = bad
	}
	if err != nil {
		return nil, err
	}
	for _, x := range v {
		joined, err := probe.Join(windows, x, len(stream))
		if err != nil {
			return nil, err
		}
		out = append(out, joined)
	}
	return out, nil
}
