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
