package stat

import (
	"math"
	"testing"
)

// TestBootstrap: a fortieth of the samples lies beyond either end, in whatever order they
// come, and the value itself is never outside.
func TestBootstrap(t *testing.T) {
	for value, want := range map[float64][2]float64{500: {25, 975}, -3: {-3, 975}, 2000: {25, 2000}} {
		i := 0
		e := Bootstrap(value, 7, func(func(int) int) float64 {
			i = (i + 367) % 1000
			return float64(i)
		})
		if e.Mean != value || e.Lo != want[0] || e.Hi != want[1] || e.N != 7 {
			t.Errorf("around %v: %+v, want %v", value, e, want)
		}
	}
}

// TestBootstrapUndefined: samples without the statistic are drawn again, and nothing is
// said where nearly all are. What never ends counts as larger than all.
func TestBootstrapUndefined(t *testing.T) {
	share := func(defined int, x float64) Estimate {
		i := 0
		return Bootstrap(0, 1, func(func(int) int) float64 {
			if i++; i%20 < defined {
				return x
			}
			return math.NaN()
		})
	}
	if e := share(3, 1); e.Lo != 0 || e.Hi != 1 {
		t.Errorf("three of twenty defined: %+v", e)
	}
	if e := share(1, 1); !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
		t.Errorf("one of twenty defined: %+v", e)
	}
	if e := share(20, math.Inf(1)); !math.IsInf(e.Hi, 1) {
		t.Errorf("infinite: %+v", e)
	}
}
