package verify

import (
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

func quick() Config {
	c := DefaultConfig()
	c.Examples, c.MaxTokens, c.Random, c.EffectExamples, c.Attribution = 16, 32, 4, 8, 8
	return c
}

// reportOf is the report examples that a config measures on.
func reportOf(t testing.TB, run *train.Result, c Config) []task.Example {
	t.Helper()
	r, err := task.BracketCounting().Report(run.Tokenizer, task.Options{N: c.Examples, Seed: c.Seed, MaxTokens: c.MaxTokens})
	if err != nil {
		t.Fatal(err)
	}
	return r.ForMeasuring()
}

// lossOf is the mean loss of examples under a recorder, by the slow way.
func lossOf(t testing.TB, m model.Recorder, examples []task.Example, changes ...model.Intervention) float64 {
	t.Helper()
	sum := 0.0
	for _, e := range examples {
		var l [2]task.Logits
		for side, seq := range [][]int32{e.Prompt, e.Counter} {
			rec, err := m.Record([][]int32{seq}, []model.Site{model.Logits}, changes...)
			if err != nil {
				t.Fatal(err)
			}
			if l[side], err = e.Pick(rec.Activations[0].At(0, len(seq)-1)); err != nil {
				t.Fatal(err)
			}
		}
		sum += task.Loss(l[0], l[1])
	}
	return sum / float64(len(examples))
}
