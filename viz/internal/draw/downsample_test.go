package draw

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestDownsample: few indices, ascending; ends, extremes and gaps are kept.
func TestDownsample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		buckets := rapid.IntRange(1, 60).Draw(t, "buckets")
		seed := rapid.Uint64().Draw(t, "seed")
		gapEvery := rapid.IntRange(0, 400).Draw(t, "gap every")
		y := make([]float64, n)
		for i := range y {
			seed = seed*6364136223846793005 + 1442695040888963407
			y[i] = float64(seed >> 40)
			if gapEvery > 0 && i%gapEvery == gapEvery-1 {
				y[i] = math.NaN()
			}
		}
		got := Downsample(y, buckets)
		if len(got) > max(4*buckets, 0) && n > 4*buckets {
			t.Fatalf("%d indices for %d buckets", len(got), buckets)
		}
		lo, hi, gotLo, gotHi := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		gaps, gotGaps := 0, 0
		for _, v := range y {
			if math.IsNaN(v) {
				gaps++
				continue
			}
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
		for i, k := range got {
			if k < 0 || k >= n || i > 0 && k <= got[i-1] {
				t.Fatalf("index %d after %v", k, got[:i])
			}
			if math.IsNaN(y[k]) {
				gotGaps++
				continue
			}
			gotLo, gotHi = math.Min(gotLo, y[k]), math.Max(gotHi, y[k])
		}
		if lo != gotLo || hi != gotHi {
			t.Fatalf("range [%v, %v] became [%v, %v]", lo, hi, gotLo, gotHi)
		}
		if (gaps > 0) != (gotGaps > 0) {
			t.Fatalf("%d gaps became %d", gaps, gotGaps)
		}
		if n > 0 && got[len(got)-1] != n-1 && !math.IsNaN(y[n-1]) {
			t.Fatalf("the last point is lost: %v", got[len(got)-1])
		}
		if gaps == 0 && n > 0 && got[0] != 0 {
			t.Fatalf("the first point is lost")
		}
	})
}

func TestDownsampleKeepsASpike(t *testing.T) {
	y := make([]float64, 100_000)
	y[54_321] = 1
	for _, k := range Downsample(y, 240) {
		if k == 54_321 {
			return
		}
	}
	t.Error("a spike of one step is lost")
}

// TestSmooth compares with the mean taken point by point.
func TestSmooth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOf(rapid.Float64Range(-1e3, 1e3)).Draw(t, "y")
		w := rapid.IntRange(2, 12).Draw(t, "window")
		for i := range y {
			if y[i] > 900 {
				y[i] = math.NaN()
			}
		}
		got := Smooth(y, w)
		for i := range y {
			sum, n := 0.0, 0
			for j := max(0, i-w/2); j <= min(len(y)-1, i+w/2); j++ {
				if !math.IsNaN(y[j]) {
					sum, n = sum+y[j], n+1
				}
			}
			switch {
			case math.IsNaN(y[i]) != math.IsNaN(got[i]):
				t.Fatalf("gap at %d: %v became %v", i, y[i], got[i])
			case !math.IsNaN(y[i]) && math.Abs(got[i]-sum/float64(n)) > 1e-9:
				t.Fatalf("smooth[%d] = %v, want %v", i, got[i], sum/float64(n))
			}
		}
	})
}
