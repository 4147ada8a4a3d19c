package steer

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
)

// TestNoStrength: nothing changes, and the probabilities are the model's.
func TestNoStrength(t *testing.T) {
	s := two(t)
	list := prompts(t, 40)
	c, err := s.Curve(context.Background(), channels(t, s, 1, 2), list, []float64{0})
	if err != nil {
		t.Fatal(err)
	}
	p := c.Points[0]
	if p.OtherKL.Mean != 0 || p.Changed.Mean != 0 || p.Want.N != 40 {
		t.Errorf("%+v", p)
	}
	var want, have, two, most, mostTwo float64
	for _, x := range list {
		r := probabilities(t, s.Bridge.Dense.Model, x.Counter)
		most, mostTwo = most+r[x.Want]/40, mostTwo+r[x.Want]/(r[x.Want]+r[x.Have])/40
		q := probabilities(t, s.Bridge.Dense.Model, x.Tokens)
		want, have = want+q[x.Want]/40, have+q[x.Have]/40
		two += q[x.Want] / (q[x.Want] + q[x.Have]) / 40
	}
	for _, e := range [][2]float64{{p.Want.Mean, want}, {p.Have.Mean, have}, {p.TwoWay.Mean, two}, {c.Ceiling.Mean, most}, {c.CeilingTwoWay.Mean, mostTwo}} {
		if math.Abs(e[0]-e[1]) > 1e-5 {
			t.Errorf("%v, want %v", e[0], e[1])
		}
	}
}

