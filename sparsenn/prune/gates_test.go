package prune

import (
	"context"
	"math"
	"testing"

	"circuitbook/sparsenn/ablate"
)

// TestPaperGate: H(0) = 1, τ lives in [−1, 1], and a closed gate is one below 0
// (Gao et al., §3.3).
func TestPaperGate(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 16)
	h := defaultHyper()
	h.InitBias, h.InitScale = 0, 0
	g, err := newGates(e, list, h, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := g.open().Count(); n != e.Space.Len() {
		t.Errorf("%d of %d gates at 0 are open", n, e.Space.Len())
	}
	g.tau[3] = -1e-9
	if g.open()[3] {
		t.Error("a gate below 0 is open")
	}
	h.InitBias, h.InitScale = 0.5, 5
	if g, err = newGates(e, list, h, 1); err != nil {
		t.Fatal(err)
	}
	low, high := 0, 0
	for _, x := range g.tau {
		if x < -1 || x > 1 {
			t.Fatalf("τ is %v", x)
		}
		if x == -1 {
			low++
		}
		if x == 1 {
			high++
		}
	}
	if low == 0 || high == 0 {
		t.Errorf("%d gates at −1 and %d at 1 for a deviation of 5", low, high)
	}
}

// TestPaperSurrogate: the derivative of the step is that of sigmoid(τ/T), by
// differences.
func TestPaperSurrogate(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, temperature := range []float64{0.1, 1, 4} {
		for _, tau := range []float64{-1, -0.2, 0, 0.7, 1} {
			const h = 1e-6
			want := (sigmoid((tau+h)/temperature) - sigmoid((tau-h)/temperature)) / (2 * h)
			if got := slope(tau, temperature); math.Abs(got-want) > 1e-6*(1+want) {
				t.Errorf("T %v, τ %v: %v, want %v", temperature, tau, got, want)
			}
		}
	}
}

// TestStep: one step is AdamW on (gradient + price)·slope, clipped, computed here
// by hand.
func TestStep(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 16)
	h := defaultHyper()
	h.Pairs, h.Steps, h.WarmUp, h.Ramp, h.Penalty, h.LR, h.WeightDecay, h.Clip = 8, 10, 0, 0, 0.3, 0.1, 0.5, 0.2
	g, err := newGates(e, list, h, 4)
	if err != nil {
		t.Fatal(err)
	}
	before := append([]float64{}, g.tau...)
	on, err := e.Of(g.draw(), g.length)
	if err != nil {
		t.Fatal(err)
	}
	wantLoss, gradient, err := on.Gradient(g.open())
	if err != nil {
		t.Fatal(err)
	}
	loss, err := g.do()
	if err != nil {
		t.Fatal(err)
	}
	if loss != wantLoss {
		t.Errorf("loss %v, want %v", loss, wantLoss)
	}
	norm := 0.0
	for i := range gradient {
		gradient[i] = (gradient[i] + 0.3) * slope(before[i], h.Temperature)
		norm += gradient[i] * gradient[i]
	}
	if norm = math.Sqrt(norm); norm < h.Clip {
		t.Fatalf("the norm %v is not clipped", norm)
	}
	for i := range gradient {
		x := gradient[i] * h.Clip / norm
		// The first step of Adam is the sign of the gradient, up to ε.
		want := before[i] - 0.1*(x/(math.Abs(x)+h.Epsilon)+0.5*before[i])
		if math.Abs(g.tau[i]-clamp(want)) > 1e-6 {
			t.Fatalf("τ %d goes from %v to %v, want %v", i, before[i], g.tau[i], want)
		}
	}
}

// TestGatesAreDeterministic: same seed, same gates; the batches are a function of
// seed and step.
func TestGatesAreDeterministic(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 20)
	h := quick().Hyper
	train := func(seed uint64) []float64 {
		g, err := newGates(e, list, h, seed)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		if err := g.all(context.Background(), func(step, of int, loss float64) {
			if steps++; step != steps || of != h.Steps || !(loss > 0) {
				t.Errorf("step %d of %d, loss %v", step, of, loss)
			}
		}); err != nil {
			t.Fatal(err)
		}
		return g.tau
	}
	a, b, c := train(1), train(1), train(2)
	differ := false
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("gate %d is %v and %v", i, a[i], b[i])
		}
		differ = differ || a[i] != c[i]
	}
	if !differ {
		t.Error("the seed does not matter")
	}
}

func TestGatesStop(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 8)
	h := quick().Hyper
	g, err := newGates(e, list, h, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = g.all(ctx, func(step, _ int, _ float64) {
		if step == 2 {
			cancel()
		}
	})
	if err == nil || g.step != 2 {
		t.Errorf("stopped at step %d with %v", g.step, err)
	}
	h.LR = -1
	if _, err := newGates(e, list, h, 1); err == nil {
		t.Error("a negative rate was taken")
	}
}

// TestPenaltyCloses: with a price and nothing to lose, gates close.
func TestPenaltyCloses(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 16)
	h := quick().Hyper
	h.Steps, h.Penalty, h.LR, h.Ramp = 20, 10, 0.1, 0
	g, err := newGates(e, list, h, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.all(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	var closed ablate.Mask = g.open()
	if n := closed.Count(); n > e.Space.Len()/10 {
		t.Errorf("%d of %d gates are open at a price of 10 nats", n, e.Space.Len())
	}
}

// TestGatesFollow: the calibration goes a fifth of the way to that of every
// batch, within bounds, and the loss of a step is taken under it; without being
// asked for it stays plain.
func TestGatesFollow(t *testing.T) {
	e, list := evaluatorOf(t, untrained(t), 16)
	g, err := newGates(e, list, quick().Hyper, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.do(); err != nil || g.calibration != ablate.Plain {
		t.Errorf("%+v, %v", g.calibration, err)
	}
	g.calibrate = true
	g.calibration = ablate.Calibration{Scale: 2, Shift: 0.5}
	on, err := e.Of(g.draw(), g.length)
	if err != nil {
		t.Fatal(err)
	}
	margins, err := on.Margins(g.open())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := g.calibration.Apply(margins).Mean()
	fitted := ablate.Calibrate(margins)
	loss, err := g.do()
	if err != nil || math.Abs(loss-want) > 1e-5 {
		t.Errorf("loss %v, want %v, %v", loss, want, err)
	}
	scale := min(10, max(0.1, fitted.Scale))
	if math.Abs(g.calibration.Scale-(2+0.2*(scale-2))) > 1e-3 || math.Abs(g.calibration.Shift-(0.5+0.2*(fitted.Shift-0.5))) > 1e-3 {
		t.Errorf("%+v after a batch of %+v", g.calibration, fitted)
	}
	for range 200 {
		g.follow(ablate.Calibration{Scale: 1e6, Shift: -1e6})
	}
	if math.Abs(g.calibration.Scale-10) > 1e-6 || math.Abs(g.calibration.Shift+10) > 1e-6 {
		t.Errorf("%+v at the bounds", g.calibration)
	}
}
