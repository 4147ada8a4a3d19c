// Package tinytest has small runs and circuits for tests.
package tinytest

import (
	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
	"context"
	"testing"
)

// Untrained is a small run with weights large enough that its nodes matter,
// after a change of its config.
func Untrained(t testing.TB, change func(*train.Config)) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	return traintest.Amplified(t, c)
}

// Every takes every n-th node of a run as a circuit.
func Every(t testing.TB, run *train.Result, n int) *circuit.Circuit {
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

// Runs has all artifacts of a test in a folder of its own.
func Runs(t testing.TB) {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
}
