package ablate

import (
	"math"
	"math/rand/v2"
	"testing"
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
