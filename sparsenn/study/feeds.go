package study

import (
	"slices"

	"circuitbook/sparsenn/circuit"
)

// Feeds lists the nodes of a circuit from which anything flows into one of the
// targets, the targets left out, in the order of the forward pass: through edges,
// along the lanes of the residual stream, and from the q and k of a head to what
// the head writes. Targets that the circuit does not have are fed by nothing.
func Feeds(c *circuit.Circuit, targets ...circuit.Node) []circuit.Node {
	into := map[circuit.Node][]circuit.Node{}
	for _, e := range c.Edges {
		into[e.To] = append(into[e.To], e.From)
		// What a head's v writes depends on its q and k, too.
		if h, _, ok := c.Model.Head(e.From); ok && e.From.Kind() == circuit.Value {
			for _, n := range c.ByHead(circuit.Head{Layer: e.From.Layer(), Head: h}) {
				if n.Kind() != circuit.Value {
					into[e.To] = append(into[e.To], n.Node)
				}
			}
		}
	}
	for _, l := range c.Lanes() {
		for _, w := range l.Writers {
			for _, r := range l.After(w) {
				into[r] = append(into[r], w)
			}
		}
	}
	seen := map[circuit.Node]bool{}
	for todo := slices.Clone(targets); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, from := range into[n] {
			if !seen[from] {
				seen[from] = true
				todo = append(todo, from)
			}
		}
	}
	var out []circuit.Node
	for _, n := range c.Nodes {
		if seen[n.Node] && !slices.Contains(targets, n.Node) {
			out = append(out, n.Node)
		}
	}
	return out
}
