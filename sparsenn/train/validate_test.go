package train

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"circuitbook/sparsenn/model"
)

// TestValidateIsTheMean: the validation loss is that of all windows, not of
// the last batch of them.
func TestValidateIsTheMean(t *testing.T) {
	c := small()
	tr, err := newTrainer(c, Extension{})
	if err != nil {
		t.Fatal(err)
	}
	var windows []int32
	sum := 0.0
	for i := range 3 {
		batch := tokensFor(c, i)
		loss, _ := gradients(t, tr, batch)
		sum += loss
		windows = append(windows, batch...)
	}
	got, _, err := tr.validate(windows)
	if err != nil || math.Abs(got-sum/3) > 1e-5 {
		t.Errorf("validation loss %v, %v; the batches have the mean %v", got, err, sum/3)
	}
}

// TestDeadNeurons: a neuron is dead if it is zero on every window, and only
// then.
func TestDeadNeurons(t *testing.T) {
	c := small().Dense() // without AbsTopK, which silences neurons too
	tr, err := newTrainer(c, Extension{})
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, value func(i int) float32) {
		i := slices.IndexFunc(tr.params, func(p model.Param) bool { return p.Name == name })
		v := make([]float32, tr.params[i].Size())
		for j := range v {
			v[j] = value(j)
		}
		tr.weights[i] = tensors.FromFlatDataAndDimensions(v, tr.params[i].Shape...)
	}
	windows := slices.Concat(tokensFor(c, 0), tokensFor(c, 1))
	set("transformer.h.0.mlp.c_fc.weight", func(int) float32 { return 0 })
	for _, want := range []int{0, 5, c.Model.DMLP} {
		set("transformer.h.0.mlp.c_fc.bias", func(i int) float32 {
			if i < want {
				return -100 // where GELU is exactly 0
			}
			return -1
		})
		if _, dead, err := tr.validate(windows); err != nil || !slices.Equal(dead, []int{want}) {
			t.Errorf("dead neurons %v, %v; want [%d]", dead, err, want)
		}
	}
}
