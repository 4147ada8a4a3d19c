package train

import (
	"errors"
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/model"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func tokensFor(c Config, step int) []int32 {
	out := make([]int32, c.Batch*(c.SeqLen+1))
	for i := range out {
		out[i] = int32((i*i+7*step+i*step)%97) % int32(c.Model.Vocab)
	}
	return out
}

func hostValues(t testing.TB, xs []*tensors.Tensor) [][]float32 {
	t.Helper()
	var out [][]float32
	for _, x := range xs {
		v, err := tensors.CopyFlatData[float32](x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// gradients computes the loss and its gradients in a program of its own.
func gradients(t *testing.T, tr *trainer, tokens []int32) (float64, [][]float32) {
	t.Helper()
	exec, err := program(tr, "gradients of a test", func(in []*graph.Node) []*graph.Node {
		n := len(tr.params)
		vars := model.Vars{}
		for i, p := range tr.params {
			vars[p.Name] = in[i]
		}
		inputs, targets := shift(in[n])
		loss := model.CrossEntropy(model.Forward(tr.config.Model, vars, inputs, nil), targets)
		return append([]*graph.Node{loss}, graph.Gradient(loss, in[:n]...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	for _, w := range tr.weights {
		args = append(args, w)
	}
	out, err := exec.Call(append(args, tensors.FromFlatDataAndDimensions(tokens, tr.config.Batch, tr.config.SeqLen+1))...)
	if err != nil {
		t.Fatal(err)
	}
	return float64(tensors.ToScalar[float32](out[0])), hostValues(t, out[1:])
}

// TestPaperUpdateOrder repeats a few steps in plain Go, in the order of the
// published script (Gao et al., §2.2): gradient over its RMS, Adam with ε
// outside the root, projection of matrices, embeddings and biases, then decay
// of what has two dimensions, the bigram table excepted.
func TestPaperUpdateOrder(t *testing.T) {
	for _, schedule := range []string{Anneal, Constant} {
		c := small()
		c.Schedule, c.Steps, c.AnnealEnd = schedule, 6, 0.6
		tr, err := newTrainer(c, Extension{})
		if err != nil {
			t.Fatal(err)
		}
		w, first, second := hostValues(t, tr.weights), hostValues(t, tr.first), hostValues(t, tr.second)
		for step := range 4 {
			tokens := tokensFor(c, step)
			loss, grads := gradients(t, tr, tokens)
			m, err := tr.do(tokens)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(m.Loss-loss) > 1e-5 {
				t.Fatalf("step %d: loss %v, want %v", step, m.Loss, loss)
			}
			lr := c.LearningRate(step)
			sum, n := 0.0, 0
			for _, g := range grads {
				for _, x := range g {
					sum += float64(x) * float64(x)
				}
				n += len(g)
			}
			rms := math.Sqrt(sum / float64(n))
			if math.Abs(m.GradRMS-rms) > 1e-4*rms {
				t.Errorf("step %d: gradient RMS %v, want %v", step, m.GradRMS, rms)
			}
			got := hostValues(t, tr.weights)
			j := 0
			for i, p := range tr.params {
				for e, g := range grads[i] {
					x := float64(g) / (rms + 1e-5)
					first[i][e] = float32(.9*float64(first[i][e]) + .1*x)
					second[i][e] = float32(.95*float64(second[i][e]) + .05*x*x)
					m1 := float64(first[i][e]) / (1 - math.Pow(.9, float64(step+1)))
					m2 := float64(second[i][e]) / (1 - math.Pow(.95, float64(step+1)))
					w[i][e] -= float32(lr * m1 / (math.Sqrt(m2) + .1))
				}
				if j < len(tr.budgets) && tr.budgets[j].Param.Name == p.Name {
					project(w[i], tr.budgets[j], c.KAt(tr.budgets[j], step))
					j++
				}
				if len(p.Shape) == 2 && p.Name != "bigram_table" {
					for e := range w[i] {
						w[i][e] *= float32(1 - lr*.1)
					}
				}
				// A weight at the very edge of the support may fall on either
				// side where device and host round differently.
				differ := 0
				for e := range w[i] {
					if math.Abs(float64(w[i][e]-got[i][e])) > 2e-5 {
						differ++
					}
				}
				if differ > 2 {
					t.Errorf("%s schedule, step %d, %s: %d of %d weights differ", schedule, step, p.Name, differ, len(w[i]))
				}
				copy(w[i], got[i])
			}
		}
	}
}

// TestSupportIsExactEveryStep: the support of every sparse tensor is exactly
// k(t) after every step under both schedules, as the device counts it and as
// the host recounts it, with every neuron at its floor.
func TestSupportIsExactEveryStep(t *testing.T) {
	for _, schedule := range []string{Anneal, Constant} {
		c := small()
		c.Schedule = schedule
		tr, err := newTrainer(c, Extension{})
		if err != nil {
			t.Fatal(err)
		}
		for step := range c.Steps {
			m, err := tr.do(tokensFor(c, step))
			if err != nil {
				t.Fatal(err)
			}
			if m.Violations != 0 {
				t.Fatalf("%s schedule, step %d: %d violations: k %v, support %v, nonzeros %v", schedule, step, m.Violations, m.K, m.Support, m.Nonzeros)
			}
			l0 := 0
			w := hostValues(t, tr.weights)
			j := 0
			for i, p := range tr.params {
				nonzeros := 0
				for _, x := range w[i] {
					if x != 0 {
						nonzeros++
					}
				}
				if p.Kind != model.Bigram {
					l0 += nonzeros
				}
				if j == len(tr.budgets) || tr.budgets[j].Param.Name != p.Name {
					continue
				}
				b := tr.budgets[j]
				if m.K[j] != c.KAt(b, step) || m.Support[j] != m.K[j] || m.Nonzeros[j] != nonzeros {
					t.Errorf("%s: counted k %d, support %d, nonzeros %d; the host has %d and %d", p.Name, m.K[j], m.Support[j], m.Nonzeros[j], c.KAt(b, step), nonzeros)
				}
				on := 0
				for _, s := range support(w[i], b, m.K[j]) {
					if s {
						on++
					}
				}
				if on != m.K[j] {
					t.Errorf("%s: the stored support has %d positions, want %d", p.Name, on, m.K[j])
				}
				j++
			}
			if m.L0 != l0 {
				t.Errorf("step %d: L0 %d, the host counts %d", step, m.L0, l0)
			}
		}
	}
}

// TestNonFiniteStopsTheStep: a weight or a gradient that is not finite is named,
// nothing of it enters a mask, and weights and moments stay as they were.
func TestNonFiniteStopsTheStep(t *testing.T) {
	c := small()
	tr, err := newTrainer(c, Extension{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.do(tokensFor(c, 0)); err != nil {
		t.Fatal(err)
	}
	const name = "transformer.h.0.mlp.c_fc.weight"
	at := slices.IndexFunc(tr.params, func(p model.Param) bool { return p.Name == name })
	w, first := hostValues(t, tr.weights)[at], hostValues(t, tr.first)[at]
	put := func(into []*tensors.Tensor, v []float32) {
		into[at] = tensors.FromFlatDataAndDimensions(slices.Clone(v), tr.params[at].Shape...)
	}
	state := func() (out [][]float32) {
		return slices.Concat(hostValues(t, tr.weights), hostValues(t, tr.first), hostValues(t, tr.second))
	}
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		broken := slices.Clone(w)
		broken[5] = bad
		put(tr.weights, broken)
		before := state()
		_, err = tr.do(tokensFor(c, 1))
		var e *NonFiniteError
		if !errors.As(err, &e) || e.Step != 1 {
			t.Fatalf("%v in %s: error %v", bad, name, err)
		}
		for i, after := range state() {
			for j := range after {
				if math.Float32bits(before[i][j]) != math.Float32bits(after[j]) {
					t.Fatalf("%v in %s: %s changed", bad, name, tr.params[i%len(tr.params)].Name)
				}
			}
		}
		// Not in the forward pass: only the projection meets it.
		broken = slices.Clone(first)
		broken[5] = bad
		put(tr.weights, w)
		put(tr.first, broken)
		if _, err = tr.do(tokensFor(c, 1)); !errors.As(err, &e) || e.Tensor != name || e.Of != "weight" {
			t.Fatalf("%v in a moment of %s: error %v", bad, name, err)
		}
		put(tr.first, first)
		if tr.step != 1 {
			t.Error("the failed step was counted")
		}
	}
}
