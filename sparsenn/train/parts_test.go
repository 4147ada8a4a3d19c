package train

import (
	"errors"
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"circuitbook/sparsenn/model"
)

// TestParts: a batch in parts gives the step of the whole batch, up to rounding, with
// exact supports, and the same validation.
func TestParts(t *testing.T) {
	whole := small()
	for _, rows := range []int{1, whole.Batch / 2} {
		split := whole
		split.Micro = rows
		a, err := newTrainer(whole, Extension{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := newTrainer(split, Extension{})
		if err != nil {
			t.Fatal(err)
		}
		a.step, b.step = whole.Steps/4, whole.Steps/4
		for range 3 {
			tokens := tokensFor(whole, a.step)
			x, err := a.do(tokens)
			if err != nil {
				t.Fatal(err)
			}
			y, err := b.do(tokens)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(x.Loss-y.Loss) > 1e-4 || math.Abs(x.GradRMS/y.GradRMS-1) > 1e-3 || y.Violations != 0 {
				t.Errorf("%d rows at once, step %d: loss %v, RMS %v, %d violations; the whole batch had %v and %v", rows, x.Step, y.Loss, y.GradRMS, y.Violations, x.Loss, x.GradRMS)
			}
		}
		windows := tokensFor(whole, 99)
		x, dead, err := a.validate(windows)
		if err != nil {
			t.Fatal(err)
		}
		y, dead2, err := b.validate(windows)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(x-y) > 1e-3 || len(dead) != len(dead2) {
			t.Errorf("%d rows at once: validation loss %v, %d layers; of the whole batch %v, %d", rows, y, len(dead2), x, len(dead))
		}
	}
}

// TestPartsNonFinite: what an earlier step left in the sums does not reach the next.
func TestPartsNonFinite(t *testing.T) {
	c := small()
	c.Micro = 1
	tr, err := newTrainer(c, Extension{})
	if err != nil {
		t.Fatal(err)
	}
	good := tr.weights[0]
	tr.weights[0] = tensors.FromFlatDataAndDimensions(filled(good.Size(), float32(math.NaN())), good.Shape().Dimensions...)
	var bad *NonFiniteError
	if _, err := tr.do(tokensFor(c, 0)); !errors.As(err, &bad) || bad.Of != "gradient" {
		t.Fatalf("a NaN among the weights: %v", err)
	}
	if tr, err = newTrainer(c, Extension{}); err != nil {
		t.Fatal(err)
	}
	tr.parts.sums[0] = tensors.FromFlatDataAndDimensions(filled(tr.parts.sums[0].Size(), float32(math.NaN())), tr.parts.sums[0].Shape().Dimensions...)
	if _, err := tr.do(tokensFor(c, 0)); err != nil {
		t.Errorf("a NaN in the sums of before: %v", err)
	}
}

// TestPartsTerms: the terms of an extension's loss are averaged as the loss is.
func TestPartsTerms(t *testing.T) {
	c := small()
	x := Extension{Kind: "other", Identity: 1, Program: "terms", Rate: 1,
		Params: []model.Param{{Name: "extra", Shape: []int{1}}},
		Start:  func() ([][]float32, error) { return [][]float32{{1}}, nil },
		Loss: func(vars model.Vars, params, _ []*graph.Node, inputs, targets *graph.Node) (*graph.Node, []*graph.Node) {
			loss := model.CrossEntropy(model.Forward(c.Model, vars, inputs, nil), targets)
			extra := graph.ReduceAllSum(params[0])
			return graph.Add(loss, extra), []*graph.Node{loss, graph.MulScalar(extra, 3)}
		}}
	var got [2]Metric
	for i, rows := range []int{0, 1} {
		c.Micro = rows
		tr, err := newTrainer(c, x)
		if err != nil {
			t.Fatal(err)
		}
		if got[i], err = tr.do(tokensFor(c, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if len(got[1].Terms) != 2 || math.Abs(got[0].Terms[0]-got[1].Terms[0]) > 1e-4 || math.Abs(got[0].Terms[1]-got[1].Terms[1]) > 1e-4 || math.Abs(got[0].Loss-got[1].Loss) > 1e-4 {
		t.Errorf("in parts %v with terms %v, whole %v with %v", got[1].Loss, got[1].Terms, got[0].Loss, got[0].Terms)
	}
}

func filled(n int, v float32) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = v
	}
	return list
}
