package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/circuits"
)

// Shared asks what two circuits of one model share, and draws both on one sheet. Numbers are
// shared_nodes, shared_edges and node_jaccard, the shared nodes over all.
func (c *Circuit) Shared(other *Circuit) (r cell.Result) {
	d := cell.Must(circuit.Compare(c.Data(), other.Data()))
	t := viz.Table{Note: c.Note("Nodes in both circuits", ""), Columns: []viz.Column{{Name: "node"}}}
	for _, n := range d.Both[:min(len(d.Both), 20)] {
		t.Rows = append(t.Rows, []any{n.Node.String()})
	}
	r.Show(circuits.CircuitDiff{Note: c.Note(c.Finding().Task.Name+" and "+other.Finding().Task.Name, ""), A: c.Data(), B: other.Data(), NameA: c.Finding().Task.Name, NameB: other.Finding().Task.Name})
	if len(t.Rows) > 0 {
		r.Show(t)
	}
	r.State("shared_nodes", len(d.Both))
	r.State("shared_edges", len(d.EdgesBoth))
	r.State("node_jaccard", d.NodeJaccard)
	return r
}
