package steer

import (
	"context"
	"testing"

	"circuitbook/sparsenn/circuit"
)

// TestChoose: the best first, with what it did.
func TestChoose(t *testing.T) {
	s := two(t)
	list := prompts(t, 8)
	var methods []*Method
	for i := range 6 {
		methods = append(methods, channels(t, s, i))
	}
	got, err := s.Choose(context.Background(), methods, list, 3, Full)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, c := range got {
		seen[c.Method.Name] = true
		if i > 0 && c.Point.Want.Mean > got[i-1].Point.Want.Mean {
			t.Errorf("%s comes after a worse one", c.Method.Name)
		}
		curve, err := s.Curve(context.Background(), c.Method, list, []float64{3})
		if err != nil || curve.Points[0] != c.Point {
			t.Errorf("%s: %+v, measured %+v, %v", c.Method.Name, c.Point, curve.Points[0], err)
		}
	}
	two, err := s.Choose(context.Background(), methods, list, 3, Between)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(two); i++ {
		if two[i].Point.TwoWay.Mean > two[i-1].Point.TwoWay.Mean {
			t.Errorf("%s comes after a worse one", two[i].Method.Name)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d methods came back", len(seen))
	}
	if _, err := s.Choose(context.Background(), nil, list, 1, Full); err == nil {
		t.Error("a choice from nothing")
	}
}

// TestReadNodes: those at read sites, by site, in the order of the forward pass.
func TestReadNodes(t *testing.T) {
	s := two(t)
	c := &circuit.Circuit{}
	for _, n := range []circuit.Node{node("0.mlp.act_in", 2), node("0.attn.q", 1), node("0.attn.act_in", 9), node("0.mlp.act_in", 5),
		node("0.mlp.act_in", 40), node("0.mlp.post_act", 3), node("final_resid", 1)} {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: n})
	}
	got := s.ReadNodes(c)
	if len(got) != 2 || len(got[0]) != 1 || got[0][0] != node("0.attn.act_in", 9) ||
		len(got[1]) != 2 || got[1][0] != node("0.mlp.act_in", 2) || got[1][1] != node("0.mlp.act_in", 5) {
		t.Errorf("%v", got)
	}
}
