package verify

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// TestCalibrated: a calibrated circuit is read by its own scale and shift wherever
// it stands alone; the model is not, whole or without it; random circuits are by
// what suits each best.
func TestCalibrated(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	plain := tinytest.Every(t, run, 11)
	prove := func(scale, shift float64) *Result {
		c := *plain
		c.Calibrated, c.LogitScale, c.LogitShift = scale != 0, scale, shift
		r, err := Run(context.Background(), run, task.BracketCounting(), &c, config, artifact.Options{})
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
	on, err := newProver(context.Background(), run, task.BracketCounting(), plain, config)
	if err != nil {
		t.Fatal(err)
	}
	margins, err := on.on.Margins(on.kept)
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
	at, err := on.on.Space.Index(plain.Nodes[0].Node)
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
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	list := reportOf(t, run, config)
	swap := func(part func(context.Context, *train.Result, *circuit.Circuit) (*Submodel, error)) patch.Swap {
		p, err := part(context.Background(), run, c)
		if err != nil {
			t.Fatal(err)
		}
		s, err := patch.Interchange(p, list, circuit.Node{Site: "0.attn.act_in", Index: 0})
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

// TestBetween: a calibrated circuit between two answers predicts with their
// difference scaled and shifted and all other logits as they are, at every
// token; it is measured, and swaps are counted, as by what reads it from outside.
func TestBetween(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	list := reportOf(t, run, config)
	target, alt := list[0].Target, list[0].Alt
	tokens := [][]int32{list[0].Prompt, list[0].Prompt}
	parts := func(make func(context.Context, *train.Result, *circuit.Circuit) (*Submodel, error), alt int32) (raw, read *Submodel) {
		t.Helper()
		raw, err := make(context.Background(), run, c)
		if err != nil {
			t.Fatal(err)
		}
		if read, err = raw.Between(target, alt); err != nil {
			t.Fatal(err)
		}
		return raw, read
	}
	record := func(p *Submodel) model.Activation {
		t.Helper()
		rec, err := p.Record(tokens, []model.Site{model.FinalResid, model.Logits})
		if err != nil {
			t.Fatal(err)
		}
		return rec.Activations[1]
	}
	if raw, read := parts(Alone, alt); !slices.Equal(record(raw).Data, record(read).Data) {
		t.Error("a circuit without scale and shift was read otherwise")
	}
	c.Calibrated, c.LogitScale, c.LogitShift = true, 0.5, 3
	if raw, read := parts(Without, alt); !slices.Equal(record(raw).Data, record(read).Data) {
		t.Error("the model without the circuit was read by its scale and shift")
	}
	raw, read := parts(Alone, alt)
	before, after := record(raw), record(read)
	for i := range tokens {
		for at := range tokens[0] {
			was, is := before.At(i, at), after.At(i, at)
			for id := range was {
				want := float64(was[id])
				if int32(id) == target {
					want = float64(was[alt]) + 0.5*float64(was[target]-was[alt]) + 3
				}
				if math.Abs(float64(is[id])-want) > 1e-5 {
					t.Fatalf("token %d: logit %d goes from %v to %v, want %v", at, id, was[id], is[id], want)
				}
			}
		}
	}
	// One answer against all others.
	_, one := parts(Alone, task.Any)
	last := len(tokens[0]) - 1
	against := func(logits []float32) float64 {
		l, err := task.Example{Target: target, Alt: task.Any}.Pick(logits)
		if err != nil {
			t.Fatal(err)
		}
		return l.Target - l.Alt
	}
	if was, is := against(before.At(0, last)), against(record(one).At(0, last)); math.Abs(is-(0.5*was+3)) > 1e-5 {
		t.Errorf("against all others the lead goes from %v to %v", was, is)
	}
	score, err := task.Measure(read, list)
	if err != nil {
		t.Fatal(err)
	}
	c.Target = 1
	proved, err := Run(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := proved.Circuit.Proof.Alone.Mean; math.Abs(score.Loss.Mean-got) > 1e-5 {
		t.Errorf("measured from outside the loss is %v, by the proof %v", score.Loss.Mean, got)
	}
	node := circuit.Node{Site: "0.attn.act_in", Index: 0}
	a, err := patch.Interchange(raw, list, node)
	if err != nil {
		t.Fatal(err)
	}
	b, err := patch.Interchange(read, list, node)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.MarginBefore-b.MarginBefore) > 1e-5 || math.Abs(a.MarginAfter-b.MarginAfter) > 1e-5 || a.Before != b.Before || a.After != b.After {
		t.Errorf("swaps are %+v and, between the answers, %+v", a, b)
	}
	for _, ids := range [][2]int32{{-1, alt}, {target, 1 << 20}, {1 << 20, task.Any}} {
		if _, err := raw.Between(ids[0], ids[1]); err == nil || !strings.Contains(err.Error(), "vocabulary") {
			t.Errorf("answers %v: %v", ids, err)
		}
	}
}
