package prune

import (
	"math"

	"circuitbook/sparsenn/ablate"
)

// calibrate fits scale and shift of the difference between the two answers'
// logits, d → scale·d + shift, to the margins of a circuit on the select split
// (Gao et al., §3.5, who fit both logits by 16 steps of LBFGS and doubt that it
// is principled). The loss is convex in both; Newton's method with a small
// ridge, which keeps a circuit that makes no mistake from scaling without end.
func calibrate(m ablate.Margins) (scale, shift float64) {
	const ridge = 1e-3
	scale = 1
	for range 16 {
		var g, h [2]float64
		var cross float64
		n := float64(len(m))
		for i, margin := range m {
			sign := float64(1 - 2*(i%2))
			d := sign * float64(margin)
			// loss = log(1+exp(−sign·(scale·d+shift)))
			p := 1 / (1 + math.Exp(sign*(scale*d+shift)))
			w := p * (1 - p)
			g[0] -= sign * d * p / n
			g[1] -= sign * p / n
			h[0] += w * d * d / n
			h[1] += w / n
			cross += w * d / n
		}
		g[0] += ridge * (scale - 1)
		g[1] += ridge * shift
		h[0] += ridge
		h[1] += ridge
		det := h[0]*h[1] - cross*cross
		dScale := (h[1]*g[0] - cross*g[1]) / det
		dShift := (h[0]*g[1] - cross*g[0]) / det
		// A step of more than the scale itself leaves where the curvature holds.
		damp := min(1, 2/(1e-12+math.Hypot(dScale, dShift)))
		scale -= damp * dScale
		shift -= damp * dShift
	}
	return scale, shift
}

// calibrated is the margins after scale and shift of the logit difference.
func calibrated(m ablate.Margins, scale, shift float64) ablate.Margins {
	out := make(ablate.Margins, len(m))
	for i, x := range m {
		sign := float64(1 - 2*(i%2))
		out[i] = float32(scale*float64(x) + sign*shift)
	}
	return out
}
