package study

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// wired is a circuit of two layers: an MLP neuron writes channel 1, which the
// key of layer 1's head reads, and another writes channel 2, which the value
// reads; the head writes channel 3.
func wired(t interface{ Fatal(...any) }) *circuit.Circuit {
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

func paths(nodes []circuit.Node) (out []string) {
	for _, n := range nodes {
		out = append(out, n.String())
	}
	return out
}

func TestFeeds(t *testing.T) {
	c := wired(t)
	for target, want := range map[string][]string{
		"1.attn.k[4]":          {"0.mlp.act_in[5]", "0.mlp.post_act[7]", "0.mlp.resid_delta[1]", "1.attn.act_in[1]"},
		"1.attn.v[6]":          {"0.mlp.post_act[8]", "0.mlp.resid_delta[2]", "1.attn.act_in[2]"},
		"0.mlp.post_act[8]":    nil,
		"0.mlp.resid_delta[2]": {"0.mlp.post_act[8]"},
		"1.attn.k[0]":          nil,
		"1.attn.q[4]":          nil, // not in the circuit
		// The key is of the same head (1) as the value, k[0] of another.
		"1.mlp.act_in[3]": {"0.mlp.act_in[5]", "0.mlp.post_act[7]", "0.mlp.post_act[8]", "0.mlp.resid_delta[1]", "0.mlp.resid_delta[2]",
			"1.attn.act_in[1]", "1.attn.act_in[2]", "1.attn.k[4]", "1.attn.v[6]", "1.attn.resid_delta[3]"},
	} {
		n, err := circuit.ParseNode(target)
		if err != nil {
			t.Fatal(err)
		}
		if got := paths(Feeds(c, n)); !slices.Equal(got, want) {
			t.Errorf("%s is fed by %v, want %v", target, got, want)
		}
	}
	if Feeds(c) != nil {
		t.Error("something feeds nothing")
	}
}

// TestFeedsIsTransitive: what feeds a feeder feeds the target, and several
// targets are fed by what feeds each.
func TestFeedsIsTransitive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := wired(t)
		a := rapid.SampledFrom(c.Nodes).Draw(t, "a").Node
		b := rapid.SampledFrom(c.Nodes).Draw(t, "b").Node
		of := Feeds(c, a)
		for _, n := range of {
			for _, m := range Feeds(c, n) {
				if !slices.Contains(of, m) {
					t.Fatalf("%s feeds %s, which feeds %s", m, n, a)
				}
			}
		}
		for _, n := range Feeds(c, a, b) {
			if !slices.Contains(of, n) && !slices.Contains(Feeds(c, b), n) {
				t.Fatalf("%s feeds neither %s nor %s", n, a, b)
			}
		}
	})
}
