package prune

import (
	"math"
	"strings"
	"testing"
)

func TestHyperRefusesNonsense(t *testing.T) {
	if err := DefaultHyper().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Hyper){
		"steps": func(h *Hyper) { h.Steps = 0 }, "pairs": func(h *Hyper) { h.Pairs = -1 },
		"penalty": func(h *Hyper) { h.Penalty = math.Inf(1) }, "ramp": func(h *Hyper) { h.Ramp = 2 },
		"lr": func(h *Hyper) { h.LR = 0 }, "warm_up": func(h *Hyper) { h.WarmUp = 1 },
		"temperature": func(h *Hyper) { h.Temperature = 0 }, "init_bias": func(h *Hyper) { h.InitBias = 1.5 },
		"init_scale": func(h *Hyper) { h.InitScale = -1 }, "beta1": func(h *Hyper) { h.Beta1 = 1 },
		"beta2": func(h *Hyper) { h.Beta2 = math.NaN() }, "epsilon": func(h *Hyper) { h.Epsilon = 0 },
		"weight_decay": func(h *Hyper) { h.WeightDecay = -1 }, "clip": func(h *Hyper) { h.Clip = 0 },
	} {
		h := DefaultHyper()
		change(&h)
		if err := h.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPaperSchedules: the rate warms up and then decays linearly to zero (Gao et
// al., §3.3); the price of a node rises to its value.
func TestPaperSchedules(t *testing.T) {
	h := DefaultHyper()
	h.Steps, h.LR, h.WarmUp, h.Penalty, h.Ramp = 100, 1, 0.1, 3, 0.5
	if h.rate(0) != 0.1 || h.rate(4) != 0.5 || h.rate(50) != 0.5 || h.rate(99) > 0.011 {
		t.Errorf("rates %v %v %v %v", h.rate(0), h.rate(4), h.rate(50), h.rate(99))
	}
	for i := 10; i < 99; i++ {
		if h.rate(i+1) >= h.rate(i) {
			t.Fatalf("the rate rises at step %d", i)
		}
	}
	if h.penalty(0) >= h.penalty(20) || h.penalty(49) != 3 || h.penalty(99) != 3 {
		t.Errorf("prices %v %v %v %v", h.penalty(0), h.penalty(20), h.penalty(49), h.penalty(99))
	}
}
