package bridge

import (
	"context"
	"math"
	"os"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// TestMain has XLA compile in less than half of the time; programs this small run no
// slower for it.
func TestMain(m *testing.M) {
	if os.Getenv("XLA_FLAGS") == "" {
		os.Setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
	}
	os.Exit(m.Run())
}

// tiny is a small sparse config, after a change. It is without AbsTopK, which takes long
// to compile in the many passes of a step; tests that are about it put it back.
func tiny(t testing.TB, change func(*train.Config)) train.Config {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	c.Steps, c.ValidEvery, c.ValidWindows = 4, 4, 16
	c.Model = c.Model.Dense()
	if change != nil {
		change(&c)
	}
	return c
}

// two are models that nobody trained, but with weights large enough to matter: a
// sparse one and a dense one of another width.
func two(t testing.TB) (sparse, dense *train.Result) {
	t.Helper()
	c := tiny(t, nil)
	d := tiny(t, func(d *train.Config) { d.Model.DModel, d.Model.DMLP, d.Seed = 48, 96, 2 }).Dense()
	return traintest.Amplified(t, c), traintest.Amplified(t, d)
}

func quick() Config {
	c := DefaultConfig()
	c.Steps, c.Batch, c.SeqLen, c.RidgeTokens = 6, 4, 16, 1024
	return c
}

func runsIn(t testing.TB) {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
}

func fit(t testing.TB, sparse, dense *train.Result, c Config) *Bridge {
	t.Helper()
	b, err := Fit(context.Background(), sparse, dense, c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tokens are sequences of one length that have nothing to say.
func someTokens(n, seq, vocab int) [][]int32 {
	out := make([][]int32, n)
	for i := range out {
		for j := range seq {
			out[i] = append(out[i], int32((i*131+j*37+j*j)%vocab))
		}
	}
	return out
}

func near(t testing.TB, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(float64(got[i])-float64(want[i])) > tolerance*(1+math.Abs(float64(want[i]))) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}
