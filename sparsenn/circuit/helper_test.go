package circuit_test

import (
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"

	"pgregory.net/rapid"
)

// drawn is the shape of the model of Gao et al., figure 4.
var drawn = Shape{Layers: 12, DModel: 1024, Heads: 128, DHead: 8, DMLP: 4096, Vocab: 2048}

func node(path string) Node {
	n, err := ParseNode(path)
	if err != nil {
		panic(err)
	}
	return n
}

// quotes is the circuit of figure 4: two neurons tell the quotes apart, head 82 of
// layer 10 copies which. Nodes, weights and biases are those that are written there,
// but for the weight of the last edge, 1, and the means, 0, which are made up.
func quotes() *Circuit {
	c := &Circuit{Task: "single_double_quote", Run: "drawn", Model: drawn, Ablation: MeanAblation, Target: 0.15,
		Provenance: map[string]any{"made": "by hand"}}
	for _, path := range []string{"0.mlp.act_in[205]", "0.mlp.act_in[207]", "0.mlp.post_act[863]", "0.mlp.post_act[2790]",
		"0.mlp.resid_delta[460]", "0.mlp.resid_delta[985]", "10.attn.act_in[460]", "10.attn.act_in[985]",
		"10.attn.q[657]", "10.attn.k[657]", "10.attn.v[656]", "10.attn.resid_delta[83]"} {
		c.Nodes = append(c.Nodes, Kept{Node: node(path)})
	}
	c.Nodes[8].Bias, c.Nodes[9].Bias, c.Nodes[10].Bias = 4, 6, 0.2
	for _, e := range []struct {
		from, to string
		weight   float64
	}{
		{"0.mlp.act_in[207]", "0.mlp.post_act[863]", -0.1},
		{"0.mlp.act_in[205]", "0.mlp.post_act[2790]", -0.2},
		{"0.mlp.post_act[863]", "0.mlp.resid_delta[460]", 0.18},
		{"0.mlp.post_act[2790]", "0.mlp.resid_delta[460]", -0.23},
		{"0.mlp.post_act[863]", "0.mlp.resid_delta[985]", -0.15},
		{"0.mlp.post_act[2790]", "0.mlp.resid_delta[985]", -0.15},
		{"10.attn.act_in[985]", "10.attn.k[657]", 1.56},
		{"10.attn.act_in[460]", "10.attn.v[656]", -2.5},
		{"10.attn.v[656]", "10.attn.resid_delta[83]", 1},
	} {
		c.Edges = append(c.Edges, Edge{From: node(e.from), To: node(e.to), Weight: e.weight})
	}
	return c
}

func pointer(v float64) *float64 { return &v }

// full is a circuit with every field set, and numbers that are hard to write.
func full() *Circuit {
	return &Circuit{
		Task: "brackets <&> \"quoted\" ∑", Run: "train-0123abcd",
		Model:    Shape{Layers: 1, DModel: 4, Heads: 2, DHead: 2, DMLP: 8, DPos: 1, Vocab: 16, Sink: true},
		Ablation: MeanAblation, Target: 0.15, Calibrated: true, LogitScale: 1.25, LogitShift: -1e-7,
		Nodes: []Kept{
			{Node: node("0.attn.act_in[4]"), Mean: 1.0 / 3, Gate: 0.5},
			{Node: node("0.attn.v[3]"), Bias: -2.5, Gate: -0.25, Effect: pointer(0)},
			{Node: node("0.attn.resid_delta[2]"), Mean: 5e-324, Bias: 1e300, Effect: pointer(0.5)},
			{Node: node("final_resid[2]"), Mean: -0.125, Effect: pointer(-0.001)},
		},
		Edges: []Edge{
			{From: node("0.attn.act_in[4]"), To: node("0.attn.v[3]"), Weight: float64(float32(0.1))},
			{From: node("0.attn.v[3]"), To: node("0.attn.resid_delta[2]"), Weight: -3, Effect: pointer(0.25)},
		},
		Proof: &Proof{
			Full: stat.Estimate{Mean: 0.05, Lo: 0.04, Hi: 0.06, N: 100}, Alone: stat.Estimate{Mean: 0.15, Lo: 0.1, Hi: 0.2, N: 100}, Removed: stat.Estimate{Mean: 0.7, Lo: 0.6, Hi: 0.8, N: 100},
			RandomAlone: stat.Estimate{Mean: 0.69, Lo: 0.68, Hi: 0.7, N: 10}, RandomRemoved: stat.Estimate{Mean: 0.05, Lo: 0.05, Hi: 0.05, N: 10},
		},
		Provenance: map[string]any{"seed": 7.0, "plugin": "xla:cpu", "long": true, "lr": 0.0048},
	}
}