func probabilities(t testing.TB, m *model.Model, tokens []int32, changes ...model.Intervention) []float64 {
	t.Helper()
	r, err := m.Record([][]int32{tokens}, []model.Site{model.Logits}, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return softmax(r.Activations[0].At(0, len(tokens)-1))
}

func softmax(x []float32) []float64 {
	sum := 0.0
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(float64(v - slices.Max(x)))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// TestWholeOfItself: through a bridge to itself, all channels at strength 1 are the
// exchange of the site's activation with the counterpart's.
func TestWholeOfItself(t *testing.T) {
	s := itself(t)
	m, err := s.Whole(read)
	if err != nil {
		t.Fatal(err)
	}
	list := prompts(t, 8)
	c, err := s.Curve(context.Background(), m, list, []float64{1})
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, p := range list {
		if len(p.Tokens) != len(p.Counter) {
			t.Fatal("the sides differ in length")
		}
		r, err := s.Bridge.Dense.Model.Record([][]int32{p.Counter}, []model.Site{read})
		if err != nil {
			t.Fatal(err)
		}
		q := probabilities(t, s.Bridge.Dense.Model, p.Tokens, model.Intervention{Site: read, Scale: make([]float32, 32), Shift: r.Activations[0].Data})
		want += q[p.Want] / 8
	}
	before := 0.0
	for _, p := range list {
		before += probabilities(t, s.Bridge.Dense.Model, p.Tokens)[p.Want] / 8
	}
	if math.Abs(c.Points[0].Want.Mean-want) > 0.05*math.Abs(want-before) {
		t.Errorf("steered to %v, exchanged %v, before %v", c.Points[0].Want.Mean, want, before)
	}
}

// TestCurveByHand: the shift at every token is strength times coefficient times
// direction, and cost is counted over all tokens but the last.
func TestCurveByHand(t *testing.T) {
	s := two(t)
	m := channels(t, s, 2, 9)
	list := prompts(t, 3)
	const strength = 2.5
	c, err := s.Curve(context.Background(), m, list, []float64{strength})
	if err != nil {
		t.Fatal(err)
	}
	var want, kl, changed float64
	for _, p := range list {
		a, err := s.Bridge.Sparse.Model.Record([][]int32{p.Counter, p.Tokens}, []model.Site{read})
		if err != nil {
			t.Fatal(err)
		}
		act := a.Activations[0]
		shift := make([]float32, len(p.Tokens)*48)
		for tok := range p.Tokens {
			for i, n := range m.Nodes {
				d := act.At(0, tok)[n.Index] - act.At(1, tok)[n.Index]
				for j, x := range m.Directions[i] {
					shift[tok*48+j] += strength * d * x
				}
			}
		}
		dense := s.Bridge.Dense.Model
		base, err := dense.Record([][]int32{p.Tokens}, []model.Site{model.Logits})
		if err != nil {
			t.Fatal(err)
		}
		after, err := dense.Record([][]int32{p.Tokens}, []model.Site{model.Logits}, model.Intervention{Site: read, Shift: shift})
		if err != nil {
			t.Fatal(err)
		}
		last := len(p.Tokens) - 1
		want += softmax(after.Activations[0].At(0, last))[p.Want] / 3
		for tok := range last {
			x, y := base.Activations[0].At(0, tok), after.Activations[0].At(0, tok)
			px, py := softmax(x), softmax(y)
			for i := range px {
				kl += px[i] * math.Log(px[i]/py[i]) / float64(last) / 3
			}
			if slices.Index(x, slices.Max(x)) != slices.Index(y, slices.Max(y)) {
				changed += 1 / float64(last) / 3
			}
		}
	}
	got := c.Points[0]
	for _, e := range [][2]float64{{got.Want.Mean, want}, {got.OtherKL.Mean, kl}, {got.Changed.Mean, changed}} {
		if math.Abs(e[0]-e[1]) > 1e-4+1e-3*e[1] {
			t.Errorf("%v, want %v", e[0], e[1])
		}
	}
	if kl == 0 {
		t.Error("nothing changed: the test tests nothing")
	}
}

// TestCurveShape: Monotone, LargestStep, Reaches and At.
func TestCurveShape(t *testing.T) {
	c := &Curve{}
	for i, p := range []float64{0.1, 0.2, 0.5, 0.4, 0.9} {
		c.Points = append(c.Points, Point{Strength: float64(i), Want: stat.Estimate{Mean: p}, TwoWay: stat.Estimate{Mean: 1 - p}})
	}
	if c.Monotone(Full, 0.05) || !c.Monotone(Full, 0.11) || c.Monotone(Between, 0.25) {
		t.Error("a fall of .1 is seen wrongly")
	}
	if got := c.LargestStep(Full); math.Abs(got-0.5) > 1e-12 {
		t.Errorf("largest step %v", got)
	}
	for p, want := range map[float64]float64{0.05: 0, 0.15: 0.5, 0.5: 2, 0.65: 3.5} {
		if got, ok := c.Reaches(Full, p); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("%v is reached at %v, want %v", p, got, want)
		}
	}
	if got, ok := c.Reaches(Between, 0.9); !ok || got != 0 {
		t.Errorf("0.9 between the two is reached at %v", got)
	}
	if _, ok := c.Reaches(Full, 0.95); ok {
		t.Error("0.95 is reached")
	}
	if p, err := c.At(3); err != nil || p.Want.Mean != 0.4 {
		t.Errorf("at 3: %+v, %v", p, err)
	}
	if _, err := c.At(2.5); err == nil {
		t.Error("a strength that was not measured is given")
	}
}

func TestCurveErrors(t *testing.T) {
	s := two(t)
	m, list := channels(t, s, 1), prompts(t, 2)
	long := slices.Clone(list)
	long[1].Tokens = make([]int32, 65)
	unknown := slices.Clone(list)
	unknown[0].Want = 512
	broken := *m
	broken.Directions = [][]float32{slices.Repeat([]float32{float32(math.NaN())}, 48)}
	short := *m
	short.Directions = [][]float32{{1}}
	few := *m
	few.Directions = nil
	elsewhere := *m
	elsewhere.Site = "0.attn.q"
	for name, x := range map[string]struct {
		m         *Method
		prompts   []Prompt
		strengths []float64
	}{
		"no method": {nil, list, []float64{1}}, "no prompts": {m, nil, []float64{1}}, "no strengths": {m, list, nil},
		"NaN": {m, list, []float64{math.NaN()}}, "infinite": {m, list, []float64{0, math.Inf(-1)}},
		"too long": {m, long, []float64{1}}, "unknown answer": {m, unknown, []float64{1}},
		"broken": {&broken, list, []float64{1}}, "short": {&short, list, []float64{1}}, "few": {&few, list, []float64{1}},
		"elsewhere": {&elsewhere, list, []float64{1}},
	} {
		if _, err := s.Curve(context.Background(), x.m, x.prompts, x.strengths); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Curve(ctx, m, list, []float64{1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
