package ablate

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestPaperCalibration: scale and shift lower the loss, and what was scaled and
// shifted is put back (Gao et al., §3.5).
func TestPaperCalibration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	logistic := func() float64 { u := rng.Float64(); return math.Log(u / (1 - u)) }
	// Differences d with answers drawn so that scale 2, shift −1 is the truth.
	var m Margins
	for range 20000 {
		for _, sign := range []float64{1, -1} {
			for {
				d := 3 * rng.NormFloat64()
				if (2*d-1+logistic() > 0) == (sign > 0) {
					m = append(m, float32(sign*d))
					break
				}
			}
		}
	}
	c := Calibrate(m)
	scale, shift := c.Scale, c.Shift
	if math.Abs(scale-2) > 0.15 || math.Abs(shift+1) > 0.3 {
		t.Errorf("scale %v, shift %v", scale, shift)
	}
	before, _ := m.Mean()
	after, _ := c.Apply(m).Mean()
	if !(after < before) {
		t.Errorf("the loss goes from %v to %v", before, after)
	}
	for _, d := range []float64{-0.2, 0.2} {
		if worse, _ := (Calibration{scale + d, shift}).Apply(m).Mean(); worse < after-1e-4 {
			t.Errorf("scale %v would be better: %v", scale+d, worse)
		}
		if worse, _ := (Calibration{scale, shift + d}).Apply(m).Mean(); worse < after-1e-4 {
			t.Errorf("shift %v would be better: %v", shift+d, worse)
		}
	}
	// A circuit without a mistake keeps a finite scale.
	if c := Calibrate(Margins{9, 9, 9, 9}); math.IsNaN(c.Scale) || c.Scale > 10 || math.Abs(c.Shift) > 1 {
		t.Errorf("%+v of a circuit without a mistake", c)
	}
	same := Plain.Apply(Margins{1, 2})
	if same[0] != 1 || same[1] != 2 {
		t.Errorf("scale 1, shift 0 gives %v", same)
	}
}

// TestCalibrateAlike: where both sides are answered alike, guessing is the best
// that a calibration makes of it, whatever the difference.
func TestCalibrateAlike(t *testing.T) {
	for _, d := range []float32{0, 0.5, 3, 5, 10, 300, 1e6, -5, -1e4} {
		var m Margins
		for range 8 {
			m = append(m, d, -d)
		}
		loss, _ := Calibrate(m).Apply(m).Mean()
		if math.Abs(loss-math.Ln2) > 1e-3 {
			t.Errorf("a difference of %v is read at a loss of %v nats, want %v", d, loss, math.Ln2)
		}
	}
}

// TestCalibrateIsLowest: no point of a grid, coarse or fine, around the fit or
// around nothing, is lower, for margins of every kind.
func TestCalibrateIsLowest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := math.Pow(10, rapid.Float64Range(-3, 6).Draw(t, "size"))
		offset := size * rapid.SampledFrom([]float64{0, 0.1, 1, 10, 100}).Draw(t, "offset")
		noise := rapid.SampledFrom([]float64{0, 0.1, 1}).Draw(t, "noise")
		skew := rapid.SampledFrom([]float64{-1, 0, 1}).Draw(t, "skew") // one-sided, or both
		var m Margins
		for range rapid.IntRange(1, 12).Draw(t, "pairs") {
			draw := rapid.Float64Range(-1, 1)
			m = append(m, float32(offset+size*(skew+noise*draw.Draw(t, "a"))), float32(-offset+size*(skew+noise*draw.Draw(t, "b"))))
		}
		fit := calibrationAt(m, Calibrate(m))
		if math.IsNaN(fit.loss) || math.IsNaN(fit.Scale+fit.Shift) {
			t.Fatalf("the fit is %+v", fit)
		}
		for _, center := range []Calibration{fit.Calibration, {}, Plain} {
			for _, unit := range []float64{1e-6, 1e-3, 1, 10} {
				for _, a := range []float64{-1, -0.5, 0, 0.5, 1} {
					for _, b := range []float64{-1, -0.5, 0, 0.5, 1} {
						c := Calibration{center.Scale + a*unit*math.Max(1e-3, math.Abs(fit.Scale)), center.Shift + b*unit*math.Max(1e-3, math.Abs(fit.Shift))}
						if other := calibrationAt(m, c); other.loss < fit.loss-1e-9*(1+fit.loss) {
							t.Fatalf("%+v has %v, the fit %+v has %v, of %v", c, other.loss, fit.Calibration, fit.loss, m)
						}
					}
				}
			}
		}
	})
}

// TestCalibrateNotFinite: what has no fit is left as it is.
func TestCalibrateNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, m := range []Margins{nil, {nan, 1}, {inf, 1}, {1, -inf}, {nan, nan}} {
		if c := Calibrate(m); c != Plain {
			t.Errorf("%v gives %+v, want %+v", m, c, Plain)
		}
	}
}
