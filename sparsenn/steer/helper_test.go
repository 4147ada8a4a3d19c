package steer

import (
	"context"
	"os"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
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

func config(t testing.TB, seed uint64) train.Config {
	t.Helper()
	c, err := train.Scale("tiny", seed)
	if err != nil {
		t.Fatal(err)
	}
	c.Model = c.Model.Dense() // AbsTopK takes long to compile
	return c
}

// steerer bridges two models that nobody trained, but with weights that matter.
func steerer(t testing.TB, sparse, dense *train.Result) *Steerer {
	t.Helper()
	t.Setenv(artifact.RootVariable, t.TempDir())
	c := bridge.DefaultConfig()
	c.Steps, c.Batch, c.SeqLen, c.RidgeTokens, c.Ridge = 0, 4, 32, 8192, 1e-7
	c.Weights.DenseToSparse, c.Weights.SparseToDense = 0, 0
	b, err := bridge.Fit(context.Background(), sparse, dense, c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// two is a steerer of a dense model through a sparse one of another width.
func two(t testing.TB) *Steerer {
	t.Helper()
	d := config(t, 2)
	d.Model.DModel, d.Model.DMLP = 48, 96
	return steerer(t, traintest.Amplified(t, config(t, 1)), traintest.Amplified(t, d.Dense()))
}

// itself is a steerer of a model through itself, in which every norm has gains of its
// own.
func itself(t testing.TB) *Steerer {
	t.Helper()
	run := traintest.Amplified(t, config(t, 1).Dense())
	for _, name := range []string{"transformer.h.0.ln_1.weight", "transformer.h.0.ln_2.weight"} {
		gain := make([]float32, run.Config.Model.DModel)
		for i := range gain {
			gain[i] = 0.5 + float32(i%5)/4
		}
		m, err := run.Model.With(name, gain)
		if err != nil {
			t.Fatal(err)
		}
		run.Model = m
	}
	return steerer(t, run, run)
}

func examples(t testing.TB, n int) []task.Example {
	t.Helper()
	c := config(t, 1)
	run, err := train.Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	list, err := task.SingleDoubleQuote().Examples(task.Select, run.Tokenizer, task.Options{N: n, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func prompts(t testing.TB, n int) []Prompt {
	t.Helper()
	p, err := Prompts(examples(t, n), ToAlt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func node(site model.Site, index int) circuit.Node {
	return circuit.Node{Site: string(site), Index: index}
}

const read = model.Site("0.mlp.act_in")

func channels(t testing.TB, s *Steerer, index ...int) *Method {
	t.Helper()
	var nodes []circuit.Node
	for _, i := range index {
		nodes = append(nodes, node(read, i))
	}
	m, err := s.Channels(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func run(t testing.TB, c train.Config) *train.Result {
	t.Helper()
	return traintest.Amplified(t, c)
}
