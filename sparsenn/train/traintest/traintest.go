// Package traintest makes small models for tests: not trained, but with weights
// so large that some choices of nodes do a little better than guessing.
package traintest

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

// factor is what matrices and embeddings are multiplied by.
const factor = 12

// Amplified is train.Untrained of a config with its matrices and embeddings amplified.
// Its name is that of the untrained run, whose weights it does not have.
func Amplified(t testing.TB, c train.Config) *train.Result {
	t.Helper()
	run, err := train.Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, p := range c.Model.Params() {
		v, err := run.Model.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		v = slices.Clone(v)
		if p.Kind == model.Matrix || p.Kind == model.Embedding {
			for i := range v {
				v[i] *= factor
			}
		}
		values[p.Name] = v
	}
	if run.Model, err = model.FromValues(c.Model, values); err != nil {
		t.Fatal(err)
	}
	return run
}

// Moved is a run of the same name with other weights: every value of one parameter
// is larger by 1. The run itself stays as it is.
func Moved(t testing.TB, run *train.Result, parameter string) *train.Result {
	t.Helper()
	values, err := run.Model.Values(parameter)
	if err != nil {
		t.Fatal(err)
	}
	values = slices.Clone(values)
	for i := range values {
		values[i]++
	}
	other := *run
	if other.Model, err = run.Model.With(parameter, values); err != nil {
		t.Fatal(err)
	}
	return &other
}
