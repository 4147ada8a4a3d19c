// Package circuittest has a circuit for the tests of what works on circuits.
package circuittest

import "circuitbook/sparsenn/circuit"

// Wired is a circuit of two layers: an MLP neuron writes channel 1, which the
// key of layer 1's head reads, and another writes channel 2, which the value
// reads; the head writes channel 3.
func Wired(t interface{ Fatal(...any) }) *circuit.Circuit {
	node := func(path string) circuit.Node {
		n, err := circuit.ParseNode(path)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	c := &circuit.Circuit{Task: "t", Run: "r", Ablation: circuit.MeanAblation,
		Model: circuit.Shape{Layers: 2, DModel: 8, Heads: 2, DHead: 4, DMLP: 16, Vocab: 16}}
	for _, p := range []string{"0.mlp.act_in[5]", "0.mlp.post_act[7]", "0.mlp.post_act[8]", "0.mlp.resid_delta[1]", "0.mlp.resid_delta[2]",
		"1.attn.act_in[1]", "1.attn.act_in[2]", "1.attn.k[4]", "1.attn.k[0]", "1.attn.v[6]", "1.attn.resid_delta[3]", "1.mlp.act_in[3]"} {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: node(p)})
	}
	for _, e := range [][2]string{{"0.mlp.act_in[5]", "0.mlp.post_act[7]"}, {"0.mlp.post_act[7]", "0.mlp.resid_delta[1]"}, {"0.mlp.post_act[8]", "0.mlp.resid_delta[2]"},
		{"1.attn.act_in[1]", "1.attn.k[4]"}, {"1.attn.act_in[2]", "1.attn.v[6]"}, {"1.attn.v[6]", "1.attn.resid_delta[3]"}} {
		c.Edges = append(c.Edges, circuit.Edge{From: node(e[0]), To: node(e[1]), Weight: 1})
	}
	c.Sort()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Paths are the nodes as text.
func Paths(nodes []circuit.Node) (out []string) {
	for _, n := range nodes {
		out = append(out, n.String())
	}
	return out
}
