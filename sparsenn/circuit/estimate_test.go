package circuit

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestEstimate(t *testing.T) {
	if got := NewEstimate(nil); got != (Estimate{}) {
		t.Errorf("of nothing: %+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 5), 1, 30).Draw(t, "values")
		e := NewEstimate(x)
		lo, hi, sum := x[0], x[0], 0.0
		for _, v := range x {
			lo, hi, sum = min(lo, v), max(hi, v), sum+v
		}
		if e.N != len(x) || e.Lo > e.Mean || e.Mean > e.Hi || e.Lo < lo-1e-9 || e.Hi > hi+1e-9 {
			t.Fatalf("%+v of %v", e, x)
		}
		if d := e.Mean - sum/float64(len(x)); d > 1e-9 || d < -1e-9 {
			t.Fatalf("mean %v", e.Mean)
		}
	})
	// The width is near 2·1.96·σ/√n.
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 400)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	if w := NewEstimate(x); w.Hi-w.Lo < 0.15 || w.Hi-w.Lo > 0.25 {
		t.Errorf("the interval of 400 normal values is %v wide, want about 0.196", w.Hi-w.Lo)
	}
}

// TestPercentileInterval: a fortieth of the draws lies beyond either end, in whatever
// order they come, and the value itself is never outside.
func TestPercentileInterval(t *testing.T) {
	draws := make([]float64, 1000)
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(len(draws)) {
		draws[i] = float64(at)
	}
	for value, want := range map[float64][2]float64{500: {25, 975}, -3: {-3, 975}, 2000: {25, 2000}} {
		if lo, hi := PercentileInterval(draws, value); lo != want[0] || hi != want[1] {
			t.Errorf("around %v: %v to %v, want %v", value, lo, hi, want)
		}
	}
}
