package study

import (
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
)

// Worth is what a node counts in its circuit: what its ablation costs where that
// was measured, else its gate. In a circuit with a proof that is a number of the
// report split, which nothing may be chosen by; for choosing see [Selecting].
func Worth(n circuit.Kept) float64 {
	if n.Effect != nil {
		return *n.Effect
	}
	return n.Gate
}

// Way is the way through a circuit that counts most, from the embedding to what
// attention writes. It is found backwards: from the node, among those that
// attention writes, of the largest [Worth], at every step along the edge that
// costs most (by weight where no effects were measured) and, along a lane of the
// residual stream, to the writer of the largest Worth. Its last node is written
// by the one before it, a value of the head that the way goes through. It is nil
// where attention writes nothing.
//
// A way is a choice of nodes, so the effects of a proved circuit, which are of the
// report split, do not count: give it what [Selecting] returns.
func Way(c *circuit.Circuit) []circuit.Node {
	if c.Proof != nil {
		c = Drop(c)
	}
	var written []circuit.Node
	for _, n := range c.Nodes {
		if n.Block() == circuit.Attn && n.Kind() == circuit.ResidDelta && len(c.In(n.Node)) > 0 {
			written = append(written, n.Node)
		}
	}
	var way []circuit.Node
	for n, ok := worthMost(c, written); ok; {
		way = append(way, n)
		if n.Kind() == circuit.ActIn {
			n, ok = worthMost(c, writersBefore(c, n))
		} else {
			n, ok = strongest(c, n)
		}
	}
	slices.Reverse(way)
	return way
}

// worthMost is the node of the largest worth, the first of equal ones.
func worthMost(c *circuit.Circuit, nodes []circuit.Node) (best circuit.Node, ok bool) {
	at := math.Inf(-1)
	for _, n := range nodes {
		if k, _ := c.Find(n); Worth(k) > at {
			best, at, ok = n, Worth(k), true
		}
	}
	return best, ok
}

// strongest is where the edge into a node comes from that counts most.
func strongest(c *circuit.Circuit, n circuit.Node) (from circuit.Node, ok bool) {
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
func writersBefore(c *circuit.Circuit, n circuit.Node) (writers []circuit.Node) {
	for _, l := range c.Lanes() {
		for _, w := range l.Writers {
			if l.Channel == n.Index && circuit.CompareSites(w.Site, n.Site) < 0 && len(c.In(w)) > 0 {
				writers = append(writers, w)
			}
		}
	}
	return writers
}
