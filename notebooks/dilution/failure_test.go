package dilution

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// curve makes points of a few prompts with these means on both sides.
func curveOf(lengths []int, prompt, counter []float64) (out []Point) {
	around := func(x float64) Side { return Side{Right: []float64{x - 0.02, x, x + 0.02}} }
	for i, n := range lengths {
		out = append(out, Point{Length: n, Tokens: 10 + 3*float64(n), Prompt: around(prompt[i]), Counter: around(counter[i])})
	}
	return out
}

func TestFailureOf(t *testing.T) {
	n := []int{1, 2, 4, 8}
	for _, x := range []struct {
		name            string
		prompt, counter []float64
		length          float64
		side            int
		atOnce          bool
	}{
		{"prompts", []float64{0.9, 0.8, 0.6, 0.2}, []float64{1, 1, 1, 1}, 5, 0, false},
		{"counterparts", []float64{0.9, 0.9, 0.9, 0.4}, []float64{0.9, 0.7, 0.3, 0.1}, 3, 1, false},
		{"at once", []float64{0.4, 0.9, 0.9, 0.9}, []float64{1, 1, 1, 1}, 1, 0, true},
		{"neither", []float64{0.9, 0.8, 0.7, 0.6}, []float64{1, 1, 1, 0.51}, math.Inf(1), -1, false},
		{"back again", []float64{0.9, 0.3, 0.9, 0.9}, []float64{1, 1, 1, 1}, 1 + 0.4/0.6, 0, false},
	} {
		f, err := FailureOf(curveOf(n, x.prompt, x.counter))
		if err != nil {
			t.Fatal(err)
		}
		if f.Length != x.length && math.Abs(f.Length-x.length) > 1e-9 || f.Side != x.side || f.AtOnce != x.atOnce || f.Within() == math.IsInf(x.length, 1) {
			t.Errorf("%s: %+v, want %v on side %d", x.name, f, x.length, x.side)
		}
		if want := 10 + 3*x.length; f.Tokens != want && math.Abs(f.Tokens-want) > 1e-9 {
			t.Errorf("%s: %v tokens, want %v", x.name, f.Tokens, want)
		}
		if f.Lo > f.Length || f.Hi < f.Length || !math.IsInf(f.Length, 1) && !x.atOnce && f.Lo == f.Hi {
			t.Errorf("%s: %v is not within %v … %v", x.name, f.Length, f.Lo, f.Hi)
		}
		again, _ := FailureOf(curveOf(n, x.prompt, x.counter))
		if again != f {
			t.Errorf("%s: another call gives %+v", x.name, again)
		}
	}
}

func TestFailureOfErrors(t *testing.T) {
	good := curveOf([]int{1, 2}, []float64{1, 1}, []float64{1, 1})
	empty := curveOf([]int{1, 2}, []float64{1, 1}, []float64{1, 1})
	empty[1].Counter = Side{}
	for name, c := range map[string][]Point{"no points": nil, "backwards": {good[1], good[0]}, "no prompts": empty} {
		if _, err := FailureOf(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFalls: it is the first place at which the line is not above a half.
func TestFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(0, 1), 2, 6).Draw(t, "y")
		n := make([]float64, len(y))
		for i := range n {
			n[i] = float64(3*i + 1)
		}
		x := falls(n, y)
		at := func(x float64) float64 { return along(n, y, x) }
		if math.IsInf(x, 1) {
			x = n[len(n)-1] + 1e-9
		} else if v := at(x); x > n[0] && math.Abs(v-0.5) > 1e-9 {
			t.Fatalf("%v at %v", v, x)
		}
		for z := n[0]; z < x-1e-6; z += 0.25 {
			if at(z) <= 0.5 {
				t.Fatalf("%v at %v, before %v", at(z), z, x)
			}
		}
	})
}

// TestAlong goes through the points.
func TestAlong(t *testing.T) {
	n, y := []float64{1, 2, 4}, []float64{10, 20, 30}
	for x, want := range map[float64]float64{1: 10, 1.5: 15, 2: 20, 3: 25, 4: 30} {
		if got := along(n, y, x); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %v: %v, want %v", x, got, want)
		}
	}
	if !math.IsInf(along(n, y, math.Inf(1)), 1) {
		t.Error("what never comes has a number of tokens")
	}
}
