package experiment

import (
	"testing"

	"circuitbook/sparsenn/train"
)

// small is a model that trains in a second.
func small(t testing.TB, seed uint64) train.Config {
	t.Helper()
	c, err := train.Scale("tiny", seed)
	if err != nil {
		t.Fatal(err)
	}
	c.Steps, c.ValidEvery, c.ValidWindows = 12, 6, 4
	return c
}

// guessing finds a circuit of anything in a second: guessing meets its target.
func guessing(t testing.TB) Config {
	t.Helper()
	c, err := Scale("tiny", 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Prune.Target, c.Prune.Confidence, c.Prune.Hyper.Steps = 0.72, 0, 4
	c.Prune.Fit, c.Prune.Select = 16, 16
	c.Prove.Examples, c.Prove.Random, c.Prove.Attribution = 16, 2, 0
	return c
}

// points are two models and circuits in them.
func points(t testing.TB) []Point {
	t.Helper()
	a, b := small(t, 0), small(t, 1).Dense()
	return []Point{
		{Name: "brackets in a", Train: a, Examples: 16, Task: "bracket_counting", Study: guessing(t), Targets: []float64{0.8, 1e-9}},
		{Name: "a", Train: a, Examples: 16},
		{Name: "quotes in b", Train: b, Examples: 16, Task: "single_double_quote", Study: guessing(t)},
	}
}

// bare is a row without what depends on the clock.
func bare(r Row) Row {
	r.Seconds, r.Peak = 0, 0
	if r.Circuit != nil {
		c := *r.Circuit
		c.SearchSeconds = 0
		r.Circuit = &c
	}
	return r
}
