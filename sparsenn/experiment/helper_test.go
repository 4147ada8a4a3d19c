package experiment

import (
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// short is a training config of a few steps.
func short(t testing.TB, seed uint64) train.Config {
	t.Helper()
	c, err := train.Scale("tiny", seed)
	if err != nil {
		t.Fatal(err)
	}
	c.Steps, c.ValidWindows = 4, 16
	return c
}

// untrained is a small run whose weights nobody trained, but large enough that
// some choices of nodes do a little better than guessing.
func untrained(t testing.TB) *train.Result {
	t.Helper()
	run := traintest.Amplified(t, short(t, 1))
	// Its weights are not those that the name stands for.
	run.Name += "-amplified"
	return run
}

// quick is a config that prunes and proves in a second or two.
func quick(t testing.TB) Config {
	t.Helper()
	c, err := Scale("tiny", 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Prune.Target, c.Prune.Confidence = 0.68, 0
	c.Prune.Fit, c.Prune.Select, c.Prune.FitTokens, c.Prune.MaxTokens = 40, 16, 32, 32
	c.Prune.Hyper.Steps, c.Prune.Hyper.Pairs, c.Prune.Hyper.LR, c.Prune.Hyper.Penalty = 40, 8, 0.1, 1e-4
	c.Prove.Examples, c.Prove.MaxTokens, c.Prove.Random, c.Prove.EffectExamples, c.Prove.Attribution = 16, 32, 2, 8, 8
	return c
}

func runsIn(t testing.TB) {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
}

func brackets() task.Task { return task.BracketCounting() }

// rising collects progress and fails if a share falls or leaves [0, 1].
func rising(t testing.TB, all *[]artifact.Progress) artifact.Options {
	return artifact.Options{Progress: func(p artifact.Progress) {
		last := 0.0
		if n := len(*all); n > 0 {
			last = (*all)[n-1].Share()
		}
		if p.Share() < last || p.Share() > 1 || p.Stage == "" {
			t.Errorf("after a share of %v: %+v", last, p)
		}
		*all = append(*all, p)
	}}
}
