package ablate

import "math"

// Calibration maps the difference d of the two answers' logits to Scale·d + Shift
// (Gao et al., §3.5). [Plain] leaves it as it is; the zero value answers nothing.
type Calibration struct{ Scale, Shift float64 }

// Plain is no calibration.
var Plain = Calibration{Scale: 1}

const (
	// ridge draws a calibration to Plain. Without it margins without a mistake
	// would be scaled without end.
	ridge = 1e-3
	// calibrated is the expected gain, in nats, below which no step is made.
	calibrated = 1e-13
	// maxNewton is never reached: the steps need a few, and some dozens where
	// margins are of very different sizes.
	maxNewton = 1000
)

// Calibrate fits a calibration to margins: the one of the lowest mean loss (the
// paper fits both by 16 steps of LBFGS and doubts that it is principled), with
// a small ridge towards [Plain]. That is convex in both, and is solved by
// Newton's method, each step halved until the loss falls by a part of what it
// promises. Margins that are not finite have no fit: they give [Plain].
func Calibrate(m Margins) Calibration {
	at := calibrationAt(m, Plain)
	for range maxNewton {
		det := at.h[0]*at.h[1] - at.cross*at.cross
		step := Calibration{(at.cross*at.g[1] - at.h[1]*at.g[0]) / det, (at.cross*at.g[0] - at.h[0]*at.g[1]) / det}
		gain := -(at.g[0]*step.Scale + at.g[1]*step.Shift)
		if !(gain > calibrated) || math.IsInf(gain, 0) {
			break
		}
		next := at
		for part := 1.0; part > 1e-18; part /= 2 {
			trial := calibrationAt(m, Calibration{at.Scale + part*step.Scale, at.Shift + part*step.Shift})
			if trial.loss <= at.loss-part*gain/4 {
				next = trial
				break
			}
		}
		if next.Calibration == at.Calibration {
			break // what is left to gain is rounding
		}
		at = next
	}
	return at.Calibration
}

// calibrationPoint is a calibration with its loss on some margins, ridge
// included, the gradient g and the second derivatives h and cross.
type calibrationPoint struct {
	Calibration
	loss, cross float64
	g, h        [2]float64
}

func calibrationAt(m Margins, c Calibration) calibrationPoint {
	p := calibrationPoint{Calibration: c}
	for i, margin := range m {
		sign := float64(1 - 2*(i%2))
		d := sign * float64(margin)
		right := sign * (c.Scale*d + c.Shift)
		wrong := 1 / (1 + math.Exp(right)) // the chance of the wrong answer
		w := wrong * (1 - wrong)
		p.loss += softplus(-right)
		p.g[0] -= sign * d * wrong
		p.g[1] -= sign * wrong
		p.h[0] += w * d * d
		p.h[1] += w
		p.cross += w * d
	}
	n := float64(max(1, len(m)))
	p.loss = p.loss/n + ridge/2*((c.Scale-1)*(c.Scale-1)+c.Shift*c.Shift)
	p.g = [2]float64{p.g[0]/n + ridge*(c.Scale-1), p.g[1]/n + ridge*c.Shift}
	p.h = [2]float64{p.h[0]/n + ridge, p.h[1]/n + ridge}
	p.cross /= n
	return p
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
