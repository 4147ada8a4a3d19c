package train

import (
	"math"
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"

	"pgregory.net/rapid"
)

// small is a config that runs in milliseconds.
func small() Config {
	c := NewConfig(model.NewConfig(512, 1, 32, 16), corpus.Config{Vocab: 512, Parts: []corpus.Part{{Kind: "sample", Weight: 1}}})
	c.Steps, c.Batch, c.ValidEvery, c.ValidWindows = 40, 4, 10, 8
	c.Density = Density{Matrix: 0.1, Embedding: 0.2, Bias: 0.2, Floor: 2}
	return c
}

// TestPaperSharkfin: warm-up and linear decay times √(k_end/k(t)) (§2.1), with
// the shape of the paper's Fig 11: about √density after the warm-up, then a
// steep rise to the end of the anneal, then linear to 0.
func TestPaperSharkfin(t *testing.T) {
	c := small()
	c.Steps, c.LR, c.Density.Matrix = 1000, 1, 1.0/64
	for _, tc := range []struct {
		step int
		want float64
	}{
		{0, 1.0 / 11 / 8},    // first step of ten of warm-up, density 1
		{9, 10.0 / 11 / 8},   // last step of warm-up
		{10, 1.0 / 8},        // top of the warm-up, all dense still
		{500, 500.0 / 990},   // the anneal ends: the factor is 1
		{750, 250.0 / 990},   // linear from there
		{999, 1 - 989.0/990}, // and never quite 0 at a step that is taken
	} {
		if got := c.LearningRate(tc.step); math.Abs(got-tc.want) > 1e-3*tc.want+1e-6 {
			t.Errorf("step %d: %v, want %v", tc.step, got, tc.want)
		}
	}
	c.Schedule = Constant
	if got := c.LearningRate(10); got != 1 {
		t.Errorf("constant schedule: %v at the top, want 1", got)
	}
	c.Schedule, c.PlainRate = Anneal, true
	if a, b := c.LearningRate(10), c.LearningRate(505); a != 1 || math.Abs(b-0.5) > 1e-12 {
		t.Errorf("without the factor: %v at the top, %v half way down", a, b)
	}
}

// TestKAtIsMonotone: the budget never rises, starts dense under Anneal, is the
// final one from AnnealEnd on, and never falls below what the floor needs.
func TestKAtIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := small()
		c.Steps = rapid.IntRange(1, 500).Draw(t, "steps")
		c.Density.Matrix = rapid.Float64Range(0.07, 1).Draw(t, "matrix")
		c.Density.Embedding = rapid.Float64Range(0.01, 1).Draw(t, "embedding")
		c.AnnealEnd = rapid.Float64Range(0.1, 1).Draw(t, "end")
		c.Schedule = rapid.SampledFrom([]string{Anneal, Constant}).Draw(t, "schedule")
		budgets, err := c.Budget()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range budgets {
			before := b.Param.Size()
			for step := range c.Steps {
				k := c.KAt(b, step)
				if k > before || k < b.K {
					t.Fatalf("%s, step %d: k = %d after %d, final %d", b.Param.Name, step, k, before, b.K)
				}
				if float64(step) >= c.AnnealEnd*float64(c.Steps)+1e-9 && k != b.K {
					t.Fatalf("%s, step %d: k = %d after the anneal, want %d", b.Param.Name, step, k, b.K)
				}
				before = k
			}
			if first := c.KAt(b, 0); c.Schedule == Constant && first != b.K {
				t.Fatalf("constant schedule starts at %d, want %d", first, b.K)
			} else if c.Schedule == Anneal && first != b.Param.Size() {
				t.Fatalf("annealing starts at %d of %d", first, b.Param.Size())
			}
		}
	})
}
