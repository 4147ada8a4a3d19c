package circuit_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var equateEmpty = cmpopts.EquateEmpty()

// tensors are the weights of a small model.
type tensors map[string][]float32

func (w tensors) get(name string) ([]float32, error) {
	v, ok := w[name]
	if !ok {
		return nil, errors.New("no such tensor")
	}
	return v, nil
}

// genTensors draws sparse weights; some models have no biases.
func genTensors(t *rapid.T, s Shape) tensors {
	w := tensors{}
	entry := rapid.SampledFrom([]float32{0, 0, 0, 0, 0.1, -2.5})
	biases := rapid.Bool().Draw(t, "biases")
	sizes := tensorSizes(s)
	for _, name := range names(sizes) {
		size := sizes[name]
		if size[1] == 1 && name[len(name)-4:] == "bias" && !biases {
			w[name] = nil
			continue
		}
		w[name] = rapid.SliceOfN(entry, size[0]*size[1], size[0]*size[1]).Draw(t, name)
	}
	return w
}

// TestBuildFindsWhatEveryPairHas compares Build with looking at all pairs of nodes.
func TestBuildFindsWhatEveryPairHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genShape().Draw(t, "shape")
		w := genTensors(t, s)
		var want []Kept
		var wantEdges []Edge
		nodes := genNodes(t, s)
		for _, to := range nodes {
			k := Kept{Node: to, Mean: float64(to.Index), Gate: 0.5}
			if tensor, i, ok := s.BiasPlace(to); ok && w[tensor] != nil {
				k.Bias = float64(w[tensor][i])
			}
			want = append(want, k)
			for _, from := range nodes {
				tensor, row, col, err := s.Place(from, to)
				if err != nil {
					continue
				}
				width, err := s.Width(from.Site)
				if err != nil {
					t.Fatal(err)
				}
				if v := w[tensor][row*width+col]; v != 0 {
					wantEdges = append(wantEdges, Edge{From: from, To: to, Weight: float64(v)})
				}
			}
		}
		given := slices.Clone(want)
		for i := range given {
			given[i].Bias = 99 // to be replaced
		}
		given = rapid.Permutation(given).Draw(t, "order")
		before := slices.Clone(given)
		asked := map[string]int{}
		got, edges, err := Build(s, given, func(name string) ([]float32, error) {
			asked[name]++
			return w.get(name)
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, equateEmpty); d != "" {
			t.Error("nodes", d)
		}
		if d := cmp.Diff(wantEdges, edges, equateEmpty); d != "" {
			t.Error("edges", d)
		}
		if d := cmp.Diff(before, given, equateEmpty); d != "" {
			t.Error("Build changed what it was given", d)
		}
		for name, n := range asked {
			if n != 1 {
				t.Errorf("%s was asked for %d times", name, n)
			}
		}
		c := Circuit{Model: s, Ablation: MeanAblation, Nodes: got, Edges: edges}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	})
}

func TestBuildRefuses(t *testing.T) {
	s := Shape{Layers: 1, DModel: 2, Heads: 1, DHead: 2, DMLP: 3, Vocab: 5}
	some := func(paths ...string) (kept []Kept) {
		for _, p := range paths {
			kept = append(kept, Kept{Node: node(p)})
		}
		return kept
	}
	mlp := some("0.mlp.act_in[1]", "0.mlp.post_act[2]")
	for _, c := range []struct {
		want  string
		nodes []Kept
		spoil func(w tensors, s *Shape)
	}{
		{"0.mlp.act_in[1] is there twice", some("0.mlp.act_in[1]", "0.mlp.act_in[0]", "0.mlp.act_in[1]"), nil},
		{"0.mlp.act_in[1] is there twice", some("0.mlp.act_in[1]", "0.mlp.act_in[1]"), nil},
		{"nodes 0 to 2", some("0.mlp.post_act[3]"), nil},
		{"layers 0 to 0", some("1.mlp.post_act[0]"), nil},
		{"holds no nodes", []Kept{{Node: Node{"embed", 0}}}, nil},
		{"d_model is 0", nil, func(w tensors, s *Shape) { s.DModel = 0 }},
		{"transformer.h.0.mlp.c_fc.weight has 5 values; this model's has 3 × 2", mlp, func(w tensors, s *Shape) { w["transformer.h.0.mlp.c_fc.weight"] = make([]float32, 5) }},
		{"transformer.h.0.mlp.c_fc.bias has 1 values", mlp, func(w tensors, s *Shape) { w["transformer.h.0.mlp.c_fc.bias"] = make([]float32, 1) }},
		{"transformer.h.0.mlp.c_fc.bias: no such tensor", mlp, func(w tensors, s *Shape) { delete(w, "transformer.h.0.mlp.c_fc.bias") }},
		{"transformer.h.0.mlp.c_fc.weight: no such tensor", mlp, func(w tensors, s *Shape) { delete(w, "transformer.h.0.mlp.c_fc.weight") }},
		{"transformer.h.0.mlp.c_fc.weight is missing", mlp, func(w tensors, s *Shape) { w["transformer.h.0.mlp.c_fc.weight"] = nil }},
		{"weight from 0.mlp.act_in[1] to 0.mlp.post_act[2] is NaN", mlp, func(w tensors, s *Shape) { w["transformer.h.0.mlp.c_fc.weight"][5] = float32(math.NaN()) }},
		{"bias of node 0.mlp.post_act[2] is -Inf", mlp, func(w tensors, s *Shape) { w["transformer.h.0.mlp.c_fc.bias"][2] = float32(math.Inf(-1)) }},
	} {
		w, s := tensors{}, s
		for name, size := range tensorSizes(s) {
			w[name] = make([]float32, size[0]*size[1])
		}
		if c.spoil != nil {
			c.spoil(w, &s)
		}
		nodes, edges, err := Build(s, c.nodes, w.get)
		if nodes != nil || edges != nil {
			t.Errorf("%s: something came with the error", c.want)
		}
		mustContain(t, err, c.want)
	}
}
