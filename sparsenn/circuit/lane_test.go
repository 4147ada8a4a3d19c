package circuit_test

import (
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLanes(t *testing.T) {
	want := []Lane{
		{83, []Node{node("10.attn.resid_delta[83]")}, nil},
		{205, nil, []Node{node("0.mlp.act_in[205]")}},
		{207, nil, []Node{node("0.mlp.act_in[207]")}},
		{460, []Node{node("0.mlp.resid_delta[460]")}, []Node{node("10.attn.act_in[460]")}},
		{985, []Node{node("0.mlp.resid_delta[985]")}, []Node{node("10.attn.act_in[985]")}},
	}
	if d := cmp.Diff(want, quotes().Lanes()); d != "" {
		t.Error(d)
	}
	// act_in[4] of the other circuit is a position channel: its model has d_model 4.
	want = []Lane{{2, []Node{node("0.attn.resid_delta[2]")}, []Node{node("final_resid[2]")}}}
	if d := cmp.Diff(want, full().Lanes()); d != "" {
		t.Error(d)
	}
}

// TestLaneAfter: what the forward pass lets a writer reach in a channel.
func TestLaneAfter(t *testing.T) {
	c := &Circuit{Model: Shape{Layers: 2, DModel: 1, Heads: 1, DHead: 1, DMLP: 1, DPos: 1, Vocab: 1}}
	for _, n := range allNodes(c.Model) {
		c.Nodes = append(c.Nodes, Kept{Node: n})
	}
	lanes := c.Lanes()
	if len(lanes) != 1 {
		t.Fatalf("%d lanes, want 1", len(lanes))
	}
	l := lanes[0]
	if got := list(l.Writers); got != "0.attn.resid_delta[0], 0.mlp.resid_delta[0], 1.attn.resid_delta[0], 1.mlp.resid_delta[0]" {
		t.Error(got)
	}
	for writer, want := range map[string]string{
		"0.attn.resid_delta[0]": "0.mlp.act_in[0], 1.attn.act_in[0], 1.mlp.act_in[0], final_resid[0]",
		"0.mlp.resid_delta[0]":  "1.attn.act_in[0], 1.mlp.act_in[0], final_resid[0]",
		"1.attn.resid_delta[0]": "1.mlp.act_in[0], final_resid[0]",
		"1.mlp.resid_delta[0]":  "final_resid[0]",
	} {
		if got := list(l.After(node(writer))); got != want {
			t.Errorf("%s reaches %s, want %s", writer, got, want)
		}
	}
}

// TestLanesHoldEveryNodeOfTheStream, each in its channel, in order.
func TestLanesHoldEveryNodeOfTheStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCircuit().Draw(t, "circuit")
		want := []Lane{}
		for i := range c.Model.DModel {
			l := Lane{Channel: i}
			for _, n := range c.Nodes {
				switch kind := n.Kind(); {
				case n.Index != i:
				case kind == ResidDelta:
					l.Writers = append(l.Writers, n.Node)
				case kind == ActIn || kind == FinalResid:
					l.Readers = append(l.Readers, n.Node)
				}
			}
			if l.Writers != nil || l.Readers != nil {
				want = append(want, l)
			}
		}
		// Also where the circuit itself is out of order.
		c.Nodes = rapid.Permutation(c.Nodes).Draw(t, "order")
		if d := cmp.Diff(want, c.Lanes(), equateEmpty); d != "" {
			t.Error(d)
		}
	})
}
