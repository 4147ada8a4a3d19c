package main

import (
	"math"
	"slices"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestBootstrap: the interval holds the median, stays within the data, scales with
// them, and does not depend on chance or order.
func TestBootstrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0.1, 1e4), 1, 12).Draw(t, "v")
		e := bootstrap(v)
		if !(slices.Min(v) <= e.Lo && e.Lo <= e.Median && e.Median <= e.Hi && e.Hi <= slices.Max(v)) {
			t.Fatalf("bootstrap(%v) = %v", v, e)
		}
		if e != bootstrap(v) {
			t.Fatal("the interval changes from call to call")
		}
		double := slices.Clone(v)
		for i := range double {
			double[i] *= 2
		}
		if d := bootstrap(double); d.Lo != 2*e.Lo || d.Hi != 2*e.Hi {
			t.Fatalf("twice the data give %v, not twice %v", d, e)
		}
	})
	if bootstrap(nil) != (Median{}) {
		t.Error("no data give an interval")
	}
}

// TestBootstrapOfANormal: the interval of a median of n normal values is about
// 4·1.253/√n wide.
func TestBootstrapOfANormal(t *testing.T) {
	var v []float64
	for i := range 101 {
		v = append(v, math.Erfinv(2*(float64(i)+0.5)/101-1)*math.Sqrt2)
	}
	e := bootstrap(v)
	if width := e.Hi - e.Lo; math.Abs(e.Median) > 1e-9 || width < 0.35 || width > 0.65 {
		t.Errorf("%v", e)
	}
}

// TestRatiosCancelDrift: a machine that becomes ten times slower does not change
// the ratio of pairs.
func TestRatiosCancelDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pairs
		for _, slow := range rapid.SliceOfN(rapid.Float64Range(1, 10), 1, 20).Draw(t, "drift") {
			p.ours, p.peer = append(p.ours, 3*slow), append(p.peer, 4*slow)
		}
		if e := bootstrap(p.ratios()); math.Abs(e.Lo-0.75) > 1e-9 || math.Abs(e.Hi-0.75) > 1e-9 {
			t.Fatalf("ratio %v of %v", e, p)
		}
	})
}
