package prune

import (
	"fmt"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// BenchmarkGateStep times one step of gate training at scale laptop, 64 pairs,
// by the bound on the prompts' tokens, with and without AbsTopK. The programs
// are compiled before the clock starts.
//
// Its time grows with the padded length; a third of it is AbsTopK, and a half the
// gradient. At 32 tokens a prompt the pairs of brackets and of quotes are padded
// to 56 tokens, of which they fill 35 in the mean. Batches sorted by length would
// spare about a sixth, and are not made: sums in another order give other gates,
// and every stored pruning would have to be made anew.
func BenchmarkGateStep(b *testing.B) {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		b.Fatal(err)
	}
	for _, most := range []int{32, 64} {
		examples, err := task.SingleDoubleQuote().Examples(task.Fit, tok, task.Options{N: 256, MaxTokens: most})
		if err != nil {
			b.Fatal(err)
		}
		for _, dense := range []bool{false, true} {
			c := model.NewConfig(512, 2, 128, 128)
			c.AFrac = 0.5
			name := "sparse"
			if dense {
				c, name = c.Dense(), "dense"
			}
			b.Run(fmt.Sprintf("tokens=%d/%s", most, name), func(b *testing.B) {
				m, err := model.New(c, 0)
				if err != nil {
					b.Fatal(err)
				}
				e, err := ablate.NewEvaluator(m, nil, examples[:1], ablate.Options{Zero: true})
				if err != nil {
					b.Fatal(err)
				}
				g, err := newGates(e, examples, defaultHyper(), 0)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := g.do(); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := g.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
