package circuit

import (
	"fmt"
	"slices"
)

// OfHead lists the nodes of a head that a circuit has, of some kinds: Query, Key or
// Value.
func (c *Circuit) OfHead(h Head, kinds ...string) (out []Node) {
	for _, n := range c.ByHead(h) {
		if slices.Contains(kinds, n.Kind()) {
			out = append(out, n.Node)
		}
	}
	return out
}

// WholeHead lists all nodes of a head of one kind, whether a circuit keeps them or not.
func (s Shape) WholeHead(h Head, kind string) (out []Node) {
	for i := range s.DHead {
		out = append(out, Node{Site: fmt.Sprintf("%d.%s.%s", h.Layer, Attn, kind), Index: h.Head*s.DHead + i})
	}
	return out
}

// OfKinds lists the nodes of a circuit of some kinds, such as ResidDelta, in its
// order: at most n of each kind.
func (c *Circuit) OfKinds(n int, kinds ...string) (out []Node) {
	number := map[string]int{}
	for _, x := range c.Nodes {
		if k := x.Kind(); slices.Contains(kinds, k) && number[k] < n {
			number[k]++
			out = append(out, x.Node)
		}
	}
	return out
}
