package stat

import (
	"math/rand/v2"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestEstimate(t *testing.T) {
	if got := Mean(nil); got != (Estimate{}) {
		t.Errorf("of nothing: %+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 5), 1, 30).Draw(t, "values")
		e := Mean(x)
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
	if w := Mean(x); w.Hi-w.Lo < 0.15 || w.Hi-w.Lo > 0.25 {
		t.Errorf("the interval of 400 normal values is %v wide, want about 0.196", w.Hi-w.Lo)
	}
}

// TestNested: groups count once, whatever their size, and their difference is what the
// interval is made of, however many values each has.
func TestNested(t *testing.T) {
	if e := Nested([][]float64{{1, 1, 1, 1}, {3}}); e.Mean != 2 || e.N != 2 || e.Lo != 1 || e.Hi != 3 {
		t.Errorf("%+v", e)
	}
	if e := Nested(nil); e != (Estimate{}) {
		t.Errorf("of nothing: %+v", e)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	var groups [][]float64
	var all []float64
	for range 8 {
		g, centre := make([]float64, 50), rng.NormFloat64()
		for i := range g {
			g[i] = centre + rng.NormFloat64()/10
		}
		groups, all = append(groups, g), append(all, g...)
	}
	nested, flat := Nested(groups), Mean(all)
	if nested.Hi-nested.Lo < 4*(flat.Hi-flat.Lo) {
		t.Errorf("%+v over groups, %+v as if all were independent", nested, flat)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 5}, 5}, {[]float64{1, 2, 3, 100}, 2.5}} {
		if got := Median(c.v); got != c.want {
			t.Errorf("Median(%v) = %v, not %v", c.v, got, c.want)
		}
	}
	v := []float64{2, 1}
	if Median(v); v[0] != 2 {
		t.Error("Median changed its input")
	}
}
