package circuit

import (
	"fmt"
	"strconv"
)

// family is a kind of edge: the linear map of a block that makes the nodes at one
// of its sites from those at another. No site is made by two of them.
type family struct {
	block, from, to string
	tensor          string // of the block, without ".weight"
	third           int    // of the rows, where q, k and v share a tensor
}

var families = []family{
	{Attn, ActIn, Query, "attn.c_attn", 0},
	{Attn, ActIn, Key, "attn.c_attn", 1},
	{Attn, ActIn, Value, "attn.c_attn", 2},
	{Attn, Value, ResidDelta, "attn.c_proj", 0},
	{MLP, ActIn, PostAct, "mlp.c_fc", 0},
	{MLP, PostAct, ResidDelta, "mlp.c_proj", 0},
}

// maker finds the linear map that makes the nodes of a site; ok is false for
// act_in and final_resid, which none makes.
func maker(site string) (f family, layer int, ok bool) {
	layer, block, kind, err := ParseSite(site)
	if err != nil {
		return family{}, NoLayer, false
	}
	for _, f := range families {
		if f.block == block && f.to == kind {
			return f, layer, true
		}
	}
	return family{}, layer, false
}

// source names the site that f reads in a layer.
func (f family) source(layer int) string { return strconv.Itoa(layer) + "." + f.block + "." + f.from }

// name is that of a tensor in OpenAI's state dict; part is "weight" or "bias".
func (f family) name(layer int, part string) string {
	return fmt.Sprintf("transformer.h.%d.%s.%s", layer, f.tensor, part)
}

// size is that of f's weight, [rows, cols] = [out, in].
func (f family) size(s Shape) (rows, cols int) {
	switch f.to {
	case Query, Key, Value:
		return 3 * s.AttnWidth(), s.ReadWidth()
	case PostAct:
		return s.DMLP, s.ReadWidth()
	}
	if f.from == Value {
		return s.DModel, s.AttnWidth()
	}
	return s.DModel, s.DMLP
}

// row is the output of f that is the node with that index.
func (f family) row(s Shape, index int) int { return f.third*s.AttnWidth() + index }

// Place says where the weight of an edge stands: the tensor, named as in OpenAI's
// state dict, its row (output) and its column (input). Tensors are [out, in], so
// that the flat index is row·Width(from.Site) + col; c_attn holds the rows of q,
// then those of k, then those of v. Two nodes that no weight can join are an error.
func (s Shape) Place(from, to Node) (tensor string, row, col int, err error) {
	for _, n := range []Node{from, to} {
		if err := s.has(n); err != nil {
			return "", 0, 0, err
		}
	}
	f, layer, ok := maker(to.Site)
	if !ok || f.source(layer) != from.Site {
		return "", 0, 0, fmt.Errorf("no weight leads from %s to %s; edges stay within the attention or the MLP of a layer "+
			"and lead from act_in to q, k, v or post_act, and from v or post_act to resid_delta", from, to)
	}
	return f.name(layer, "weight"), f.row(s, to.Index), from.Index, nil
}

// BiasPlace says where the bias of a node stands: the tensor and the index in it.
// ok is false for act_in and final_resid, which have none, and for a node that the
// model does not have.
func (s Shape) BiasPlace(n Node) (tensor string, index int, ok bool) {
	f, layer, ok := maker(n.Site)
	if !ok || s.has(n) != nil {
		return "", 0, false
	}
	return f.name(layer, "bias"), f.row(s, n.Index), true
}
