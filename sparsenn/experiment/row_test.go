package experiment

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
)

func TestBoth(t *testing.T) {
	a := &ModelFacts{Scores: []Score{{Task: "x", Loss: 0.1}, {Task: "y", Loss: 0.15}, {Task: "z", Loss: 0.16}}}
	b := &ModelFacts{Scores: []Score{{Task: "z", Loss: 0}, {Task: "y", Loss: 0.01}, {Task: "x", Loss: 0.2}}}
	if got := Both(0.15, a, b); !slices.Equal(got, []string{"y"}) {
		t.Errorf("both solve %v", got)
	}
	if got := Both(0.2, a, b); !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Errorf("at .2 both solve %v", got)
	}
	if a.Solves("w", 1) {
		t.Error("it solves what was not measured")
	}
	if Both(0.15) != nil {
		t.Error("no models solve something")
	}
}

// TestCounts: heads by layer, channels across sites; positions are no channels.
func TestCounts(t *testing.T) {
	shape := circuit.Shape{Layers: 2, DModel: 8, Heads: 2, DHead: 4, DMLP: 32, DPos: 2}
	nodes := []circuit.Node{
		{Site: "0.attn.act_in", Index: 3}, {Site: "0.attn.act_in", Index: 8}, {Site: "0.attn.q", Index: 3}, {Site: "0.attn.k", Index: 1},
		{Site: "0.attn.v", Index: 4}, {Site: "0.attn.resid_delta", Index: 3}, {Site: "0.mlp.post_act", Index: 31},
		{Site: "1.attn.v", Index: 0}, {Site: "final_resid", Index: 7},
	}
	if got := headsOf(nodes, shape); got != 3 {
		t.Errorf("%d heads, want 3", got)
	}
	if got := channelsOf(nodes, shape); got != 2 {
		t.Errorf("%d channels, want 2", got)
	}
}
