package circuit_test

import (
	"math"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"pgregory.net/rapid"
)

func TestCheckAccepts(t *testing.T) {
	for name, c := range map[string]*Circuit{
		"quotes":        quotes(),
		"full":          full(),
		"without nodes": {Model: drawn, Ablation: ZeroAblation},
		"unproved":      {Model: drawn, Ablation: ZeroAblation, Proof: &Proof{}},
	} {
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := full()
	c.Provenance = map[string]any{"a": 1, "b": int8(1), "c": int16(1), "d": int32(1), "e": int64(-1 << 53), "f": uint(1), "g": uint8(1),
		"h": uint16(1), "i": uint32(1), "j": uint64(1 << 53), "k": float32(1), "l": 1.5, "m": "", "n": true}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := genCircuit().Draw(t, "circuit").Check(); err != nil {
			t.Error(err)
		}
	})
}

// TestCheckRefuses breaks each promise of a circuit in turn.
func TestCheckRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want   string
		damage func(c *Circuit)
	}{
		{"d_head is 0", func(c *Circuit) { c.Model.DHead = 0 }},
		{`ablation is ""`, func(c *Circuit) { c.Ablation = "" }},
		{`ablation is "Mean"`, func(c *Circuit) { c.Ablation = "Mean" }},
		{"task", func(c *Circuit) { c.Task = "\xff" }},
		{"run", func(c *Circuit) { c.Run = "a\xc3" }},
		{`weights is "0123"`, func(c *Circuit) { c.Weights = "0123" }},
		{`weights is "0123456789ABCDEF0123456789abcdef"`, func(c *Circuit) { c.Weights = "0123456789ABCDEF0123456789abcdef" }},
		{"target is NaN", func(c *Circuit) { c.Target = nan }},
		{"target is -0.1", func(c *Circuit) { c.Target = -0.1 }},
		{"logit_scale is +Inf", func(c *Circuit) { c.LogitScale = inf }},
		{"logit_shift is NaN", func(c *Circuit) { c.LogitShift = nan }},

		{"nodes 0 to 4", func(c *Circuit) { c.Nodes[0].Index = 5 }},
		{"nodes 0 to 3", func(c *Circuit) { c.Nodes[1].Index = -1 }},
		{"holds no nodes", func(c *Circuit) { c.Nodes[0].Site = "embed" }},
		{"layers 0 to 0", func(c *Circuit) { c.Nodes[0].Site = "1.attn.act_in" }},
		{"node 0.attn.v[3] is there twice", func(c *Circuit) { c.Nodes[0] = c.Nodes[1] }},
		{"node 0.attn.act_in[4] comes after 0.attn.v[3]; call Sort", func(c *Circuit) { c.Nodes[0], c.Nodes[1] = c.Nodes[1], c.Nodes[0] }},
		{"node 0.attn.act_in[4]: mean is NaN", func(c *Circuit) { c.Nodes[0].Mean = nan }},
		{"node 0.attn.v[3]: bias is +Inf", func(c *Circuit) { c.Nodes[1].Bias = inf }},
		{"node 0.attn.v[3]: gate is NaN", func(c *Circuit) { c.Nodes[1].Gate = nan }},
		{"node 0.attn.v[3]: effect is NaN", func(c *Circuit) { c.Nodes[1].Effect = &nan }},
		{"node 0.attn.act_in[4]: bias is 1; no linear map", func(c *Circuit) { c.Nodes[0].Bias = 1 }},
		{"node final_resid[2]: bias is 1; no linear map", func(c *Circuit) { c.Nodes[3].Bias = 1 }},
		{"under zero ablation it is 0", func(c *Circuit) { c.Ablation = ZeroAblation }},

		{"0.attn.act_in[3] is not one of", func(c *Circuit) { c.Edges[0].From.Index = 3 }},
		{"0.attn.v[2] is not one of", func(c *Circuit) { c.Edges[0].To.Index = 2 }},
		{"no weight leads from 0.attn.act_in[4] to final_resid[2]", func(c *Circuit) { c.Edges[0].To = c.Nodes[3].Node }},
		{"edge 0.attn.act_in[4] → 0.attn.v[3] is there twice", func(c *Circuit) { c.Edges[1] = c.Edges[0] }},
		{"comes after", func(c *Circuit) { c.Edges[0], c.Edges[1] = c.Edges[1], c.Edges[0] }},
		{"weight is 0", func(c *Circuit) { c.Edges[0].Weight = 0 }},
		{"weight is NaN", func(c *Circuit) { c.Edges[0].Weight = nan }},
		{"effect is +Inf", func(c *Circuit) { c.Edges[1].Effect = &inf }},

		{"full is NaN", func(c *Circuit) { c.Proof.Full.Mean = nan }},
		{"alone is 0.15 in [-Inf", func(c *Circuit) { c.Proof.Alone.Lo = -inf }},
		{"removed is 0.7 in [0.6, +Inf]", func(c *Circuit) { c.Proof.Removed.Hi = inf }},
		{"random_alone is 0.67, outside", func(c *Circuit) { c.Proof.RandomAlone.Mean = 0.67 }},
		{"random_removed is 0.06, outside", func(c *Circuit) { c.Proof.RandomRemoved.Mean = 0.06 }},
		{"n = -1", func(c *Circuit) { c.Proof.Full.N = -1 }},
		{"n = 0", func(c *Circuit) { c.Proof.Full.N = 0 }},

		{"seed is 9007199254740993, which JSON readers round", func(c *Circuit) { c.Provenance["seed"] = uint64(1<<53 + 1) }},
		{"seed is 9007199254740993, which JSON readers round", func(c *Circuit) { c.Provenance["seed"] = uint(1<<53 + 1) }},
		{"seed is 9007199254740993, which JSON readers round", func(c *Circuit) { c.Provenance["seed"] = int64(1<<53 + 1) }},
		{"give it as a string", func(c *Circuit) { c.Provenance["seed"] = -1<<53 - 1 }},
		{"seed is NaN", func(c *Circuit) { c.Provenance["seed"] = nan }},
		{"seed is +Inf; it must be finite", func(c *Circuit) { c.Provenance["seed"] = float32(inf) }},
		{"plugin is \"\\xff\"", func(c *Circuit) { c.Provenance["plugin"] = "\xff" }},
		{"key \"\\xff\"", func(c *Circuit) { c.Provenance["\xff"] = "" }},
		{"data is a map[string]interface {}", func(c *Circuit) { c.Provenance["data"] = map[string]any{} }},
		{"data is a <nil>", func(c *Circuit) { c.Provenance["data"] = nil }},
	} {
		broken := full()
		c.damage(broken)
		mustContain(t, broken.Check(), c.want)
	}
	mustContain(t, (*Circuit)(nil).Check(), "no circuit")
}
