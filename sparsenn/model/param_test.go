package model_test

import (
	"math"
	"slices"
	"testing"

	. "circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"
)

// TestPaperInitialisation: N(0, .02²), c_proj narrower by √(2·layers), gains 1,
// biases and sinks 0, bigram uniform in [0, .02) (Gao et al., §1.4 and §1.6).
func TestPaperInitialisation(t *testing.T) {
	c := NewConfig(256, 2, 64, 16)
	c.DPos = 8
	for _, p := range c.Params() {
		v := p.Init(3)
		mean, sq := 0.0, 0.0
		for _, x := range v {
			mean += float64(x) / float64(len(v))
		}
		for _, x := range v {
			sq += (float64(x) - mean) * (float64(x) - mean) / float64(len(v))
		}
		std := math.Sqrt(sq)
		wantMean, wantStd := 0.0, 0.0
		switch {
		case p.Kind == Bigram:
			wantMean, wantStd = 0.01, 0.02/math.Sqrt(12)
			if slices.Min(v) < 0 || slices.Max(v) >= 0.02 {
				t.Errorf("%s: outside [0, .02)", p.Name)
			}
		case p.Name == "transformer.h.1.attn.c_proj.weight", p.Name == "transformer.h.0.mlp.c_proj.weight",
			p.Name == "transformer.h.0.attn.c_proj.weight", p.Name == "transformer.h.1.mlp.c_proj.weight":
			wantStd = 0.01
		case len(p.Shape) == 2:
			wantStd = 0.02
		case p.Kind == Gain, p.Kind == Position:
			wantMean = 1
		}
		if math.Abs(mean-wantMean) > 0.002 || math.Abs(std-wantStd) > 0.1*wantStd {
			t.Errorf("%s: mean %.4f, deviation %.4f; want %.4f, %.4f", p.Name, mean, std, wantMean, wantStd)
		}
	}
}

func TestInitDependsOnSeedAndNameAlone(t *testing.T) {
	small, large := NewConfig(64, 1, 32, 16), NewConfig(64, 3, 32, 16)
	a, b := small.Params()[0], large.Params()[0]
	if a.Name != b.Name || !slices.Equal(a.Init(5), b.Init(5)) {
		t.Error("the same tensor starts differently in another model")
	}
	if slices.Equal(a.Init(5), a.Init(6)) {
		t.Error("the seed changes nothing")
	}
	head := large.Params()[len(large.Params())-2]
	if head.Name != "lm_head.weight" || slices.Equal(head.Init(5), b.Init(5)) {
		t.Errorf("%s and %s start alike", head.Name, b.Name)
	}
}

// TestPaperSparseKinds: which parameters fall under which budget (§1.7, §2.4).
func TestPaperSparseKinds(t *testing.T) {
	c := NewConfig(64, 1, 32, 16)
	c.DPos = 4
	floors := map[string]topk.Axis{"transformer.h.0.attn.c_attn.weight": topk.Rows, "transformer.h.0.mlp.c_fc.weight": topk.Rows,
		"transformer.h.0.attn.c_proj.weight": topk.Columns, "transformer.h.0.mlp.c_proj.weight": topk.Columns}
	for _, p := range c.Params() {
		want, isMatrix := floors[p.Name]
		if (p.Kind == Matrix) != isMatrix || p.Neurons != want {
			t.Errorf("%s: kind %s, neurons %v", p.Name, p.Kind, p.Neurons)
		}
		if wantDecay := len(p.Shape) == 2 && p.Kind != Bigram; p.Decay != wantDecay {
			t.Errorf("%s: decay %v", p.Name, p.Decay)
		}
	}
}
