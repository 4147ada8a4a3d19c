package stat

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRanks(t *testing.T) {
	inf := math.Inf(1)
	got := ranks([]float64{5, inf, 1, 5, inf, 2})
	want := []float64{3.5, 5.5, 1, 3.5, 5.5, 2}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// TestRanksSum: whatever is tied, ranks add up to those of n different values and
// keep the order.
func TestRanksSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 3), 1, 9).Draw(t, "x")
		for i := range x {
			x[i] = math.Round(x[i])
		}
		r, sum := ranks(x), 0.0
		for i := range r {
			sum += r[i]
			for j := range r {
				if (x[i] < x[j]) != (r[i] < r[j]) {
					t.Fatalf("%v has ranks %v", x, r)
				}
			}
		}
		if n := float64(len(x)); sum != n*(n+1)/2 {
			t.Fatalf("%v has ranks %v", x, r)
		}
	})
}

func single(x, y []float64) (out []Case) {
	for i := range x {
		out = append(out, Case{X: x[i], Y: y[i], Group: fmt.Sprint(i)})
	}
	return out
}

// TestSpearman: p of perfect order among n is 2/n! in two directions.
func TestSpearman(t *testing.T) {
	r, err := Spearman(single([]float64{1, 2, 3, 4, 5}, []float64{2, 3, 5, 8, math.Inf(1)}))
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.R-1) > 1e-12 || math.Abs(r.P-2.0/120) > 0.005 || r.N != 5 {
		t.Errorf("%+v", r)
	}
	r, _ = Spearman(single([]float64{1, 2, 3, 4, 5}, []float64{9, 8, 7, 6, 5}))
	if math.Abs(r.R+1) > 1e-12 || r.P > 0.05 {
		t.Errorf("the other way round: %+v", r)
	}
	r, _ = Spearman(single([]float64{2, 1, 4, 3}, []float64{1, 2, 3, 4}))
	if math.Abs(r.R-0.6) > 1e-12 {
		t.Errorf("%+v, want 0.6", r)
	}
	r, err = Spearman(single([]float64{1, 2, 3}, []float64{4, 4, 4}))
	if err != nil || !math.IsNaN(r.R) || r.P != 1 {
		t.Errorf("nothing varies: %+v, %v", r, err)
	}
}

// TestSpearmanMovesGroupsTogether: six cases of three predictions are no more
// evidence than three, and between strata nothing is exchanged.
func TestSpearmanMovesGroupsTogether(t *testing.T) {
	var cases []Case
	for g := range 3 {
		for m := range 2 {
			cases = append(cases, Case{X: float64(g), Y: float64(2*g + m), Group: fmt.Sprint(g)})
		}
	}
	r, err := Spearman(cases)
	if err != nil {
		t.Fatal(err)
	}
	if r.P < 2.0/6-0.05 {
		t.Errorf("p is %v with three predictions", r.P)
	}
	// Two strata that differ, with little foretold inside: 0.5 in each of both.
	cases = nil
	for i, y := range []float64{1, 3, 2, 12, 11, 13} {
		cases = append(cases, Case{X: float64(i%3) + 20*float64(i/3), Y: y, Group: fmt.Sprint(i), Stratum: fmt.Sprint(i / 3)})
	}
	if r, err = Spearman(cases); err != nil || math.Abs(r.R-0.5) > 1e-12 || r.P < 0.2 {
		t.Errorf("%+v, %v: a difference between strata counts as foresight", r, err)
	}
}

func TestSpearmanErrors(t *testing.T) {
	nan := single([]float64{1, 2, 3}, []float64{1, 2, math.NaN()})
	torn := single([]float64{1, 2, 3}, []float64{1, 2, 3})
	torn[1].Group = torn[0].Group
	for name, c := range map[string][]Case{"two": torn[:2], "no number": nan, "torn group": torn} {
		if _, err := Spearman(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
