package circuit_test

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/circuit/circuittest"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestUpstream(t *testing.T) {
	c := circuittest.Wired(t)
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
		if got := circuittest.Paths(c.Upstream(n)); !slices.Equal(got, want) {
			t.Errorf("%s is fed by %v, want %v", target, got, want)
		}
	}
	if c.Upstream() != nil {
		t.Error("something feeds nothing")
	}
}

// TestUpstreamIsTransitive: what feeds a feeder feeds the target, and several
// targets are fed by what feeds each.
func TestUpstreamIsTransitive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := circuittest.Wired(t)
		a := rapid.SampledFrom(c.Nodes).Draw(t, "a").Node
		b := rapid.SampledFrom(c.Nodes).Draw(t, "b").Node
		of := c.Upstream(a)
		for _, n := range of {
			for _, m := range c.Upstream(n) {
				if !slices.Contains(of, m) {
					t.Fatalf("%s feeds %s, which feeds %s", m, n, a)
				}
			}
		}
		for _, n := range c.Upstream(a, b) {
			if !slices.Contains(of, n) && !slices.Contains(c.Upstream(b), n) {
				t.Fatalf("%s feeds neither %s nor %s", n, a, b)
			}
		}
	})
}
