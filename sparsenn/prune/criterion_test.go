package prune

import (
	"math"
	"testing"

	"circuitbook/sparsenn/ablate"
)

// TestCriterion: the host pass and the program judge alike, with and without
// calibration, and calibration never makes a circuit worse.
func TestCriterion(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 40)
	for _, calibrate := range []bool{false, true} {
		c := quick()
		c.Calibrate, c.Confidence = calibrate, 1
		j, err := newCriterion(e, list, c)
		if err != nil {
			t.Fatal(err)
		}
		if j.host == nil || j.host.Pairs() != len(list) || j.quickProbe.Pairs() != probePairs || j.probe.Pairs() != probePairs {
			t.Fatalf("%+v", j)
		}
		slow := *j
		slow.host, slow.quickProbe = nil, nil
		for i := range 6 {
			m := make(ablate.Mask, e.Space.Len())
			for n := i; n < len(m); n += 5 + 3*i {
				m[n] = true
			}
			margins, err := e.Margins(m)
			if err != nil {
				t.Fatal(err)
			}
			loss, se, fitted := j.loss(margins)
			plain, _ := margins.Mean()
			if calibrate && (loss > plain+1e-9 || fitted == ablate.Plain) || !calibrate && (loss != plain || fitted != ablate.Plain) {
				t.Errorf("calibrate %v: loss %v of %v by %+v", calibrate, loss, plain, fitted)
			}
			a, err := j.glance(m)
			if err != nil {
				t.Fatal(err)
			}
			b, err := slow.glance(m)
			if err != nil || math.Abs(a-b) > 1e-3 {
				t.Errorf("at a glance %v, by the program %v, %v", a, b, err)
			}
			bound := j.bound(loss, se)
			if math.Abs(bound-(loss+se)) > 1e-12 {
				t.Errorf("the bound is %v for %v ± %v", bound, loss, se)
			}
			for target, want := range map[float64]bool{bound + 0.01: true, bound - 0.01: false, bound / 10: false} {
				for _, x := range []*criterion{j, &slow} {
					x.target = target
					if ok, got, err := x.good(m); err != nil || ok != want || ok && math.Abs(got-loss) > 1e-3 {
						t.Errorf("quick %v, target %v: %v at a loss of %v, want %v at %v, %v", x.host != nil, target, ok, got, want, loss, err)
					}
				}
			}
		}
	}
}
