package circuit_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPlace(t *testing.T) {
	s := Shape{Layers: 2, DModel: 10, Heads: 4, DHead: 5, DMLP: 50, DPos: 3, Vocab: 64}
	for _, c := range []struct{ from, to, want string }{
		{"1.attn.act_in[12]", "1.attn.q[3]", "transformer.h.1.attn.c_attn.weight 3 12"},
		{"1.attn.act_in[0]", "1.attn.k[3]", "transformer.h.1.attn.c_attn.weight 23 0"},
		{"0.attn.act_in[9]", "0.attn.v[19]", "transformer.h.0.attn.c_attn.weight 59 9"},
		{"0.attn.v[19]", "0.attn.resid_delta[9]", "transformer.h.0.attn.c_proj.weight 9 19"},
		{"0.mlp.act_in[11]", "0.mlp.post_act[49]", "transformer.h.0.mlp.c_fc.weight 49 11"},
		{"0.mlp.post_act[49]", "0.mlp.resid_delta[7]", "transformer.h.0.mlp.c_proj.weight 7 49"},
	} {
		tensor, row, col, err := s.Place(node(c.from), node(c.to))
		if got := fmt.Sprint(tensor, " ", row, " ", col); err != nil || got != c.want {
			t.Errorf("%s → %s: %s, %v; want %s", c.from, c.to, got, err, c.want)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{"0.attn.act_in[0]", "1.attn.q[0]", "no weight leads"},
		{"0.attn.act_in[0]", "0.mlp.post_act[0]", "no weight leads"},
		{"0.attn.q[0]", "0.attn.k[0]", "no weight leads"},
		{"0.attn.q[0]", "0.attn.resid_delta[0]", "no weight leads"},
		{"0.attn.v[0]", "0.attn.act_in[0]", "no weight leads"},
		{"0.attn.resid_delta[0]", "0.mlp.act_in[0]", "no weight leads"},
		{"1.mlp.resid_delta[0]", "final_resid[0]", "no weight leads"},
		{"0.attn.act_in[13]", "0.attn.q[0]", "nodes 0 to 12"},
		{"0.attn.act_in[0]", "0.attn.q[20]", "nodes 0 to 19"},
		{"2.attn.act_in[0]", "2.attn.q[0]", "layers 0 to 1"},
	} {
		tensor, row, col, err := s.Place(node(c.from), node(c.to))
		if tensor != "" || row != 0 || col != 0 {
			t.Errorf("%s → %s: %s %d %d with an error", c.from, c.to, tensor, row, col)
		}
		mustContain(t, err, c.want)
	}
	_, _, _, err := s.Place(Node{"0.attn.act_in", -1}, node("0.attn.q[0]"))
	mustContain(t, err, "nodes 0 to 12")
}

func TestBiasPlace(t *testing.T) {
	s := Shape{Layers: 2, DModel: 10, Heads: 4, DHead: 5, DMLP: 50, DPos: 3, Vocab: 64}
	for path, want := range map[string]string{
		"1.attn.q[3]":            "transformer.h.1.attn.c_attn.bias 3 true",
		"1.attn.k[3]":            "transformer.h.1.attn.c_attn.bias 23 true",
		"1.attn.v[3]":            "transformer.h.1.attn.c_attn.bias 43 true",
		"0.attn.resid_delta[9]":  "transformer.h.0.attn.c_proj.bias 9 true",
		"0.mlp.post_act[49]":     "transformer.h.0.mlp.c_fc.bias 49 true",
		"0.mlp.resid_delta[7]":   "transformer.h.0.mlp.c_proj.bias 7 true",
		"0.attn.act_in[7]":       " 0 false",
		"0.mlp.act_in[7]":        " 0 false",
		"final_resid[7]":         " 0 false",
		"0.mlp.resid_delta[10]":  " 0 false",
		"2.mlp.resid_delta[0]":   " 0 false",
		"0.mlp.post_act[100000]": " 0 false",
	} {
		tensor, index, ok := s.BiasPlace(node(path))
		if got := fmt.Sprint(tensor, " ", index, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestEveryWeightHasOnePlace: the pairs of nodes that a weight can join, and the
// entries of the weights of all blocks, are the same things.
func TestEveryWeightHasOnePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genShape().Draw(t, "shape")
		want := map[string]int{}
		for name, size := range tensorSizes(s) {
			for i := range size[0] * size[1] {
				want[fmt.Sprint(name, " ", i)] = 1
			}
		}
		got := map[string]int{}
		nodes := allNodes(s)
		for _, to := range nodes {
			if tensor, index, ok := s.BiasPlace(to); ok {
				got[fmt.Sprint(tensor, " ", index)]++
			}
			for _, from := range nodes {
				if tensor, row, col, err := s.Place(from, to); err == nil {
					width, err := s.Width(from.Site)
					if err != nil {
						t.Fatal(err)
					}
					got[fmt.Sprint(tensor, " ", row*width+col)]++
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// tensorSizes are the sizes of the weights and biases of all blocks, as in OpenAI's
// state dict.
func tensorSizes(s Shape) map[string][2]int {
	a, in := s.Heads*s.DHead, s.DModel+s.DPos
	sizes := map[string][2]int{}
	for l := range s.Layers {
		h := fmt.Sprintf("transformer.h.%d.", l)
		maps.Copy(sizes, map[string][2]int{
			h + "attn.c_attn.weight": {3 * a, in}, h + "attn.c_attn.bias": {3 * a, 1},
			h + "attn.c_proj.weight": {s.DModel, a}, h + "attn.c_proj.bias": {s.DModel, 1},
			h + "mlp.c_fc.weight": {s.DMLP, in}, h + "mlp.c_fc.bias": {s.DMLP, 1},
			h + "mlp.c_proj.weight": {s.DModel, s.DMLP}, h + "mlp.c_proj.bias": {s.DModel, 1},
		})
	}
	return sizes
}

// names lists the tensors in a fixed order.
func names(sizes map[string][2]int) []string { return slices.Sorted(maps.Keys(sizes)) }
