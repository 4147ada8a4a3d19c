package study

import (
	"slices"

	"circuitbook/sparsenn/circuit"
)

// Drop returns a circuit without some of its nodes, their edges and all that was
// measured, for prove.Alone to run. Nodes that it does not have are no matter.
func Drop(c *circuit.Circuit, nodes ...circuit.Node) *circuit.Circuit {
	return filter(c, func(n circuit.Node) bool { return !slices.Contains(nodes, n) })
}

// Only returns nothing of a circuit but some nodes, and edges between them, for
// prove.Alone and prove.Without to run. Nodes that it does not have are added,
// without their numbers and edges.
func Only(c *circuit.Circuit, nodes ...circuit.Node) *circuit.Circuit {
	out := filter(c, func(n circuit.Node) bool { return slices.Contains(nodes, n) })
	for _, n := range nodes {
		if _, ok := out.Find(n); !ok {
			out.Nodes = append(out.Nodes, circuit.Kept{Node: n})
		}
	}
	out.Sort()
	return out
}

func filter(c *circuit.Circuit, keep func(circuit.Node) bool) *circuit.Circuit {
	out := *c
	out.Proof, out.Nodes, out.Edges = nil, nil, nil
	for _, n := range c.Nodes {
		if keep(n.Node) {
			n.Effect = nil
			out.Nodes = append(out.Nodes, n)
		}
	}
	for _, e := range c.Edges {
		if keep(e.From) && keep(e.To) {
			e.Effect = nil
			out.Edges = append(out.Edges, e)
		}
	}
	return &out
}