// frozen is the same found under frozen norms.
func frozen() *Circuit {
	c := full()
	c.FreezeNorms = true
	return c
}

// weighed is the same with the digest of its model.
func weighed() *Circuit {
	c := frozen()
	c.Weights = "0123456789abcdef0123456789abcdef"
	return c
}

// measuredRaw is the same with raw numbers in its proof.
func measuredRaw() *Circuit {
	c := weighed()
	c.Proof.Raw = &stat.Estimate{Mean: 0.3, Lo: 0.2, Hi: 0.4, N: 100}
	c.Proof.Faithfulness = &stat.Estimate{Mean: 0.25, Lo: 0.2, Hi: 0.3, N: 100}
	return c
}

func genShape() *rapid.Generator[Shape] {
	return rapid.Custom(func(t *rapid.T) Shape {
		size := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
		return Shape{Layers: size("layers", 1, 3), DModel: size("d_model", 1, 4), Heads: size("heads", 1, 3), DHead: size("d_head", 1, 2),
			DMLP: size("d_mlp", 1, 6), DPos: size("d_pos", 0, 2), Vocab: size("vocab", 1, 9), Sink: rapid.Bool().Draw(t, "sink")}
	})
}

// allNodes lists every node of a model, in order.
func allNodes(s Shape) []Node {
	var all []Node
	for _, site := range s.Sites() {
		width, err := s.Width(site)
		if err != nil {
			panic(err)
		}
		for i := range width {
			all = append(all, Node{Site: site, Index: i})
		}
	}
	return all
}

// genNodes draws some of the nodes of a model, in order.
func genNodes(t *rapid.T, s Shape) []Node {
	var some []Node
	for _, n := range allNodes(s) {
		if rapid.Bool().Draw(t, "kept") {
			some = append(some, n)
		}
	}
	return some
}

// genCircuit draws circuits that Check accepts.
func genCircuit() *rapid.Generator[*Circuit] {
	return rapid.Custom(func(t *rapid.T) *Circuit { return genCircuitOf(genShape().Draw(t, "shape")).Draw(t, "circuit") })
}

func genCircuitOf(s Shape) *rapid.Generator[*Circuit] {
	return rapid.Custom(func(t *rapid.T) *Circuit {
		number := rapid.Float64()
		optional := rapid.Ptr(number, true)
		c := &Circuit{Task: rapid.String().Draw(t, "task"), Run: rapid.String().Draw(t, "run"), Model: s,
			Ablation: rapid.SampledFrom([]string{MeanAblation, ZeroAblation}).Draw(t, "ablation"),
			Target:   rapid.Float64Min(0).Draw(t, "target")}
		c.FreezeNorms = rapid.Bool().Draw(t, "frozen")
		if rapid.Bool().Draw(t, "weighed") {
			c.Weights = rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "weights")
		}
		if c.Calibrated = rapid.Bool().Draw(t, "calibrated"); c.Calibrated {
			c.LogitScale, c.LogitShift = number.Draw(t, "scale"), number.Draw(t, "shift")
		}
		for _, n := range genNodes(t, s) {
			k := Kept{Node: n, Gate: number.Draw(t, "gate"), Effect: optional.Draw(t, "effect")}
			if c.Ablation == MeanAblation {
				k.Mean = number.Draw(t, "mean")
			}
			if _, _, ok := s.BiasPlace(n); ok {
				k.Bias = number.Draw(t, "bias")
			}
			c.Nodes = append(c.Nodes, k)
		}
		for _, to := range c.Nodes {
			for _, from := range c.Nodes {
				if _, _, _, err := s.Place(from.Node, to.Node); err != nil || rapid.Bool().Draw(t, "no edge") {
					continue
				}
				w := number.Filter(func(v float64) bool { return v != 0 }).Draw(t, "weight")
				c.Edges = append(c.Edges, Edge{From: from.Node, To: to.Node, Weight: w, Effect: optional.Draw(t, "effect")})
			}
		}
		if rapid.Bool().Draw(t, "proved") {
			c.Proof = &Proof{}
			for _, e := range []*stat.Estimate{&c.Proof.Full, &c.Proof.Alone, &c.Proof.Removed, &c.Proof.RandomAlone, &c.Proof.RandomRemoved} {
				e.N = rapid.IntRange(1, 1000).Draw(t, "n")
				e.Mean = number.Draw(t, "mean")
				e.Lo, e.Hi = e.Mean, e.Mean
			}
		}
		value := rapid.OneOf(rapid.String().AsAny(), rapid.Bool().AsAny(), number.AsAny())
		c.Provenance = rapid.MapOfN(rapid.String(), value, 0, 3).Draw(t, "provenance")
		return c
	})
}

func mustContain(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("error %v, want one with %q", err, part)
	}
}
