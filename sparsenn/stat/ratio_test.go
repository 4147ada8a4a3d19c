package stat

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestGeometricRatio: tasks count once, however many seeds they have.
func TestGeometricRatio(t *testing.T) {
	pairs := []Pair{{"x", 0, 40, 10}, {"x", 1, 160, 10}, {"y", 0, 1, 1}}
	e, err := GeometricRatio(pairs)
	if err != nil {
		t.Fatal(err)
	}
	if want := math.Sqrt(8 * 1); math.Abs(e.Mean-want) > 1e-12 || e.N != 2 {
		t.Errorf("%+v, want %v", e, want)
	}
	if e.Lo != 1 && e.Lo > 1.01 || e.Hi < 7 || e.Hi > 16.01 {
		t.Errorf("%+v", e)
	}
	for want, p := range map[string][]Pair{"nothing": nil, "task z": {{"z", 3, 0, 1}}, "seed 3": {{"z", 3, 1, math.NaN()}}, "both": {{"z", 3, 1, -1}}} {
		if _, err := GeometricRatio(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", p, err)
		}
	}
}

// TestGeometricMeanProperties: the interval holds the mean, the order of values does
// not matter, and a common factor is a factor of everything.
func TestGeometricMeanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var list, scaled []Value
		for i := range n {
			v := Value{Task: string(rune('a' + rapid.IntRange(0, 4).Draw(t, "task"))), Seed: uint64(i), X: rapid.Float64Range(0.01, 1e4).Draw(t, "x")}
			list = append(list, v)
			v.X *= 8
			scaled = append(scaled, v)
		}
		e, err := GeometricMean(list)
		if err != nil {
			t.Fatal(err)
		}
		if !(e.Lo <= e.Mean && e.Mean <= e.Hi) {
			t.Fatalf("%+v", e)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		rng.Shuffle(n, func(a, b int) { list[a], list[b] = list[b], list[a] })
		if again, _ := GeometricMean(list); again != e {
			t.Fatalf("%+v, shuffled %+v", e, again)
		}
		s, _ := GeometricMean(scaled)
		if math.Abs(s.Mean/e.Mean-8) > 1e-9 || math.Abs(s.Lo/e.Lo-8) > 1e-9 || math.Abs(s.Hi/e.Hi-8) > 1e-9 {
			t.Fatalf("%+v, eight times %+v", e, s)
		}
	})
}

// TestGeometricMeanCovers: over many samples of tasks the interval holds the truth
// about as often as it says.
func TestGeometricMeanCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const trials = 60
	hit := 0
	for range trials {
		var list []Value
		for task := range 14 {
			of := rng.NormFloat64()
			for seed := range 3 {
				list = append(list, Value{string(rune('a' + task)), uint64(seed), math.Exp(2 + of + 0.3*rng.NormFloat64())})
			}
		}
		e, err := GeometricMean(list)
		if err != nil {
			t.Fatal(err)
		}
		if e.Lo <= math.Exp(2) && math.Exp(2) <= e.Hi {
			hit++
		}
	}
	if hit < trials*80/100 {
		t.Errorf("%d of %d intervals hold the truth", hit, trials)
	}
}

func TestSpread(t *testing.T) {
	s, err := Spread([]Value{{"x", 0, 1}, {"x", 1, 4}, {"y", 0, 8}})
	if err != nil || math.Abs(s-math.Exp(math.Log(4)/math.Sqrt2)) > 1e-12 {
		t.Errorf("%v, %v", s, err)
	}
	if s, err := Spread([]Value{{"x", 0, 3}, {"y", 0, 3}}); err != nil || s != 1 {
		t.Errorf("%v of what does not vary, %v", s, err)
	}
	if _, err := Spread([]Value{{"x", 0, 3}}); err == nil {
		t.Error("a spread over one task")
	}
}

// TestSpreadRatio: e to the difference of the deviations, an interval around it,
// and no interval where one quantity is a multiple of the other.
func TestSpreadRatio(t *testing.T) {
	a := []Value{{"x", 0, 1}, {"y", 0, 8}, {"z", 0, 64}}
	b := []Value{{"z", 0, 4}, {"x", 0, 1}, {"y", 0, 2}}
	r, err := SpreadRatio(a, b)
	if err != nil || math.Abs(r.Mean-math.Exp(math.Log(8)-math.Log(2))) > 1e-12 || r.N != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	// Two tasks drawn of three neighbours or of the ends, or one three times.
	if math.Abs(r.Lo-1) > 1e-12 || r.Hi < r.Mean {
		t.Errorf("%+v", r)
	}
	double := []Value{{"x", 0, 2}, {"y", 0, 16}, {"z", 0, 128}}
	if r, err := SpreadRatio(a, double); err != nil || math.Abs(r.Lo-1) > 1e-12 || math.Abs(r.Hi-1) > 1e-12 {
		t.Errorf("of the double: %+v, %v", r, err)
	}
	if _, err := SpreadRatio(a, []Value{{"x", 0, 1}, {"y", 0, 2}, {"w", 0, 4}}); err == nil {
		t.Error("a quotient of other tasks")
	}
	if _, err := SpreadRatio(a[:1], a[:1]); err == nil {
		t.Error("a spread over one task")
	}
}
