package prove

import (
	"context"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/amplified"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// untrained is a small run with weights large enough that its nodes matter,
// after a change of its config.
func untrained(t testing.TB, change func(*train.Config)) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	return amplified.Run(t, c)
}

// every takes every n-th node of a run as a circuit.
func every(t testing.TB, run *train.Result, n int) *circuit.Circuit {
	t.Helper()
	sp, err := ablate.NewSpace(run.Config.Model, false)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := ablate.Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	means := stats.Flat(sp)
	c := &circuit.Circuit{Task: "bracket_counting", Run: run.Name, Model: sp.Shape, Ablation: circuit.MeanAblation, Target: 0.5}
	for i := 0; i < sp.Len(); i += n {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: sp.Node(i), Mean: float64(means[i])})
	}
	if c.Nodes, c.Edges, err = circuit.Build(c.Model, c.Nodes, run.Model.Values); err != nil {
		t.Fatal(err)
	}
	return c
}

func quick() Config {
	c := DefaultConfig()
	c.Examples, c.MaxTokens, c.Random, c.EffectExamples, c.Attribution = 16, 32, 4, 8, 8
	return c
}

func runsIn(t testing.TB) {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
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
