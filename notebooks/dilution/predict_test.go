package dilution

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// seen is what a circuit shows whose depth is an average of its own and whose lead
// turns at a threshold.
func seen(lengths []int, a Average, threshold float64, noise float64) (out []Seen) {
	rng := rand.New(rand.NewPCG(uint64(len(lengths)), 5))
	for _, n := range lengths {
		var s Seen
		for range 24 {
			d := a.At(float64(n)) + noise*rng.NormFloat64()
			s.Depth, s.Lead = append(s.Depth, d), append(s.Lead, 3*(d-threshold))
		}
		out = append(out, s)
	}
	return out
}

// TestPredict: from short lengths alone, the length at which the first of two sides
// passes the threshold, however far away.
func TestPredict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := math.Pow(2, float64(rapid.IntRange(0, 16).Draw(t, "before"))/4)
		nested := Average{Rest: rapid.Float64Range(-0.5, 0.5).Draw(t, "rest"), Excess: rapid.Float64Range(4, 9).Draw(t, "excess"), Before: before}
		flat := Average{Rest: nested.Rest, Excess: -rapid.Float64Range(1, 9).Draw(t, "flat"), Before: before}
		threshold := rapid.Float64Range(-0.4, 0.4).Draw(t, "threshold")
		lengths := []int{2, 3, 4, 5, 6}
		want, side := math.Inf(1), -1
		for s, a := range []Average{nested, flat} {
			if x := a.Passes(threshold, s == 0, 2); x < want {
				want, side = x, s
			}
		}
		p, err := once([]float64{2, 3, 4, 5, 6}, seen(lengths, nested, threshold, 0), seen(lengths, flat, threshold, 0), every)
		if err != nil {
			t.Fatal(err)
		}
		f := p.Failure
		if want > 1e4 { // about never: the average comes to rest next to the threshold
			if f.Length < 1e3 {
				t.Fatalf("%v, want %v", f.Length, want)
			}
			return
		}
		if math.Abs(f.Length-want) > 1e-3*want || f.Side != side || f.AtOnce != (want == 2) {
			t.Fatalf("%+v, want %v on side %d", f, want, side)
		}
		if math.Abs(p.Threshold-threshold) > 1e-6 || p.Explained < 0.999 {
			t.Fatalf("%+v, want a threshold of %v", p, threshold)
		}
	})
}

// TestPredictInterval: noise makes the interval wide, and it holds the true length.
func TestPredictInterval(t *testing.T) {
	lengths := []int{2, 3, 4, 5, 6}
	nested, flat := Average{Rest: -0.5, Excess: 6, Before: 2}, Average{Rest: -0.5, Excess: -1, Before: 2}
	tokens := []float64{20, 23, 26, 29, 32}
	narrow, err := predict(lengths, tokens, seen(lengths, nested, 0, 0.01), seen(lengths, flat, 0, 0.01))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := predict(lengths, tokens, seen(lengths, nested, 0, 0.3), seen(lengths, flat, 0, 0.3))
	if err != nil {
		t.Fatal(err)
	}
	if f := wide.Failure; f.Lo > 10 || f.Hi < 10 {
		t.Errorf("%+v, the true length is 10", f)
	}
	if a, b := narrow.Failure, wide.Failure; a.Hi-a.Lo > 1 || b.Hi-b.Lo < 2*(a.Hi-a.Lo) {
		t.Errorf("%v … %v with little noise, %v … %v with much", a.Lo, a.Hi, b.Lo, b.Hi)
	}
	for _, f := range []Failure{narrow.Failure, wide.Failure} {
		if math.Abs(f.Tokens-(14+3*f.Length)) > 1e-9 {
			t.Errorf("%v tokens at length %v", f.Tokens, f.Length)
		}
	}
	if again, _ := predict(lengths, tokens, seen(lengths, nested, 0, 0.3), seen(lengths, flat, 0, 0.3)); again != wide {
		t.Errorf("%+v, then %+v", wide, again)
	}
}

// counted is a model whose answer leads by a mean over the tokens of the prompt: an
// inner open bracket counts as much as 60 tokens, less a threshold.
type counted struct {
	open        int32
	target, alt int32
}

func (c counted) Next(sequences [][]int32) ([][]float32, error) {
	var out [][]float32
	for _, s := range sequences {
		open := 0
		for _, id := range s {
			if id == c.open {
				open++
			}
		}
		row := make([]float32, 512)
		row[c.target] = 60*float32(open)/float32(len(s)) - 1.2
		out = append(out, row)
	}
	return out, nil
}

// TestPredictMargin: what is foretold from lists of 2 to 6 names is what is then measured
// on longer ones, in a model that averages.
func TestPredictMargin(t *testing.T) {
	tok := tokenizer(t)
	open, err := tok.Single("[")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{N: 16, Context: 300}
	short, err := Select(tok, nameFiller(), []int{2, 3, 4, 5, 6}, o)
	if err != nil {
		t.Fatal(err)
	}
	long, err := Report(tok, nameFiller(), Lengths(2, 40), o)
	if err != nil {
		t.Fatal(err)
	}
	m := counted{open, short.List[0][0].Target, short.List[0][0].Alt}
	p, err := predictMargin(m, short)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := Curve(m, long)
	if err != nil {
		t.Fatal(err)
	}
	f, err := FailureOf(curve)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Failure; !f.Within() || f.Length < 8 || got.Side != f.Side || math.Abs(got.Length-f.Length) > 0.15*f.Length || math.Abs(got.Tokens-f.Tokens) > 0.15*f.Tokens {
		t.Errorf("foretold %+v, measured %+v", got, f)
	}
	if math.Abs(p.Threshold) > 1e-6 || p.Explained < 0.999 {
		t.Errorf("the lead explains %v of itself, and turns at %v", p.Explained, p.Threshold)
	}
}

func TestPredictErrors(t *testing.T) {
	lengths := []int{2, 3, 4}
	a := Average{Rest: 0, Excess: 4, Before: 1}
	up := seen(lengths, a, 1, 0.1)
	down := seen(lengths, a, 1, 0.1)
	for i := range down {
		for k := range down[i].Lead {
			down[i].Lead[k] = -down[i].Lead[k]
		}
	}
	if _, err := predict(lengths, []float64{1, 2, 3}, down, down); !errors.Is(err, errNoThreshold) {
		t.Error(err)
	}
	if _, err := predict(lengths, []float64{1, 2, 3}, up, make([]Seen, 3)); err == nil || !strings.Contains(err.Error(), "without prompts") {
		t.Error(err)
	}
	if _, err := Predict(nil, Depth{}, Prompts{Lengths: []int{2, 3}}); err == nil || !strings.Contains(err.Error(), "at least three") {
		t.Error(err)
	}
	if _, err := predictMargin(nil, Prompts{Lengths: []int{2, 3}}); err == nil || !strings.Contains(err.Error(), "at least three") {
		t.Error(err)
	}
	if _, err := Predict(nil, Depth{}, Prompts{Lengths: lengths}); err == nil || !strings.Contains(err.Error(), "without nodes") {
		t.Error(err)
	}
}
