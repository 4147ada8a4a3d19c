package circuit

import (
	"math"
	"slices"
)

// Importance is what a node counts in its circuit: what its ablation costs where that
// was measured, else its gate. In a circuit with a proof that is a number of the
// report split, by which nothing may be chosen.
func (n Kept) Importance() float64 {
	if n.Effect != nil {
		return *n.Effect
	}
	return n.Gate
}

// MainPath is the path through the circuit that counts most, from the embedding to what
// attention writes. It is found backwards: from the node, among those that
// attention writes, of the largest [Kept.Importance], at every step along the edge that
// costs most (by weight where no effects were measured) and, along a lane of the
// residual stream, to the writer of the largest Importance. Its last node is written
// by the one before it, a value of the head that the path goes through. It is nil
// where attention writes nothing.
//
// It is a choice of nodes, so that the effects of a proved circuit, which are of the
// report split, do not count: give it a circuit measured on prompts for selecting.
func (c *Circuit) MainPath() []Node {
	if c.Proof != nil {
		c = c.Without()
	}
	var written []Node
	for _, n := range c.Nodes {
		if n.Block() == Attn && n.Kind() == ResidDelta && len(c.In(n.Node)) > 0 {
			written = append(written, n.Node)
		}
	}
	var path []Node
	for n, ok := c.mostImportant(written); ok; {
		path = append(path, n)
		if n.Kind() == ActIn {
			n, ok = c.mostImportant(c.writersBefore(n))
		} else {
			n, ok = c.strongest(n)
		}
	}
	slices.Reverse(path)
	return path
}

// mostImportant is the node of the largest importance, the first of equal ones.
func (c *Circuit) mostImportant(nodes []Node) (best Node, ok bool) {
	at := math.Inf(-1)
	for _, n := range nodes {
		if k, _ := c.Find(n); k.Importance() > at {
			best, at, ok = n, k.Importance(), true
		}
	}
	return best, ok
}

// strongest is where the edge into a node comes from that counts most.
func (c *Circuit) strongest(n Node) (from Node, ok bool) {
	at := math.Inf(-1)
	for _, e := range c.In(n) {
		v := math.Abs(e.Weight)
		if e.Effect != nil {
			v = *e.Effect
		}
		if v > at {
			from, at, ok = e.From, v, true
		}
	}
	return from, ok
}

// writersBefore are the nodes that write the channel that a node reads, before it
// does and out of others.
func (c *Circuit) writersBefore(n Node) (writers []Node) {
	for _, l := range c.Lanes() {
		for _, w := range l.Writers {
			if l.Channel == n.Index && CompareSites(w.Site, n.Site) < 0 && len(c.In(w)) > 0 {
				writers = append(writers, w)
			}
		}
	}
	return writers
}
