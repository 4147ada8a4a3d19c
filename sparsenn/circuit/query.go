package circuit

import (
	"cmp"
	"fmt"
	"slices"
)

// NodeCount is the number of nodes.
func (c *Circuit) NodeCount() int { return len(c.Nodes) }

// EdgeCount is the number of edges, the size of a circuit in Gao et al.
func (c *Circuit) EdgeCount() int { return len(c.Edges) }

// Find returns a node with its numbers; ok is false if the circuit leaves it out.
func (c *Circuit) Find(n Node) (kept Kept, ok bool) {
	for _, k := range c.Nodes {
		if k.Node == n {
			return k, true
		}
	}
	return Kept{}, false
}

// In lists the edges that lead to a node, in the circuit's order.
func (c *Circuit) In(n Node) []Edge {
	return filter(c.Edges, func(e Edge) bool { return e.To == n })
}

// Out lists the edges that lead from a node, in the circuit's order.
func (c *Circuit) Out(n Node) []Edge {
	return filter(c.Edges, func(e Edge) bool { return e.From == n })
}

// BySite lists the nodes of a site.
func (c *Circuit) BySite(site string) []Kept {
	return filter(c.Nodes, func(n Kept) bool { return n.Site == site })
}

// ByLayer lists the nodes of a layer; those of final_resid for [NoLayer].
func (c *Circuit) ByLayer(layer int) []Kept {
	return filter(c.Nodes, func(n Kept) bool { return n.Layer() == layer })
}

// ByBlock lists the nodes of the attention or the MLP of a layer; block is [Attn]
// or [MLP].
func (c *Circuit) ByBlock(layer int, block string) []Kept {
	return filter(c.Nodes, func(n Kept) bool { return n.Layer() == layer && n.Block() == block })
}

// ByHead lists the q, k and v nodes of an attention head.
func (c *Circuit) ByHead(h Head) []Kept {
	return filter(c.Nodes, func(n Kept) bool {
		of, ok := c.head(n.Node)
		return ok && of == h
	})
}

// Head is an attention head.
type Head struct {
	Layer int `json:"layer"`
	Head  int `json:"head"`
}

// Heads lists the heads with a q, k or v node in the circuit, by layer and head.
func (c *Circuit) Heads() []Head {
	var heads []Head
	for _, n := range c.Nodes {
		if h, ok := c.head(n.Node); ok {
			heads = append(heads, h)
		}
	}
	slices.SortFunc(heads, func(a, b Head) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Head, b.Head))
	})
	return slices.Compact(heads)
}

func (c *Circuit) head(n Node) (Head, bool) {
	head, _, ok := c.Model.Head(n)
	return Head{n.Layer(), head}, ok
}

// SiteCount is the number of nodes that a circuit keeps at a site.
type SiteCount struct {
	Site  string `json:"site"`
	Nodes int    `json:"nodes"`
}

// PerSite counts the nodes of each site that has any, in the order of the forward
// pass.
func (c *Circuit) PerSite() []SiteCount {
	at := map[string]int{}
	var counts []SiteCount
	for _, n := range c.Nodes {
		i, ok := at[n.Site]
		if !ok {
			i = len(counts)
			at[n.Site] = i
			counts = append(counts, SiteCount{Site: n.Site})
		}
		counts[i].Nodes++
	}
	slices.SortFunc(counts, func(a, b SiteCount) int { return CompareSites(a.Site, b.Site) })
	return counts
}

func filter[T any](all []T, keep func(T) bool) []T {
	var out []T
	for _, v := range all {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

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
