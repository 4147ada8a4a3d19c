package circuit_test

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/circuit/circuittest"
)

// TestBehind: what keys read is behind the keys, and so on back to the neurons.
func TestBehind(t *testing.T) {
	c, head := circuittest.Wired(t), circuit.Head{Layer: 1, Head: 1}
	want := map[string][]string{
		"key_channels": {"1.attn.act_in[1]"}, "value_channels": {"1.attn.act_in[2]"}, "both_channels": nil,
		"key_neurons": {"0.mlp.post_act[7]"}, "value_neurons": {"0.mlp.post_act[8]"}, "both_neurons": nil, "other_neurons": nil,
	}
	groups := c.Behind(head)
	for _, g := range groups {
		if !slices.Equal(circuittest.Paths(g.Nodes), want[g.Claim]) {
			t.Errorf("%s: %v", g.Claim, g.Nodes)
		}
	}
	if len(groups) != len(want) {
		t.Errorf("%d groups", len(groups))
	}
}

// TestRoles: every node on the way into the head has a role, and one only.
func TestRoles(t *testing.T) {
	c, head := circuittest.Wired(t), circuit.Head{Layer: 1, Head: 1}
	want := map[string][]string{
		"key_mlp_in": {"0.mlp.act_in[5]"}, "key_neurons": {"0.mlp.post_act[7]"}, "value_neurons": {"0.mlp.post_act[8]"},
		"key_written": {"0.mlp.resid_delta[1]"}, "value_written": {"0.mlp.resid_delta[2]"}, "key_reads": {"1.attn.act_in[1]"},
		"value_reads": {"1.attn.act_in[2]"}, "keys": {"1.attn.k[4]"}, "values": {"1.attn.v[6]"},
	}
	for _, g := range c.Roles(head) {
		if !slices.Equal(circuittest.Paths(g.Nodes), want[g.Claim]) {
			t.Errorf("%s: %v", g.Claim, g.Nodes)
		}
	}
	// A channel that nothing wrote comes from the embedding.
	c.Nodes = slices.DeleteFunc(c.Nodes, func(k circuit.Kept) bool { return k.Node.String() == "0.mlp.resid_delta[2]" })
	c.Edges = slices.DeleteFunc(c.Edges, func(e circuit.Edge) bool { return e.To.String() == "0.mlp.resid_delta[2]" })
	for _, g := range c.Roles(head) {
		if g.Claim == "value_embedding" && !slices.Equal(circuittest.Paths(g.Nodes), want["value_reads"]) || g.Claim == "value_reads" && len(g.Nodes) > 0 {
			t.Errorf("%s: %v", g.Claim, g.Nodes)
		}
	}
	if got := c.EmbeddingReads(9); !slices.Equal(circuittest.Paths(got), []string{"embed[2]", "embed[5]"}) {
		t.Errorf("reads %v of the embedding", got)
	}
	if got := c.EmbeddingReads(1); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// TestCounters: what attention wrote before, and the keys read, and that alone.
func TestCounters(t *testing.T) {
	c := circuittest.Wired(t)
	head := circuit.Head{Layer: 1, Head: 1}
	if w, r := c.Counters(head); w != nil || r != nil {
		t.Errorf("%v read by %v", w, r)
	}
	n := circuit.Node{Site: "0.attn.resid_delta", Index: 1}
	c.Nodes = append(c.Nodes, circuit.Kept{Node: n}, circuit.Kept{Node: circuit.Node{Site: "0.attn.resid_delta", Index: 2}})
	c.Sort()
	if w, r := c.Counters(head); !slices.Equal(w, []circuit.Node{n}) || !slices.Equal(circuittest.Paths(r), []string{"1.attn.act_in[1]"}) {
		t.Errorf("%v read by %v", w, r)
	}
	for _, g := range c.Roles(head) {
		if g.Claim == "key_reads" && len(g.Nodes) > 0 {
			t.Errorf("the counter has a role, too: %v", g.Nodes)
		}
	}
}

func TestOfHead(t *testing.T) {
	c, head := circuittest.Wired(t), circuit.Head{Layer: 1, Head: 1}
	if got := c.OfHead(head, circuit.Key, circuit.Value); !slices.Equal(circuittest.Paths(got), []string{"1.attn.k[4]", "1.attn.v[6]"}) {
		t.Errorf("%v", got)
	}
	if got := c.Model.WholeHead(head, circuit.Query); !slices.Equal(circuittest.Paths(got), []string{"1.attn.q[4]", "1.attn.q[5]", "1.attn.q[6]", "1.attn.q[7]"}) {
		t.Errorf("%v", got)
	}
	if got := c.OfKinds(1, circuit.PostAct, circuit.Value); !slices.Equal(circuittest.Paths(got), []string{"0.mlp.post_act[7]", "1.attn.v[6]"}) {
		t.Errorf("%v", got)
	}
}
