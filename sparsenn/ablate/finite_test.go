package ablate

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// TestNoLossOfNaN: where a model's weights or means are so large that margins are
// none, every way to measure is an error, and means that are none are named.
func TestNoLossOfNaN(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	blown := func(m *model.Model) *model.Model {
		head, err := m.Values("lm_head.weight")
		if err != nil {
			t.Fatal(err)
		}
		v := slices.Clone(head)
		for i := range v {
			v[i] = math.MaxFloat32
		}
		if m, err = m.With("lm_head.weight", v); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := small(t, func(c *model.Config) { c.DPos = 0 })
	list := examples(t, task.BracketCounting(), 2, false)
	e := mustEvaluator(t, blown(m), someStats(m), list, Options{})
	few := e.All().Not()
	few[0] = true
	_, margins := e.Margins(few)
	_, _, loss := e.Loss(e.All())
	_, _, gradient := e.Gradient(e.All())
	q, err := e.Host()
	if err != nil {
		t.Fatal(err)
	}
	_, quick := q.Margins(few)
	for by, err := range map[string]error{"Margins": margins, "Loss": loss, "Gradient": gradient, "Quick": quick} {
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("%s: %v", by, err)
		}
	}
	bad := someStats(m)
	bad.Mean["1.mlp.post_act"][3] = float32(math.Inf(1))
	if _, err := NewEvaluator(m, bad, list, Options{}); err == nil || !strings.Contains(err.Error(), "1.mlp.post_act[3]") {
		t.Errorf("a mean that is none: %v", err)
	}
	other := someStats(m)
	other.Weights = strings.Repeat("0", 32)
	if _, err := NewEvaluator(m, other, list, Options{}); err == nil || !strings.Contains(err.Error(), "of another model") {
		t.Errorf("means of other weights: %v", err)
	}

	run := untrained(t)
	table, err := run.Model.Values("transformer.h.0.mlp.c_proj.weight")
	if err != nil {
		t.Fatal(err)
	}
	if run.Model, err = run.Model.With("transformer.h.0.mlp.c_proj.weight", slices.Repeat([]float32{1e30}, len(table))); err != nil {
		t.Fatal(err)
	}
	if _, err := Measure(context.Background(), run); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("means that overflow: %v", err)
	}
}
