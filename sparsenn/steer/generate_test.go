package steer

import (
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/model"
)

// TestGenerate: without strength it is what the model writes; with much it is
// another text; it stops where it should.
func TestGenerate(t *testing.T) {
	s := two(t)
	p := prompts(t, 1)[0]
	m, err := s.Whole(read)
	if err != nil {
		t.Fatal(err)
	}
	dense := s.Bridge.Dense
	plain, err := s.Generate(m, p, 0, 6)
	if err != nil {
		t.Fatal(err)
	}
	tokens := slices.Clone(p.Tokens)
	for i, x := range plain {
		q := probabilities(t, dense.Model, tokens)
		if best := slices.Max(q); q[x] < best-1e-6 {
			t.Fatalf("token %d has %v, the best %v", i, q[x], best)
		}
		tokens = append(tokens, x)
	}
	if len(plain) != 6 {
		t.Errorf("%d tokens", len(plain))
	}
	steered, err := s.Generate(m, p, 30, 6)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(plain, steered) {
		t.Error("steering by all channels at strength 30 changes nothing")
	}
	stopped, err := s.Generate(m, p, 0, 6, plain[0])
	if err != nil || len(stopped) != 0 {
		t.Errorf("wrote %v, %v, though its first token ends the text", stopped, err)
	}
	full := p
	full.Tokens, full.Counter = append(make([]int32, 64-len(p.Tokens)), p.Tokens...), append(make([]int32, 64-len(p.Counter)), p.Counter...)
	one, err := s.Generate(m, full, 0, 6)
	if err != nil || len(one) != 1 {
		t.Errorf("a full context leaves room for %v, %v", one, err)
	}
}

// TestTop: as the model is, and steered, which is what Curve measures.
func TestTop(t *testing.T) {
	s := two(t)
	list := prompts(t, 1)
	m := channels(t, s, 1, 2)
	before, after, err := s.Top(m, list[0], 5, 512)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := s.Curve(t.Context(), m, list, []float64{0, 5})
	if err != nil {
		t.Fatal(err)
	}
	for i, top := range [][]model.TokenProb{before, after} {
		sum := 0.0
		for k, x := range top {
			sum += x.P
			if k > 0 && x.P > top[k-1].P {
				t.Fatalf("token %d of %d is more probable than the one before", k, i)
			}
			if x.Token == list[0].Want && math.Abs(x.P-curve.Points[i].Want.Mean) > 1e-5 {
				t.Errorf("the wanted answer has %v, in the curve %v", x.P, curve.Points[i].Want.Mean)
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("probabilities of all tokens sum to %v", sum)
		}
	}
	few, _, err := s.Top(m, list[0], 5, 3)
	if err != nil || len(few) != 3 || few[0] != before[0] {
		t.Errorf("%v, %v", few, err)
	}
	if _, _, err := s.Top(m, list[0], 5, 0); err == nil {
		t.Error("no tokens are given")
	}
}

func TestGenerateErrors(t *testing.T) {
	s := two(t)
	p := prompts(t, 1)[0]
	m := channels(t, s, 1)
	for name, f := range map[string]func() error{
		"no method": func() error { _, err := s.Generate(nil, p, 1, 4); return err },
		"NaN":       func() error { _, err := s.Generate(m, p, math.NaN(), 4); return err },
		"nothing":   func() error { _, err := s.Generate(m, p, 1, 0); return err },
		"no prompt": func() error { _, err := s.Generate(m, Prompt{}, 1, 4); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWidened(t *testing.T) {
	v := []float32{1, 2, 3, 4}
	if got := widened(v, 2, 3); !slices.Equal(got, []float32{1, 2, 0, 3, 4, 0}) {
		t.Errorf("%v", got)
	}
	if got := widened(v, 2, 2); !slices.Equal(got, v) {
		t.Errorf("%v", got)
	}
}

// TestPositionsAreLetBe: steering works in models whose read sites hold positions
// behind the residual stream, and agrees with an intervention.
func TestPositionsAreLetBe(t *testing.T) {
	c := config(t, 1)
	c.Model.DPos = 8
	c.Model.Context = 64
	s := steerer(t, run(t, c), run(t, c.Dense()))
	p := prompts(t, 1)
	m := channels(t, s, 1, 2)
	curve, err := s.Curve(t.Context(), m, p, []float64{2})
	if err != nil {
		t.Fatal(err)
	}
	coefficients, err := s.coefficients(m, p)
	if err != nil {
		t.Fatal(err)
	}
	q := probabilities(t, s.Bridge.Dense.Model, p[0].Tokens, model.Intervention{Site: read, Shift: widened(m.shift(coefficients[0], 2), 32, 40)})
	if got := curve.Points[0].Want.Mean; math.Abs(got-q[p[0].Want]) > 1e-5 {
		t.Errorf("%v, by an intervention %v", got, q[p[0].Want])
	}
	if _, err := s.Generate(m, p[0], 2, 2); err != nil {
		t.Error(err)
	}
}
