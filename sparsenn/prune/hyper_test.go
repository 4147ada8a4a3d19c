package prune

import (
	"math"
	"strings"
	"testing"
)

func TestHyperRefusesNonsense(t *testing.T) {
	if err := defaultHyper().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Hyper){
		"steps": func(h *Hyper) { h.Steps = 0 }, "pairs": func(h *Hyper) { h.Pairs = -1 },
		"penalty": func(h *Hyper) { h.Penalty = math.Inf(1) }, "ramp": func(h *Hyper) { h.Ramp = 2 },
		"log_penalty": func(h *Hyper) { h.LogPenalty = -1 },
		"lr":          func(h *Hyper) { h.LR = 0 }, "warm_up": func(h *Hyper) { h.WarmUp = 1 },
		"temperature": func(h *Hyper) { h.Temperature = 0 }, "init_bias": func(h *Hyper) { h.InitBias = 1.5 },
		"init_scale": func(h *Hyper) { h.InitScale = -1 }, "beta1": func(h *Hyper) { h.Beta1 = 1 },
		"beta2": func(h *Hyper) { h.Beta2 = math.NaN() }, "epsilon": func(h *Hyper) { h.Epsilon = 0 },
		"weight_decay": func(h *Hyper) { h.WeightDecay = -1 }, "clip": func(h *Hyper) { h.Clip = 0 },
	} {
		h := defaultHyper()
		change(&h)
		if err := h.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPaperSchedules: the rate warms up and then decays linearly to zero (Gao et
// al., §3.3); the price of a node rises to its value.
func TestPaperSchedules(t *testing.T) {
	h := defaultHyper()
	h.Steps, h.LR, h.WarmUp, h.Penalty, h.Ramp = 100, 1, 0.1, 3, 0.5
	if h.rate(0) != 0.1 || h.rate(4) != 0.5 || h.rate(50) != 0.5 || h.rate(99) > 0.011 {
		t.Errorf("rates %v %v %v %v", h.rate(0), h.rate(4), h.rate(50), h.rate(99))
	}
	for i := 10; i < 99; i++ {
		if h.rate(i+1) >= h.rate(i) {
			t.Fatalf("the rate rises at step %d", i)
		}
	}
	if h.price(0, 9) >= h.price(20, 9) || h.price(49, 9) != 3 || h.price(99, 9) != 3 {
		t.Errorf("prices %v %v %v %v", h.price(0, 9), h.price(20, 9), h.price(49, 9), h.price(99, 9))
	}
}

// TestPriceOfLogarithm: the price of a node is what the penalties together say of
// one node fewer; that of the logarithm grows as nodes go, and ramps too.
func TestPriceOfLogarithm(t *testing.T) {
	h := defaultHyper()
	h.Steps, h.Penalty, h.LogPenalty, h.Ramp = 100, 0.25, 2, 0.5
	total := func(kept float64) float64 { return h.Penalty*kept + h.LogPenalty*math.Log(kept) }
	for _, kept := range []int{10, 100, 1000} {
		const d = 1e-4
		want := (total(float64(kept)+d) - total(float64(kept)-d)) / (2 * d)
		if got := h.price(99, kept); math.Abs(got-want) > 1e-6 {
			t.Errorf("%d kept: a node costs %v, want %v", kept, got, want)
		}
		if got, want := h.price(24, kept), h.price(99, kept)/2; math.Abs(got-want) > 1e-12 {
			t.Errorf("%d kept: half up the ramp a node costs %v, want %v", kept, got, want)
		}
	}
	if h.price(99, 0) != h.price(99, 1) {
		t.Error("where none is kept the price is not that of one")
	}
}
