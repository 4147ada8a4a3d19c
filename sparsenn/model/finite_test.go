package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "circuitbook/sparsenn/model"
)

// TestWeightsAreFinite: no model has a weight that is NaN or infinite, whichever
// parameter it is in, and the error says which.
func TestWeightsAreFinite(t *testing.T) {
	m := alphabet(t)
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		for _, p := range m.Config.Params() {
			v, err := m.Values(p.Name)
			if err != nil {
				t.Fatal(err)
			}
			v = slices.Clone(v)
			v[len(v)-1] = bad
			all := map[string][]float32{p.Name: v}
			for _, q := range m.Config.Params() {
				if q.Name != p.Name {
					if all[q.Name], err = m.Values(q.Name); err != nil {
						t.Fatal(err)
					}
				}
			}
			_, from := FromValues(m.Config, all)
			_, with := m.With(p.Name, v)
			for _, err := range []error{from, with} {
				if err == nil || !strings.Contains(err.Error(), p.Name) || !strings.Contains(err.Error(), "damaged") {
					t.Errorf("%v in %s: %v", bad, p.Name, err)
				}
			}
		}
	}
}

// TestOverflow: weights that are finite and too large are an error where they make
// something infinite.
func TestOverflow(t *testing.T) {
	m := alphabet(t)
	head, err := m.Values("lm_head.weight")
	if err != nil {
		t.Fatal(err)
	}
	if m, err = m.With("lm_head.weight", slices.Repeat([]float32{math.MaxFloat32}, len(head))); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Record([][]int32{{1, 2}}, []Site{FinalResid}); err != nil {
		t.Errorf("before anything is too large: %v", err)
	}
	_, recorded := m.Record([][]int32{{1, 2}}, []Site{Logits})
	_, next := m.Next([][]int32{{1, 2}})
	for _, err := range []error{recorded, next} {
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Error(err)
		}
	}
}
