package circuit_test

import (
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/circuit/circuittest"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMainPath: the way is followed back from what attention writes, through the
// value, along the lane to the neuron that writes it.
func TestMainPath(t *testing.T) {
	c := circuittest.Wired(t)
	want := []string{"0.mlp.post_act[8]", "0.mlp.resid_delta[2]", "1.attn.act_in[2]", "1.attn.v[6]", "1.attn.resid_delta[3]"}
	if got := circuittest.Paths(c.MainPath()); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if way := c.Without(circuit.Node{Site: "1.attn.v", Index: 6}).MainPath(); way != nil {
		t.Errorf("%v where attention writes nothing", way)
	}
	if way := c.Restrict().MainPath(); way != nil {
		t.Errorf("%v in nothing", way)
	}
}

// TestMainPathGoesByEffects: of two edges the one whose ablation costs more is
// followed, whatever the weights; without effects the one of the larger weight;
// and of two nodes that attention writes the one of the larger importance.
func TestMainPathGoesByEffects(t *testing.T) {
	n := func(path string) circuit.Node {
		n, err := circuit.ParseNode(path)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	a, b, small, large := n("0.attn.v[0]"), n("0.attn.v[1]"), n("0.attn.resid_delta[1]"), n("0.attn.resid_delta[2]")
	c := &circuit.Circuit{Task: "t", Run: "r", Ablation: circuit.MeanAblation,
		Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 2, DHead: 4, DMLP: 16, Vocab: 16},
		Nodes: []circuit.Kept{{Node: a, Gate: 1}, {Node: b, Gate: 1}, {Node: small, Gate: 0.9, Effect: new(0.1)}, {Node: large, Gate: 0.1, Effect: new(0.5)}},
		Edges: []circuit.Edge{{From: a, To: small, Weight: 1}, {From: a, To: large, Weight: -3}, {From: b, To: large, Weight: 2}}}
	c.Sort()
	if got := c.MainPath(); !slices.Equal(got, []circuit.Node{a, large}) {
		t.Errorf("by weight and effect: %v", got)
	}
	for i := range c.Edges {
		c.Edges[i].Effect = new(0.1)
		if c.Edges[i].From == b {
			c.Edges[i].Effect = new(0.2)
		}
	}
	if got := c.MainPath(); !slices.Equal(got, []circuit.Node{b, large}) {
		t.Errorf("by effect: %v", got)
	}
	for i := range c.Nodes {
		c.Nodes[i].Effect = nil
	}
	if got := c.MainPath(); !slices.Equal(got, []circuit.Node{a, small}) {
		t.Errorf("by gate: %v", got)
	}
	if (circuit.Kept{Gate: 1, Effect: new(-2.0)}).Importance() != -2 || (circuit.Kept{Gate: 1}).Importance() != 1 {
		t.Error("importance is not the effect, else the gate")
	}
}

// TestMainPathIsUpstream: all nodes of the way but the last feed the last, in the order of
// the forward pass, whatever was measured.
func TestMainPathIsUpstream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := circuittest.Wired(t)
		for i := range c.Nodes {
			c.Nodes[i].Gate = rapid.Float64Range(-1, 1).Draw(t, "gate")
			if rapid.Bool().Draw(t, "measured") {
				c.Nodes[i].Effect = new(rapid.Float64Range(-1, 1).Draw(t, "effect"))
			}
		}
		for i := range c.Edges {
			if rapid.Bool().Draw(t, "measured") {
				c.Edges[i].Effect = new(rapid.Float64Range(-1, 1).Draw(t, "effect"))
			}
		}
		way := c.MainPath()
		if len(way) < 2 {
			t.Fatalf("%v", way)
		}
		last := len(way) - 1
		if way[last].Kind() != circuit.ResidDelta || way[last-1].Kind() != circuit.Value {
			t.Fatalf("ends in %v", way[last-1:])
		}
		fed := c.Upstream(way[last])
		for i, n := range way[:last] {
			if !slices.Contains(fed, n) || circuit.CompareSites(n.Site, way[i+1].Site) >= 0 {
				t.Fatalf("%s is not on a way to %s: %v", n, way[last], way)
			}
		}
	})
}

// TestMainPathIgnoresTheProof: the effects that a proof measured are of the report split
// and choose no nodes, whatever they are.
func TestMainPathIgnoresTheProof(t *testing.T) {
	a, small, large := circuit.Node{Site: "0.attn.v"}, circuit.Node{Site: "0.attn.resid_delta", Index: 1}, circuit.Node{Site: "0.attn.resid_delta", Index: 2}
	c := &circuit.Circuit{Task: "t", Run: "r", Ablation: circuit.MeanAblation,
		Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 2, DHead: 4, DMLP: 16, Vocab: 16},
		Nodes: []circuit.Kept{{Node: a, Gate: 1}, {Node: small, Gate: 0.1, Effect: new(0.5)}, {Node: large, Gate: 0.9, Effect: new(0.1)}},
		Edges: []circuit.Edge{{From: a, To: small, Weight: 1}, {From: a, To: large, Weight: 1}}}
	c.Sort()
	if got := c.MainPath(); !slices.Equal(got, []circuit.Node{a, small}) {
		t.Errorf("by effects: %v", got)
	}
	c.Proof = &circuit.Proof{}
	if got := c.MainPath(); !slices.Equal(got, []circuit.Node{a, large}) {
		t.Errorf("by the effects of a proof: %v", got)
	}
}
