package circuit

import (
	"fmt"
	"strconv"
)

// Bounds on what a Shape may say, so that no product of two sizes overflows and a
// file from elsewhere cannot ask for lists that do not fit into memory.
const (
	maxLayers = 10_000
	maxWidth  = 1 << 24
)

// Check says which size is not possible.
func (s Shape) Check() error {
	for _, f := range []struct {
		name      string
		v, lo, hi int
	}{
		{"layers", s.Layers, 1, maxLayers}, {"d_model", s.DModel, 1, maxWidth}, {"heads", s.Heads, 1, maxWidth},
		{"d_head", s.DHead, 1, maxWidth}, {"d_mlp", s.DMLP, 1, maxWidth}, {"d_pos", s.DPos, 0, maxWidth},
		{"vocab", s.Vocab, 1, maxWidth},
	} {
		if f.v < f.lo || f.v > f.hi {
			return fmt.Errorf("model: %s is %d; it must lie between %d and %d", f.name, f.v, f.lo, f.hi)
		}
	}
	return nil
}

// AttnWidth is the width of q, k and v, all heads together.
func (s Shape) AttnWidth() int { return s.Heads * s.DHead }

// ReadWidth is the width of act_in: the channels of the residual stream and, after
// them, those of the positions.
func (s Shape) ReadWidth() int { return s.DModel + s.DPos }

// Sites lists the sites that can hold nodes, in the order of the forward pass: per
// layer attn.act_in, q, k, v, resid_delta, mlp.act_in, post_act, resid_delta; then
// final_resid.
func (s Shape) Sites() []string {
	var sites []string
	for l := range max(0, s.Layers) {
		for _, name := range layerSites {
			sites = append(sites, strconv.Itoa(l)+"."+name)
		}
	}
	return append(sites, FinalResid)
}

// Width is the number of nodes at a site.
func (s Shape) Width(site string) (int, error) {
	layer, _, kind, err := ParseSite(site)
	if err != nil {
		return 0, err
	}
	if layer >= s.Layers {
		return 0, fmt.Errorf("site %q: the model has layers 0 to %d", site, s.Layers-1)
	}
	switch kind {
	case ActIn:
		return s.ReadWidth(), nil
	case Query, Key, Value:
		return s.AttnWidth(), nil
	case PostAct:
		return s.DMLP, nil
	}
	return s.DModel, nil
}

// has says why the model has no such node.
func (s Shape) has(n Node) error {
	width, err := s.Width(n.Site)
	if err != nil {
		return err
	}
	if n.Index < 0 || n.Index >= width {
		return fmt.Errorf("node %s: the site has nodes 0 to %d", n, width-1)
	}
	return nil
}

// Head takes a q, k or v node's index apart: head h owns the indices h·d_head to
// h·d_head + d_head − 1. ok is false for nodes of other sites.
func (s Shape) Head(n Node) (head, channel int, ok bool) {
	switch n.Kind() {
	case Query, Key, Value:
		if s.has(n) == nil {
			return n.Index / s.DHead, n.Index % s.DHead, true
		}
	}
	return 0, 0, false
}
