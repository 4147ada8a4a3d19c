package circuit_test

import (
	"slices"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestMatch: a circuit is of the model that it was built from; a weight or a bias
// of the model that is another one, an edge too many and one too few are named.
func TestMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genShape().Draw(t, "shape")
		w := genTensors(t, s)
		c := &Circuit{Model: s, Ablation: MeanAblation}
		var nodes []Kept
		for _, n := range genNodes(t, s) {
			nodes = append(nodes, Kept{Node: n, Mean: 2, Gate: 0.5, Effect: pointer(3)})
		}
		var err error
		if c.Nodes, c.Edges, err = Build(s, nodes, w.get); err != nil {
			t.Fatal(err)
		}
		whole, err := c.Match(w.get)
		if err != nil || c.Lacks(whole) != nil || cmp.Diff(c, whole, equateEmpty) != "" {
			t.Fatalf("as it was built: %v, %v\n%s", err, c.Lacks(whole), cmp.Diff(c, whole))
		}
		refused := func(what string, c *Circuit, name string) {
			if _, err := c.Match(w.get); err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("%s: %v, want one with %s", what, err, name)
			}
		}
		if len(c.Edges) > 0 {
			at := rapid.IntRange(0, len(c.Edges)-1).Draw(t, "edge")
			e := c.Edges[at]
			tensor, row, col, err := s.Place(e.From, e.To)
			if err != nil {
				t.Fatal(err)
			}
			width, err := s.Width(e.From.Site)
			if err != nil {
				t.Fatal(err)
			}
			was := w[tensor]
			for _, is := range []float32{0, rapid.Float32().Filter(func(v float32) bool { return v != was[row*width+col] }).Draw(t, "weight")} {
				w[tensor] = slices.Clone(was)
				w[tensor][row*width+col] = is
				refused("another weight", c, e.String())
			}
			w[tensor] = was
			less := *c
			less.Edges = slices.Delete(slices.Clone(c.Edges), at, at+1)
			whole, err := less.Match(w.get)
			if err != nil || cmp.Diff(c.Edges, whole.Edges, equateEmpty) != "" {
				t.Fatalf("an edge is missing: %v, %s", err, cmp.Diff(c.Edges, whole.Edges))
			}
			mustName(t, less.Lacks(whole), e.String())
		}
		for i, n := range c.Nodes {
			tensor, _, ok := s.BiasPlace(n.Node)
			if !ok {
				continue
			}
			x := *c
			x.Nodes = slices.Clone(c.Nodes)
			x.Nodes[i].Bias = 0 // not known
			if whole, err := x.Match(w.get); err != nil || whole.Nodes[i].Bias != n.Bias {
				t.Fatalf("%s without its bias: %v, %v", n, whole.Nodes[i].Bias, err)
			}
			x.Nodes[i].Bias = n.Bias + 1
			refused("another bias, of "+tensor, &x, n.String())
		}
	})
}

func mustName(t *rapid.T, err error, name string) {
	if err == nil || !strings.Contains(err.Error(), name) {
		t.Fatalf("%v, want one with %s", err, name)
	}
}

// TestMatchRounds: weights written with as many digits as float32 has are the
// model's; a circuit that is none and a model of another shape are errors.
func TestMatchRounds(t *testing.T) {
	c := full()
	w := func(name string) ([]float32, error) {
		switch name {
		case "transformer.h.0.attn.c_attn.weight":
			v := make([]float32, 12*5)
			v[(8+3)*5+4] = 0.1
			return v, nil
		case "transformer.h.0.attn.c_proj.weight":
			v := make([]float32, 4*4)
			v[2*4+3] = -3
			return v, nil
		case "transformer.h.0.attn.c_attn.bias":
			v := make([]float32, 12)
			v[8+3] = -2.5
			return v, nil
		}
		return nil, nil
	}
	c.Nodes[2].Bias = 0
	c.Edges[0].Weight = 0.1
	whole, err := c.Match(w)
	if err != nil || c.Lacks(whole) != nil {
		t.Fatal(err)
	}
	if *whole.Edges[1].Effect != 0.25 || whole.Edges[0].Weight != float64(float32(0.1)) {
		t.Errorf("%+v", whole.Edges)
	}
	c.Model.Vocab = 0
	_, err = c.Match(w)
	mustContain(t, err, "vocab is 0")
	c = full()
	c.Model.DMLP++
	c.Model.DModel++
	_, err = c.Match(w)
	mustContain(t, err, "values; this model's has")
}
