package circuit_test

import (
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/circuit/circuittest"
	"slices"
	"testing"
)

// TestGroups: every node is in one group, by what it feeds.
func TestGroups(t *testing.T) {
	node := func(path string) circuit.Node {
		n, err := circuit.ParseNode(path)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	want := []struct {
		claim string
		nodes []string
	}{
		// Nothing flows into the writer; nothing else writes what is read of channel 7.
		{"constant", []string{"0.attn.resid_delta[7]", "1.attn.act_in[7]"}},
		{"query", []string{"0.mlp.post_act[3]", "0.mlp.resid_delta[4]", "1.attn.act_in[4]", "1.attn.q[4]"}},
		{"key", []string{"1.attn.act_in[1]", "1.attn.k[4]"}},
		// Channel 5 is written without being fed, and by a neuron.
		{"scores", []string{"1.attn.act_in[5]", "0.mlp.post_act[5]", "0.mlp.resid_delta[5]"}},
		{"value", []string{"1.attn.act_in[2]", "1.attn.v[6]"}},
		{"neurons", []string{"0.mlp.act_in[0]", "0.mlp.post_act[8]"}},
		{"shared", []string{"0.mlp.resid_delta[6]", "1.attn.act_in[6]"}},
		{"written", []string{"1.attn.resid_delta[3]"}},
	}
	c := &circuit.Circuit{Task: "t", Run: "r", Ablation: circuit.MeanAblation,
		Model: circuit.Shape{Layers: 2, DModel: 8, Heads: 2, DHead: 4, DMLP: 16, Vocab: 16}}
	for _, g := range want {
		for _, p := range g.nodes {
			c.Nodes = append(c.Nodes, circuit.Kept{Node: node(p)})
		}
	}
	c.Nodes = append(c.Nodes, circuit.Kept{Node: node("0.attn.resid_delta[5]")})
	want[0].nodes = append(want[0].nodes, "0.attn.resid_delta[5]")
	for _, e := range [][2]string{{"0.mlp.post_act[3]", "0.mlp.resid_delta[4]"}, {"0.mlp.post_act[5]", "0.mlp.resid_delta[5]"}, {"0.mlp.act_in[0]", "0.mlp.post_act[8]"}, {"0.mlp.post_act[8]", "0.mlp.resid_delta[6]"},
		{"1.attn.act_in[4]", "1.attn.q[4]"}, {"1.attn.act_in[7]", "1.attn.q[4]"}, {"1.attn.act_in[1]", "1.attn.k[4]"}, {"1.attn.act_in[5]", "1.attn.q[4]"}, {"1.attn.act_in[5]", "1.attn.k[4]"},
		{"1.attn.act_in[2]", "1.attn.v[6]"}, {"1.attn.act_in[6]", "1.attn.v[6]"}, {"1.attn.act_in[6]", "1.attn.k[4]"}, {"1.attn.v[6]", "1.attn.resid_delta[3]"}} {
		c.Edges = append(c.Edges, circuit.Edge{From: node(e[0]), To: node(e[1]), Weight: 1})
	}
	c.Sort()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	got, n := c.Groups(), 0
	for i, g := range got {
		n += len(g.Nodes)
		p := slices.Sorted(slices.Values(circuittest.Paths(g.Nodes)))
		if i >= len(want) || g.Claim != want[i].claim || g.Name == "" || !slices.Equal(p, slices.Sorted(slices.Values(want[i].nodes))) {
			t.Errorf("group %d: %s %v", i, g.Claim, p)
		}
	}
	if len(got) != len(want) || n != len(c.Nodes) {
		t.Errorf("%d groups of %d nodes in all, want %d and %d", len(got), n, len(want), len(c.Nodes))
	}
	if g := c.Restrict().Groups(); len(g) != 0 {
		t.Errorf("groups of nothing: %v", g)
	}
}
