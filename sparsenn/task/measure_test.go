package task

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// table answers every prompt with logits that depend on its first token alone.
type table struct {
	calls int
	fail  error
	short bool
}

func (p *table) Next(sequences [][]int32) ([][]float32, error) {
	p.calls++
	if len(sequences) != 2*measureBatch {
		return nil, errors.New("not a full batch")
	}
	if p.short {
		return nil, p.fail
	}
	out := make([][]float32, len(sequences))
	for i, s := range sequences {
		out[i] = make([]float32, 4)
		out[i][1] = float32(s[0]) // the target's logit; the other answer has 0
	}
	return out, p.fail
}

func TestMeasure(t *testing.T) {
	// On the prompt the target 1 leads by 2, on the counterpart it trails by 1.
	e := Example{Prompt: []int32{2}, Counter: []int32{-1}, Target: 1, Alt: 3}
	wrong := Example{Prompt: []int32{2}, Counter: []int32{1}, Target: 1, Alt: 3}
	examples := make([]Example, 0, 40)
	for range 30 {
		examples = append(examples, e)
	}
	for range 10 {
		examples = append(examples, wrong)
	}
	p := &table{}
	s, err := Measure(p, examples)
	if err != nil {
		t.Fatal(err)
	}
	right := (math.Log1p(math.Exp(-2)) + math.Log1p(math.Exp(-1))) / 2
	bad := (math.Log1p(math.Exp(-2)) + math.Log1p(math.Exp(1))) / 2
	if want := .75*right + .25*bad; math.Abs(s.Loss.Mean-want) > 1e-6 {
		t.Errorf("loss %v, want %v", s.Loss.Mean, want)
	}
	if s.Loss.N != 40 || len(s.PerExample) != 40 || math.Abs(s.Accuracy-.75) > 1e-9 || p.calls != 2 {
		t.Errorf("%d examples, %d losses, accuracy %v, %d calls", s.Loss.N, len(s.PerExample), s.Accuracy, p.calls)
	}
	if math.Abs(s.PerExample[39]-bad) > 1e-6 || math.Abs(s.PerExample[0]-right) > 1e-6 {
		t.Errorf("losses %v and %v, want %v and %v", s.PerExample[0], s.PerExample[39], right, bad)
	}
	// The standard error of this mean is about .034.
	if half := (s.Loss.Hi - s.Loss.Lo) / 2; s.Loss.Lo > s.Loss.Mean || s.Loss.Hi < s.Loss.Mean || half < .04 || half > .1 {
		t.Errorf("interval %v to %v around %v", s.Loss.Lo, s.Loss.Hi, s.Loss.Mean)
	}
	again, _ := (Reported{examples}).Measure(&table{})
	if again.Loss.Lo != s.Loss.Lo || again.Loss.Hi != s.Loss.Hi {
		t.Error("the interval is not a function of the losses")
	}
}

func TestMeasureErrors(t *testing.T) {
	e := []Example{{Prompt: []int32{1}, Counter: []int32{2}, Target: 1, Alt: 3}}
	if _, err := Measure(&table{}, nil); err == nil {
		t.Error("no examples were accepted")
	}
	if _, err := Measure(&table{fail: errors.New("no device")}, e); err == nil || !strings.Contains(err.Error(), "no device") {
		t.Errorf("error %v", err)
	}
	if _, err := Measure(&table{short: true}, e); err == nil || !strings.Contains(err.Error(), "0 answers") {
		t.Errorf("error %v", err)
	}
	e[0].Target = 9
	if _, err := Measure(&table{}, e); err == nil {
		t.Error("a target outside the vocabulary was accepted")
	}
}
