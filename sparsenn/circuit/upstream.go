package circuit

import "slices"

// Upstream lists the nodes from which anything flows into one of the targets, the targets
// left out, in the circuit's order: through edges, lanes and heads, as [Circuit.Paths]
// goes. Into targets that the circuit does not have nothing flows.
func (c *Circuit) Upstream(targets ...Node) []Node {
	from := map[Node][]Node{}
	for n, steps := range c.steps() {
		for _, s := range steps {
			from[s.to] = append(from[s.to], n)
		}
	}
	seen := map[Node]bool{}
	for todo := slices.Clone(targets); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, f := range from[n] {
			if !seen[f] {
				seen[f] = true
				todo = append(todo, f)
			}
		}
	}
	var out []Node
	for _, n := range c.Nodes {
		if seen[n.Node] && !slices.Contains(targets, n.Node) {
			out = append(out, n.Node)
		}
	}
	return out
}

// Without is the circuit without some of its nodes, their edges and all that was
// measured. Nodes that it does not have are no matter.
func (c *Circuit) Without(nodes ...Node) *Circuit {
	return c.keep(func(n Node) bool { return !slices.Contains(nodes, n) })
}

// Restrict is nothing of the circuit but some nodes, and the edges between them, without
// what was measured. Nodes that it does not have are added, without numbers and edges.
func (c *Circuit) Restrict(nodes ...Node) *Circuit {
	out := c.keep(func(n Node) bool { return slices.Contains(nodes, n) })
	for _, n := range nodes {
		if _, ok := out.Find(n); !ok {
			out.Nodes = append(out.Nodes, Kept{Node: n})
		}
	}
	out.Sort()
	return out
}

func (c *Circuit) keep(keep func(Node) bool) *Circuit {
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
