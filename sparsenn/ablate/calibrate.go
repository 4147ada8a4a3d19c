package ablate

import "math"

// Calibration maps the difference d of the two answers' logits to Scale·d + Shift
// (Gao et al., §3.5). [Plain] leaves it as it is; the zero value answers nothing.
type Calibration struct{ Scale, Shift float64 }

// Plain is no calibration.
var Plain = Calibration{Scale: 1}

// Calibrate fits a calibration to margins: the one of the lowest mean loss (the
// paper fits both by 16 steps of LBFGS and doubts that it is principled). The
// loss is convex in both; 16 steps of Newton's method with a small ridge, which
// keeps margins without a mistake from being scaled without end.
func Calibrate(m Margins) Calibration {
	scale, shift := 1.0, 0.0
	const ridge = 1e-3
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
	return Calibration{scale, shift}
}

// Apply is the margins after calibration. A shift that helps one side of a pair
// hurts the other.
func (c Calibration) Apply(m Margins) Margins {
	out := make(Margins, len(m))
	for i, x := range m {
		sign := float64(1 - 2*(i%2))
		out[i] = float32(c.Scale*float64(x) + sign*c.Shift)
	}
	return out
}
