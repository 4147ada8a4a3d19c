package prune

import (
	"math"
	"math/rand/v2"
	"testing"

	"circuitbook/sparsenn/ablate"
)

// TestPaperCalibration: scale and shift lower the loss, and what was scaled and
// shifted is put back (Gao et al., §3.5).
func TestPaperCalibration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	logistic := func() float64 { u := rng.Float64(); return math.Log(u / (1 - u)) }
	// Differences d with answers drawn so that scale 2, shift −1 is the truth.
	var m ablate.Margins
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
	scale, shift := calibrate(m)
	if math.Abs(scale-2) > 0.15 || math.Abs(shift+1) > 0.3 {
		t.Errorf("scale %v, shift %v", scale, shift)
	}
	before, _ := m.Mean()
	after, _ := calibrated(m, scale, shift).Mean()
	if !(after < before) {
		t.Errorf("the loss goes from %v to %v", before, after)
	}
	for _, d := range []float64{-0.2, 0.2} {
		if worse, _ := calibrated(m, scale+d, shift).Mean(); worse < after-1e-4 {
			t.Errorf("scale %v would be better: %v", scale+d, worse)
		}
		if worse, _ := calibrated(m, scale, shift+d).Mean(); worse < after-1e-4 {
			t.Errorf("shift %v would be better: %v", shift+d, worse)
		}
	}
	// A circuit without a mistake keeps a finite scale.
	if scale, shift := calibrate(ablate.Margins{9, 9, 9, 9}); math.IsNaN(scale) || scale > 10 || math.Abs(shift) > 1 {
		t.Errorf("scale %v, shift %v of a circuit without a mistake", scale, shift)
	}
	same := calibrated(ablate.Margins{1, 2}, 1, 0)
	if same[0] != 1 || same[1] != 2 {
		t.Errorf("scale 1, shift 0 gives %v", same)
	}
}
