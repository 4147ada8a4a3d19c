package dilution

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// softmaxMean is what a head brings of n pieces of weight w and value v beside
// tokens of total weight before and mean value value.
func softmaxMean(n, before, value, w, v float64) float64 {
	return (before*value + n*w*v) / (before + n*w)
}

// TestAverageIsASoftmaxMean: the law of the doc comment is what a weighted mean gives,
// and the fit finds it again from short lengths, and with it lengths far beyond.
func TestAverageIsASoftmaxMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.Float64Range(0.2, 5).Draw(t, "weight of a piece")
		before := w * math.Pow(2, rapid.Float64Range(-2, 5).Draw(t, "power of two"))
		value := rapid.Float64Range(-3, 3).Draw(t, "value before")
		v := value + rapid.SampledFrom([]float64{-2, -0.5, 0.5, 2}).Draw(t, "difference")
		var n, y []float64
		for k := 1.0; k <= 6; k++ {
			n, y = append(n, k), append(y, softmaxMean(k, before, value, w, v))
		}
		a, err := FitAverage(n, y)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []float64{1, 5, 20, 400} {
			if want := softmaxMean(k, before, value, w, v); math.Abs(a.At(k)-want) > 0.03 {
				t.Fatalf("at %v: %v, want %v (%+v)", k, a.At(k), want, a)
			}
		}
		if math.Abs(a.Rest-v) > 0.04 || math.Abs(a.Before-before/w) > 0.03*before/w {
			t.Fatalf("%+v, want it to rest at %v with %v before", a, v, before/w)
		}
	})
}

// TestPasses: on either side of the length that is returned, the average is on either
// side of the threshold.
func TestPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Average{
			Rest:   rapid.Float64Range(-2, 2).Draw(t, "rest"),
			Excess: rapid.Float64Range(-9, 9).Draw(t, "excess"), Before: rapid.Float64Range(0.1, 30).Draw(t, "before"),
		}
		threshold, above := rapid.Float64Range(-3, 3).Draw(t, "threshold"), rapid.Bool().Draw(t, "above")
		n := a.Passes(threshold, above, 1)
		on := func(n float64) bool { return (a.At(n) > threshold) == above }
		switch {
		case math.IsInf(n, 1):
			for _, k := range []float64{1, 3, 30, 1e6} {
				if !on(k) {
					t.Fatalf("%+v never passes %v, but at %v it has", a, threshold, k)
				}
			}
		case n == 1:
			if on(1-1e-6) && on(1+1e-6) {
				t.Fatalf("%+v is said to have passed %v at once", a, threshold)
			}
		default:
			if !on(n-1e-6*n) || on(n+1e-6*n) {
				t.Fatalf("%+v does not pass %v at %v", a, threshold, n)
			}
		}
	})
}

// TestPassesWhereItRests: an average that comes to rest at the threshold never passes.
func TestPassesWhereItRests(t *testing.T) {
	if n := (Average{Rest: 1, Excess: 2, Before: 1}).Passes(1, true, 1); !math.IsInf(n, 1) {
		t.Errorf("it passes at %v", n)
	}
	// By 1e-17 it is not there yet, which is rounding.
	if n := (Average{Rest: 0.5, Excess: -9, Before: 16 - 3e-14}).Passes(2.8e-17, false, 2); n != 2 {
		t.Errorf("at the threshold from the start, it passes at %v", n)
	}
	if n := (Average{Rest: 0, Excess: 12, Before: 2}).Passes(1, true, 1); n != 10 {
		t.Errorf("12/(n+2) passes 1 at %v", n)
	}
}

// TestFitAverageOfALine: what does not level off ends at the largest Before.
func TestFitAverageOfALine(t *testing.T) {
	a, err := FitAverage([]float64{2, 3, 4, 5}, []float64{8, 7, 6, 5})
	if err != nil || a.Before != MaxBefore || math.Abs(a.At(4.5)-5.5) > 0.01 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestFitAverageErrors(t *testing.T) {
	for name, x := range map[string][2][]float64{
		"two lengths": {{1, 2}, {1, 2}}, "unequal": {{1, 2, 3}, {1, 2}}, "not finite": {{1, 2, 3}, {1, math.NaN(), 3}},
	} {
		if _, err := FitAverage(x[0], x[1]); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLine(t *testing.T) {
	slope, at, r2 := line([]float64{0, 1, 2}, []float64{1, 3, 5})
	if slope != 2 || at != 1 || math.Abs(r2-1) > 1e-12 {
		t.Error(slope, at, r2)
	}
	if _, _, r2 := line([]float64{0, 1, 2, 3}, []float64{0, 1, 0, 1}); math.Abs(r2-0.2) > 1e-12 {
		t.Error(r2)
	}
	if slope, at, r2 = line([]float64{1, 1}, []float64{2, 4}); slope != 0 || at != 3 || r2 != 0 {
		t.Error(slope, at, r2)
	}
}
