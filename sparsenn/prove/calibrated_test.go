package prove

import (
	"context"
	"math"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// TestCalibrated: a calibrated circuit is read by its own scale and shift wherever
// it stands alone; the model is not, whole or without it; random circuits are by
// what suits each best.
func TestCalibrated(t *testing.T) {
	runsIn(t)
	run, config := untrained(t, nil), quick()
	plain := every(t, run, 11)
	prove := func(scale, shift float64) *Result {
		c := *plain
		c.Calibrated, c.LogitScale, c.LogitShift = scale != 0, scale, shift
		r, err := Run(context.Background(), run, task.BracketCounting(), &c, config, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before, after, shifted := prove(0, 0), prove(0.5, 0.2), prove(0.5, 5)
	p, q := before.Circuit.Proof, after.Circuit.Proof
	if q.Full != p.Full || q.Removed != p.Removed || q.RandomRemoved != p.RandomRemoved {
		t.Errorf("the model was calibrated: %+v, %+v", p, q)
	}
	if !(q.RandomAlone.Mean < p.RandomAlone.Mean) {
		t.Errorf("random circuits go from %v to %v", p.RandomAlone.Mean, q.RandomAlone.Mean)
	}
	on, err := newProver(context.Background(), run, task.BracketCounting(), plain, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	margins, err := on.report.Margins(on.kept)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := ablate.Calibration{Scale: 0.5, Shift: 0.2}.Apply(margins).Mean()
	if math.Abs(q.Alone.Mean-want) > 1e-9 {
		t.Errorf("alone %v, want %v", q.Alone.Mean, want)
	}
	// A shift that decides alone answers every pair the same way on both sides.
	if shifted.Accuracy != 0 || before.FullAccuracy != shifted.FullAccuracy {
		t.Errorf("accuracy %v, of the model %v and %v", shifted.Accuracy, before.FullAccuracy, shifted.FullAccuracy)
	}
	less := append(ablate.Mask{}, on.kept...)
	at, err := on.report.Space.Index(plain.Nodes[0].Node)
	if err != nil {
		t.Fatal(err)
	}
	less[at] = false
	few := func(m ablate.Mask) float64 {
		margins, err := on.effects.Margins(m)
		if err != nil {
			t.Fatal(err)
		}
		loss, _ := ablate.Calibration{Scale: 0.5, Shift: 0.2}.Apply(margins).Mean()
		return loss
	}
	if got, want := *after.Circuit.Nodes[0].Effect, few(less)-few(on.kept); math.Abs(got-want) > 1e-9 {
		t.Errorf("effect %v, want %v", got, want)
	}
	if !(after.Attribution.AtSize.Mean < before.Attribution.AtSize.Mean) {
		t.Errorf("the baseline goes from %v to %v", before.Attribution.AtSize.Mean, after.Attribution.AtSize.Mean)
	}
}

// TestInterchangeCalibrated: swaps in a calibrated circuit are counted as it reads
// its logits. A shift helps one side of every pair and hurts the other.
func TestInterchangeCalibrated(t *testing.T) {
	runsIn(t)
	run, config := untrained(t, nil), quick()
	c := every(t, run, 11)
	list := reportOf(t, run, config)
	swap := func(part func(context.Context, *train.Result, *circuit.Circuit, ...string) (*Part, error)) Swap {
		p, err := part(context.Background(), run, c)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Interchange(p, run.Config.Model.ReadWidth(), list, circuit.Node{Site: "0.attn.act_in", Index: 0})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	alone, without := swap(Alone), swap(Without)
	c.Calibrated, c.LogitScale, c.LogitShift = true, 0.5, 1000
	if got := swap(Alone); math.Abs(got.MarginBefore-alone.MarginBefore/2) > 1e-9 || got.Before != 0.5 || got.After != 0.5 || alone.MarginBefore == 0 {
		t.Errorf("%+v, without calibration %+v", got, alone)
	}
	if got := swap(Without); got != without {
		t.Errorf("without the circuit %+v, was %+v", got, without)
	}
}
