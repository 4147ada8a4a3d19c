package circuit_test

import (
	"circuitbook/sparsenn/circuit"
	"testing"
)

func TestWithoutAndRestrict(t *testing.T) {
	a, v, d := circuit.Node{Site: "0.attn.act_in", Index: 1}, circuit.Node{Site: "0.attn.v", Index: 2}, circuit.Node{Site: "0.attn.resid_delta", Index: 3}
	c := &circuit.Circuit{
		Task: "t", Run: "r", Ablation: circuit.MeanAblation, Proof: &circuit.Proof{},
		Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 1, DHead: 4, DMLP: 8, Vocab: 16},
		Nodes: []circuit.Kept{{Node: a, Mean: 1, Effect: new(1.0)}, {Node: v, Mean: 2, Effect: new(2.0)}, {Node: d, Mean: 3, Effect: new(3.0)}},
		Edges: []circuit.Edge{{From: a, To: v, Weight: 1, Effect: new(1.0)}, {From: v, To: d, Weight: 2, Effect: new(2.0)}},
	}
	c.Sort()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	other := circuit.Node{Site: "0.attn.q", Index: 0}
	for name, x := range map[string]struct {
		got          *circuit.Circuit
		nodes, edges int
		lacks        circuit.Node
	}{
		"drop one":         {c.Without(a), 2, 1, a},
		"drop the middle":  {c.Without(v), 2, 0, v},
		"drop what is not": {c.Without(other), 3, 2, other},
		"drop nothing":     {c.Without(), 3, 2, other},
		"only two":         {c.Restrict(d, v), 2, 1, a},
		"only a new one":   {c.Restrict(other, a), 2, 0, d},
		"only nothing":     {c.Restrict(), 0, 0, a},
	} {
		if len(x.got.Nodes) != x.nodes || len(x.got.Edges) != x.edges {
			t.Errorf("%s: %d nodes and %d edges", name, len(x.got.Nodes), len(x.got.Edges))
		}
		if _, ok := x.got.Find(x.lacks); ok {
			t.Errorf("%s: has %s", name, x.lacks)
		}
		if err := x.got.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if x.got.Proof != nil || x.got.Run != "r" {
			t.Errorf("%s: %+v", name, x.got)
		}
		for _, n := range x.got.Nodes {
			if was, ok := c.Find(n.Node); ok && (n.Effect != nil || n.Mean != was.Mean) {
				t.Errorf("%s: %+v", name, n)
			}
		}
		for _, e := range x.got.Edges {
			if e.Effect != nil {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	if c.Proof == nil || c.Nodes[0].Effect == nil || c.Edges[0].Effect == nil || len(c.Nodes) != 3 {
		t.Error("the circuit itself was changed")
	}
}
