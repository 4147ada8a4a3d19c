package task

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLossIsTheMeanOfBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-20, 20)
		p, c := Logits{x.Draw(t, "a"), x.Draw(t, "b")}, Logits{x.Draw(t, "c"), x.Draw(t, "d")}
		ofTarget := math.Exp(p.Target) / (math.Exp(p.Target) + math.Exp(p.Alt))
		ofAlt := math.Exp(c.Alt) / (math.Exp(c.Target) + math.Exp(c.Alt))
		want := -(math.Log(ofTarget) + math.Log(ofAlt)) / 2
		if got := Loss(p, c); math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("%v, %v: %v, want %v", p, c, got, want)
		}
		// Only differences count, and the sides may change places with the answers.
		shift := x.Draw(t, "shift")
		moved := Loss(Logits{p.Target + shift, p.Alt + shift}, c)
		swapped := Loss(Logits{c.Alt, c.Target}, Logits{p.Alt, p.Target})
		if math.Abs(moved-want) > 1e-9*(1+want) || math.Abs(swapped-want) > 1e-9*(1+want) {
			t.Fatalf("moved %v, swapped %v, want %v", moved, swapped, want)
		}
		// A margin of a rounding error may cost as much as guessing.
		if Correct(p, c) && Loss(p, c) > math.Ln2+1e-15 {
			t.Fatal("right on both sides, yet worse than guessing")
		}
	})
}

func TestLossAtTheEdges(t *testing.T) {
	if got := Loss(Logits{}, Logits{}); math.Abs(got-math.Ln2) > 1e-15 {
		t.Errorf("guessing costs %v", got)
	}
	if got := Loss(Logits{1e300, 0}, Logits{0, 1e300}); got != 0 {
		t.Errorf("certain and right costs %v", got)
	}
	if got := Loss(Logits{0, 2000}, Logits{0, 1000}); got != 1000 {
		t.Errorf("certain and wrong on one side costs %v", got)
	}
	if !math.IsNaN(Loss(Logits{math.NaN(), 0}, Logits{})) {
		t.Error("NaN is lost")
	}
}

func TestPick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logits := rapid.SliceOfN(rapid.Float32Range(-50, 50), 2, 40).Draw(t, "logits")
		target := rapid.IntRange(0, len(logits)-1).Draw(t, "target")
		alt := (target + 1) % len(logits)
		two, err := Example{Target: int32(target), Alt: int32(alt)}.Pick(logits)
		if err != nil || two != (Logits{float64(logits[target]), float64(logits[alt])}) {
			t.Fatalf("%v, %v", two, err)
		}
		// Against any other token, the two-way softmax is the probability of the target.
		one, err := Example{Target: int32(target), Alt: Any}.Pick(logits)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, x := range logits {
			sum += math.Exp(float64(x) - float64(logits[target]))
		}
		if got, want := softplus(one.Alt-one.Target), math.Log(sum); math.Abs(got-want) > 1e-6*(1+want) {
			t.Fatalf("−log p is %v, want %v", got, want)
		}
	})
}

func TestPickOutside(t *testing.T) {
	for _, e := range []Example{{Target: 5, Alt: 1}, {Target: 1, Alt: 5}, {Target: -1, Alt: 1}, {Target: 1, Alt: -2}} {
		if _, err := e.Pick(make([]float32, 5)); err == nil {
			t.Errorf("%v is picked from 5 logits", e)
		}
	}
	got, err := Example{Target: 0, Alt: Any}.Pick([]float32{1, float32(math.NaN())})
	if err != nil || !math.IsNaN(Loss(got, got)) {
		t.Errorf("a NaN among the others: %v, %v", got, err)
	}
}
