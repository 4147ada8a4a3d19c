package circuit

import (
	"fmt"
	"slices"
	"strings"
)

// Hop is how a [Path] gets from one node to the next.
type Hop string

const (
	// EdgeHop follows an edge.
	EdgeHop Hop = "edge"
	// LaneHop follows a channel of the residual stream, from the node that writes
	// it to one that reads it later; see [Lane].
	LaneHop Hop = "lane"
	// HeadHop leads from a q or k node to what its head writes: to every resid_delta
	// node with an edge from a v node of the same head. There is no weight: q and k
	// decide from which tokens the head takes its v.
	HeadHop Hop = "head"
)

// arrows are how hops print.
var arrows = map[Hop]string{EdgeHop: " → ", LaneHop: " ⇢ ", HeadHop: " ⊙ "}

// Path is a way through a circuit; Hops[i] leads from Nodes[i] to Nodes[i+1].
type Path struct {
	Nodes []Node `json:"nodes"`
	Hops  []Hop  `json:"hops"`
}

// String writes the nodes with → for an edge, ⇢ for a lane and ⊙ for a head
// between them.
func (p Path) String() string {
	var b strings.Builder
	for i, n := range p.Nodes {
		if i > 0 {
			b.WriteString(arrows[p.Hops[i-1]])
		}
		b.WriteString(n.String())
	}
	return b.String()
}

// MaxPaths is the largest number of paths that Paths lists.
const MaxPaths = 10_000

// Paths lists every path between two nodes through edges, lanes and heads, in the
// order of their nodes; none if nothing leads there. A node has one path to itself,
// without hops. A node that the circuit leaves out is an error, as are more than
// MaxPaths paths: their number can grow exponentially with the layers.
func (c *Circuit) Paths(from, to Node) ([]Path, error) {
	for _, n := range []Node{from, to} {
		if _, ok := c.Find(n); !ok {
			return nil, fmt.Errorf("paths: %s is not one of the circuit's nodes", n)
		}
	}
	next := c.steps()
	// Walk only where the end can still be reached, so that the work is bounded by
	// what is listed.
	reaches := map[Node]bool{to: true}
	for again := true; again; {
		again = false
		for n, steps := range next {
			if !reaches[n] && slices.ContainsFunc(steps, func(s step) bool { return reaches[s.to] }) {
				reaches[n], again = true, true
			}
		}
	}
	var paths []Path
	var nodes []Node
	var hops []Hop
	var walk func(n Node) bool
	walk = func(n Node) bool {
		nodes = append(nodes, n)
		defer func() { nodes = nodes[:len(nodes)-1] }()
		if n == to {
			if len(paths) == MaxPaths {
				return false
			}
			paths = append(paths, Path{Nodes: slices.Clone(nodes), Hops: slices.Clone(hops)})
			return true
		}
		for _, s := range next[n] {
			if !reaches[s.to] {
				continue
			}
			hops = append(hops, s.hop)
			ok := walk(s.to)
			hops = hops[:len(hops)-1]
			if !ok {
				return false
			}
		}
		return true
	}
	if reaches[from] && !walk(from) {
		return nil, fmt.Errorf("paths: more than %d lead from %s to %s; ask for nodes nearer to each other", MaxPaths, from, to)
	}
	return paths, nil
}

// step is one way to go on from a node.
type step struct {
	to  Node
	hop Hop
}

// steps lists, for every node, where it leads, in the order of the nodes reached.
func (c *Circuit) steps() map[Node][]step {
	next := map[Node][]step{}
	writes := map[Head][]Node{} // what each head's v nodes have edges to
	for _, e := range c.Edges {
		next[e.From] = append(next[e.From], step{e.To, EdgeHop})
		if h, ok := c.head(e.From); ok {
			writes[h] = append(writes[h], e.To)
		}
	}
	for _, l := range c.Lanes() {
		for _, w := range l.Writers {
			for _, r := range l.After(w) {
				next[w] = append(next[w], step{r, LaneHop})
			}
		}
	}
	for _, n := range c.Nodes {
		h, ok := c.head(n.Node)
		if !ok || n.Kind() == Value {
			continue
		}
		to := slices.SortedFunc(slices.Values(writes[h]), Node.Compare)
		for _, w := range slices.Compact(to) {
			next[n.Node] = append(next[n.Node], step{w, HeadHop})
		}
	}
	for _, steps := range next {
		slices.SortFunc(steps, func(a, b step) int { return a.to.Compare(b.to) })
	}
	return next
}
