package circuit_test

import (
	"testing"

	"circuitbook/sparsenn/circuit"
)

// TestNeuronOn: of the neurons that read a written channel after its writer, the one of the
// larger worth.
func TestNeuronOn(t *testing.T) {
	n := func(path string) circuit.Node {
		n, err := circuit.ParseNode(path)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	written, read, less, most, early := n("0.attn.resid_delta[3]"), n("0.mlp.act_in[3]"), n("0.mlp.post_act[1]"), n("0.mlp.post_act[2]"), n("0.mlp.post_act[4]")
	c := &circuit.Circuit{Task: "t", Run: "r", Ablation: circuit.MeanAblation,
		Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 2, DHead: 4, DMLP: 16, Vocab: 16},
		Nodes: []circuit.Kept{{Node: written}, {Node: read}, {Node: less, Effect: new(0.1)}, {Node: most, Effect: new(0.5)}, {Node: early, Effect: new(0.9)}},
		Edges: []circuit.Edge{{From: read, To: less, Weight: 3}, {From: read, To: most, Weight: 1}}}
	c.Sort()
	if got, ok := c.NeuronOn(written); !ok || got != most {
		t.Errorf("%v, %v", got, ok)
	}
	if got, ok := c.NeuronOn(n("0.attn.resid_delta[5]")); ok {
		t.Errorf("%v reads a channel that nothing reads", got)
	}
}
