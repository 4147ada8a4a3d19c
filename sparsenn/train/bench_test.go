package train

import (
	"fmt"
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// BenchmarkStep times the whole step at d 128, 2 layers, batch 32×128: sparse
// (AbsTopK at eight places, every matrix projected) against the dense twin.
// The first iterations compile and are not counted.
func BenchmarkStep(b *testing.B) {
	for _, vocab := range []int{512, 1024, 2048} {
		for _, batch := range []int{16, 32} {
			c := NewConfig(model.NewConfig(vocab, 2, 128, 128), corpus.Config{Vocab: vocab})
			c.Batch, c.Steps = batch, 1<<20
			for _, dense := range []bool{false, true} {
				name := "sparse"
				if dense {
					c, name = c.Dense(), "dense"
				}
				b.Run(fmt.Sprintf("vocab=%d/batch=%d/%s", vocab, batch, name), func(b *testing.B) { benchmarkStep(b, c) })
			}
		}
	}
}

// BenchmarkFirstStep is what a fresh process pays before its second step at
// scale laptop: building, compiling and running the step once.
func BenchmarkFirstStep(b *testing.B) {
	c, err := Scale("laptop", 0)
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]int32, c.Batch*(c.SeqLen+1))
	for b.Loop() {
		programs.m = nil
		t, err := newTrainer(c, Extension{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.do(tokens); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstForward is the same for the forward pass of one prompt, as a
// cell pays it that opens a run and asks for the next token; the model of the
// second iteration on has another context, so that nothing is reused.
func BenchmarkFirstForward(b *testing.B) {
	c, err := Scale("laptop", 0)
	if err != nil {
		b.Fatal(err)
	}
	prompt := [][]int32{make([]int32, 20)}
	for b.Loop() {
		c.Model.Context++
		m, err := model.New(c.Model, 0)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Next(prompt); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkStep(b *testing.B, c Config) {
	t, err := newTrainer(c, Extension{})
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]int32, c.Batch*(c.SeqLen+1))
	for i := range tokens {
		tokens[i] = int32(i*7919) % int32(c.Model.Vocab)
	}
	for range 2 {
		if _, err := t.do(tokens); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := t.do(tokens); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.Batch*c.SeqLen)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
