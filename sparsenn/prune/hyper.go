package prune

import (
	"fmt"
	"math"
)

// Hyper are the settings of one run of gate training (Gao et al., §3.3). The
// zero value is not usable; defaultHyper is a middle of the road.
type Hyper struct {
	Steps   int     `json:"steps"`   // of the optimiser
	Pairs   int     `json:"pairs"`   // examples per step
	Penalty float64 `json:"penalty"` // of the loss, in nats per kept node
	// LogPenalty is that of the logarithm of the number of kept nodes, in nats, as
	// in a published winning configuration: a node then costs the more the fewer
	// there are. 0 leaves it out.
	LogPenalty float64 `json:"log_penalty,omitempty"`
	// Ramp is the fraction of the steps over which the penalties rise from zero,
	// so that gates meet the task before its price.
	Ramp        float64 `json:"ramp"`
	LR          float64 `json:"lr"`           // peak, decayed linearly to zero
	WarmUp      float64 `json:"warm_up"`      // fraction of the steps
	Temperature float64 `json:"temperature"`  // T of the surrogate's sigmoid(τ/T)
	InitBias    float64 `json:"init_bias"`    // mean of the initial τ
	InitScale   float64 `json:"init_scale"`   // and its standard deviation
	Beta1       float64 `json:"beta1"`        // of AdamW
	Beta2       float64 `json:"beta2"`        // of AdamW
	Epsilon     float64 `json:"epsilon"`      // of AdamW
	WeightDecay float64 `json:"weight_decay"` // of AdamW, times the learning rate
	Clip        float64 `json:"clip"`         // largest norm of the gradient
}

// defaultHyper is the middle of the search space: the paper's settings where it
// gives them, and a penalty that suits a few thousand nodes instead of 180,000.
func defaultHyper() Hyper {
	return Hyper{Steps: 400, Pairs: 64, Penalty: 0.02, Ramp: 0.5, LR: 5e-3, WarmUp: 0.05, Temperature: 1,
		InitBias: 0.1, InitScale: 0.01, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 1e-3, Clip: 1}
}

// Validate says what is wrong with the settings and which to change.
func (h Hyper) Validate() error {
	for _, f := range []struct {
		name string
		ok   bool
		v    any
		want string
	}{
		{"steps", h.Steps > 0, h.Steps, "positive"},
		{"pairs", h.Pairs > 0, h.Pairs, "positive"},
		{"penalty", h.Penalty >= 0 && !math.IsInf(h.Penalty, 0), h.Penalty, "0 or more"},
		{"log_penalty", h.LogPenalty >= 0 && !math.IsInf(h.LogPenalty, 0), h.LogPenalty, "0 or more"},
		{"ramp", h.Ramp >= 0 && h.Ramp <= 1, h.Ramp, "in [0, 1]"},
		{"lr", h.LR > 0 && !math.IsInf(h.LR, 0), h.LR, "positive"},
		{"warm_up", h.WarmUp >= 0 && h.WarmUp < 1, h.WarmUp, "in [0, 1)"},
		{"temperature", h.Temperature > 0 && !math.IsInf(h.Temperature, 0), h.Temperature, "positive"},
		{"init_bias", h.InitBias >= -1 && h.InitBias <= 1, h.InitBias, "in [-1, 1]"},
		{"init_scale", h.InitScale >= 0 && !math.IsInf(h.InitScale, 0), h.InitScale, "0 or more"},
		{"beta1", h.Beta1 >= 0 && h.Beta1 < 1, h.Beta1, "in [0, 1)"},
		{"beta2", h.Beta2 >= 0 && h.Beta2 < 1, h.Beta2, "in [0, 1)"},
		{"epsilon", h.Epsilon > 0 && !math.IsInf(h.Epsilon, 0), h.Epsilon, "positive"},
		{"weight_decay", h.WeightDecay >= 0 && !math.IsInf(h.WeightDecay, 0), h.WeightDecay, "0 or more"},
		{"clip", h.Clip > 0, h.Clip, "positive"},
	} {
		if !f.ok {
			return fmt.Errorf("prune settings: %s is %v; it must be %s", f.name, f.v, f.want)
		}
	}
	return nil
}

// rate is the learning rate at a step (from 0): warm-up, then linear decay.
func (h Hyper) rate(step int) float64 {
	warm := h.WarmUp * float64(h.Steps)
	if at := float64(step + 1); at < warm {
		return h.LR * at / warm
	}
	return h.LR * (1 - float64(step)/float64(h.Steps))
}

// price is what a node costs at a step (from 0) at which so many are kept.
func (h Hyper) price(step, kept int) float64 {
	price := h.Penalty + h.LogPenalty/float64(max(1, kept))
	ramp := h.Ramp * float64(h.Steps)
	if at := float64(step + 1); at < ramp {
		return price * at / ramp
	}
	return price
}
