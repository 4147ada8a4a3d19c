package train

import "math"

// progress is how far the anneal is after a step, from 0 (dense) to 1.
func (c Config) progress(step int) float64 {
	if c.Schedule == Constant {
		return 1
	}
	s := (float64(step)/float64(c.Steps) - c.AnnealStart) / (c.AnnealEnd - c.AnnealStart)
	return min(1, max(0, s))
}

// LearningRate is the rate of a step (from 0): linear warm-up, then linear decay
// to 0 at the end, times √(k_end/k(t)) for the block matrices' share k, unless PlainRate
// (Gao et al., §2.1; order as in §2.2). The warm-up starts above 0, so that
// no step is without effect.
func (c Config) LearningRate(step int) float64 {
	warm := int(c.WarmUp * float64(c.Steps))
	lr := c.LR
	if step < warm {
		lr *= float64(step+1) / float64(warm+1)
	} else {
		lr *= 1 - float64(step-warm)/float64(c.Steps-warm)
	}
	if c.PlainRate {
		return lr
	}
	return lr * math.Sqrt(c.Density.Matrix/c.fraction("matrix", c.progress(step)))
}
