package circuit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The parts of a site's name: "0.mlp.post_act" is layer 0, block [MLP], kind
// [PostAct]. final_resid stands outside the layers.
const (
	Attn = "attn"
	MLP  = "mlp"

	ActIn      = "act_in"      // what a block reads, after norm, positions and AbsTopK
	Query      = "q"           // attention only
	Key        = "k"           // attention only
	Value      = "v"           // attention only
	PostAct    = "post_act"    // the neurons of an MLP
	ResidDelta = "resid_delta" // what a block adds to the residual stream
	FinalResid = "final_resid" // the residual stream before the last norm
)

// NoLayer is the layer of final_resid.
const NoLayer = -1

// layerSites are the sites of a layer that can hold nodes, in the order of the
// forward pass.
var layerSites = []string{"attn.act_in", "attn.q", "attn.k", "attn.v", "attn.resid_delta",
	"mlp.act_in", "mlp.post_act", "mlp.resid_delta"}

// String is the node's path, "0.mlp.post_act[863]"; [ParseNode] reads it.
func (n Node) String() string { return n.Site + "[" + strconv.Itoa(n.Index) + "]" }

// ParseNode reads a path. It takes what [Node.String] writes for a node of a site
// that can hold nodes, and nothing else: no spaces, signs or leading zeros.
func ParseNode(path string) (Node, error) {
	site, rest, ok := strings.Cut(path, "[")
	digits, closed := strings.CutSuffix(rest, "]")
	index, natural := parseNatural(digits)
	if !ok || !closed || !natural {
		return Node{}, fmt.Errorf("node %q: a node is a site and an index, like \"0.mlp.post_act[863]\"", path)
	}
	if _, _, _, err := ParseSite(site); err != nil {
		return Node{}, fmt.Errorf("node %q: %w", path, err)
	}
	return Node{Site: site, Index: index}, nil
}

// ParseSite takes the name of a site that can hold nodes apart. For final_resid,
// layer is [NoLayer] and block is "".
func ParseSite(site string) (layer int, block, kind string, err error) {
	if site == FinalResid {
		return NoLayer, "", FinalResid, nil
	}
	number, name, _ := strings.Cut(site, ".")
	layer, ok := parseNatural(number)
	if slices.Contains(layerSites, site) {
		return NoLayer, "", "", fmt.Errorf("site %q has no layer, which stands before it and is counted from 0, as in \"0.%s\"", site, site)
	}
	if !ok || !slices.Contains(layerSites, name) {
		return NoLayer, "", "", fmt.Errorf("site %q holds no nodes; sites are %q or a layer, a dot and one of %s",
			site, FinalResid, strings.Join(layerSites, ", "))
	}
	block, kind, _ = strings.Cut(name, ".")
	return layer, block, kind, nil
}

// parseNatural reads a number in the one way it is written.
func parseNatural(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == s
}

// Layer is the layer of the node's site, [NoLayer] for final_resid and for a site
// that cannot hold nodes.
func (n Node) Layer() int {
	layer, _, _, _ := ParseSite(n.Site)
	return layer
}

// Block is [Attn], [MLP], or "" outside the layers.
func (n Node) Block() string {
	_, block, _, _ := ParseSite(n.Site)
	return block
}

// Kind is the last part of the site's name, such as [PostAct], or "" if the site
// cannot hold nodes.
func (n Node) Kind() string {
	_, _, kind, _ := ParseSite(n.Site)
	return kind
}

// CompareSites orders sites as the forward pass meets them: negative if a comes
// before b. What is no site that can hold nodes comes last, by name.
func CompareSites(a, b string) int {
	if a == b {
		return 0
	}
	layerA, placeA := rank(a)
	layerB, placeB := rank(b)
	return cmp.Or(cmp.Compare(layerA, layerB), cmp.Compare(placeA, placeB), cmp.Compare(a, b))
}

// rank is where a site stands: its layer, then its place in the layer.
func rank(site string) (layer uint, place int) {
	const last = ^uint(0) // beyond every int
	l, block, kind, err := ParseSite(site)
	switch {
	case err != nil:
		return last, 1
	case kind == FinalResid:
		return last, 0
	}
	return uint(l), slices.Index(layerSites, block+"."+kind)
}

// Compare orders nodes by site as the forward pass meets them, then by index.
func (n Node) Compare(m Node) int {
	return cmp.Or(CompareSites(n.Site, m.Site), cmp.Compare(n.Index, m.Index))
}

// String names the edge by its ends, "0.mlp.act_in[205] → 0.mlp.post_act[2790]".
func (e Edge) String() string { return e.From.String() + " → " + e.To.String() }

// compare orders edges by the place of To and then of From.
func (e Edge) compare(f Edge) int {
	return cmp.Or(e.To.Compare(f.To), e.From.Compare(f.From))
}

// Sort brings Nodes and Edges into the order that [Circuit] promises.
func (c *Circuit) Sort() {
	slices.SortStableFunc(c.Nodes, func(a, b Kept) int { return a.Compare(b.Node) })
	slices.SortStableFunc(c.Edges, Edge.compare)
}

// BlockPath is the block that a node is in, such as "0.attn"; final_resid is its own.
func (n Node) BlockPath() string {
	if n.Kind() == FinalResid {
		return n.Site
	}
	return fmt.Sprintf("%d.%s", n.Layer(), n.Block())
}
