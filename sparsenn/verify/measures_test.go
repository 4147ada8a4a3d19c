package verify

import (
	"context"
	"math"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/task"
)

// TestMeasures: the losses are those that submodels score, and a circuit of all nodes is
// the model: it recovers all of its margin, and no next token is otherwise.
func TestMeasures(t *testing.T) {
	tinytest.Runs(t)
	run := tinytest.Untrained(t, nil)
	list, err := task.BracketCounting().Report(run.Tokenizer, task.Options{N: 40, Seed: 1, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	of := func(c *circuit.Circuit) map[string]Number {
		t.Helper()
		all, err := Measures(t.Context(), run, c, list)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]Number{}
		for _, x := range all {
			if m[x.Name] = x; !(x.Lo <= x.Mean && x.Mean <= x.Hi) || x.N != 40 || x.Label == "" || x.Unit == "" {
				t.Errorf("%+v", x)
			}
		}
		return m
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	c := tinytest.Every(t, run, 3)
	c.Calibrated, c.LogitScale, c.LogitShift = true, 0.5, 0.25
	got := of(c)
	for name, make := range map[string]func() (task.Predictor, error){
		"full":    func() (task.Predictor, error) { return run.Model, nil },
		"raw":     func() (task.Predictor, error) { return Alone(t.Context(), run, c) },
		"removed": func() (task.Predictor, error) { return Without(t.Context(), run, c) },
	} {
		m, err := make()
		if err != nil {
			t.Fatal(err)
		}
		s, err := list.Measure(m)
		if err != nil {
			t.Fatal(err)
		}
		near("loss "+name, got["loss_"+name].Mean, s.Loss.Mean)
		near("right "+name, got["right_"+name].Mean, s.Accuracy)
	}
	e := list.ForMeasuring()[0]
	alone, err := Alone(t.Context(), run, c)
	if err != nil {
		t.Fatal(err)
	}
	if alone, err = alone.Between(e.Target, e.Alt); err != nil {
		t.Fatal(err)
	}
	s, err := list.Measure(alone)
	if err != nil {
		t.Fatal(err)
	}
	near("calibrated", got["loss_calibrated"].Mean, s.Loss.Mean)
	if got["kl"].Mean <= 1e-3 {
		t.Errorf("a third of the nodes say the same as all: %v", got["kl"])
	}
	whole := of(tinytest.Every(t, run, 1))
	near("f of all nodes", whole["faithfulness"].Mean, 1)
	near("KL of all nodes", whole["kl"].Mean, 0)
	if _, ok := whole["loss_calibrated"]; ok {
		t.Error("a circuit without calibration has a calibrated loss")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Measures(ctx, run, c, list); err == nil {
		t.Error("measures after an interrupt")
	}
}

// TestNumbers: faithfulness is a ratio of means, not a mean of ratios, and KL is of the
// softmax.
func TestNumbers(t *testing.T) {
	list := []example{
		{full: answered{margin: 4}, alone: answered{margin: 1}, empty: answered{margin: 0}},
		{full: answered{margin: 2}, alone: answered{margin: 5}, empty: answered{margin: 1}},
	}
	for _, x := range numbers(list, false) {
		if x.Name == "faithfulness" && x.Mean != 1 {
			t.Errorf("%+v", x) // (1 + 4) / (4 + 1)
		}
	}
	want := 0.25*math.Log(0.25/0.5) + 0.75*math.Log(0.75/0.5)
	got := kl([]float32{0, float32(math.Log(3))}, []float32{2, 2})
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("KL %v, want %v", got, want)
	}
}
