package prune

import (
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// untrained is a small run whose weights nobody trained, but large enough that
// some choices of nodes do a little better than guessing.
func untrained(t testing.TB) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 3)
	if err != nil {
		t.Fatal(err)
	}
	return traintest.Amplified(t, c)
}

// quick is a config that prunes in a second or two.
func quick() Config {
	c := DefaultConfig()
	c.Target, c.Confidence, c.Calibrate = 0.68, 0, false
	c.Fit, c.Select, c.FitTokens, c.MaxTokens = 40, 16, 32, 32
	c.Hyper.Steps, c.Hyper.Pairs, c.Hyper.LR, c.Hyper.Penalty = 40, 8, 0.1, 1e-4
	return c
}

func runsIn(t testing.TB) {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
}

func brackets() task.Task { return task.BracketCounting() }

// evaluatorOf prepares examples of brackets for a run at zero ablation.
func evaluatorOf(t testing.TB, run *train.Result, n int) (*ablate.Evaluator, []task.Example) {
	t.Helper()
	list, err := brackets().Examples(task.Fit, run.Tokenizer, task.Options{N: n, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	e, err := ablate.NewEvaluator(run.Model, nil, list, ablate.Options{Zero: true})
	if err != nil {
		t.Fatal(err)
	}
	return e, list
}
