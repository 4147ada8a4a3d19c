package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// TestParent: a circuit is run and proved in the model that it is of and in no
// other, and what does not fit is named. One without a digest, as files had none
// once, is judged by its edges.
func TestParent(t *testing.T) {
	tinytest.Runs(t)
	run := tinytest.Untrained(t, func(c *train.Config) { *c = c.Dense() })
	good := tinytest.Every(t, run, 40)
	if len(good.Edges) < 3 {
		t.Fatalf("%d edges", len(good.Edges))
	}
	good.Weights = run.Model.Digest()
	of := func(e circuit.Edge) string {
		name, _, _, err := good.Model.Place(e.From, e.To)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	biased := slices.IndexFunc(good.Nodes, func(n circuit.Kept) bool { _, _, ok := good.Model.BiasPlace(n.Node); return ok })
	for name, c := range map[string]struct {
		change   func(c *circuit.Circuit)
		run      *train.Result
		say      string
		partsToo bool // whether Alone and Without refuse it as well
	}{
		"retrained":                    {run: traintest.Moved(t, run, "lm_head.weight"), say: "trained anew", partsToo: true},
		"retrained, no digest":         {run: traintest.Moved(t, run, of(good.Edges[1])), change: func(c *circuit.Circuit) { c.Weights = "" }, say: "has weight", partsToo: true},
		"forged edge":                  {change: func(c *circuit.Circuit) { c.Edges[1].Weight *= 1.001 }, say: good.Edges[1].String(), partsToo: true},
		"forged edge, no digest":       {change: func(c *circuit.Circuit) { c.Weights, c.Edges[1].Weight = "", 3 }, say: good.Edges[1].String(), partsToo: true},
		"missing edge":                 {change: func(c *circuit.Circuit) { c.Edges = slices.Delete(c.Edges, 1, 2) }, say: "lacks the edge " + good.Edges[1].String()},
		"no edges":                     {change: func(c *circuit.Circuit) { c.Edges = nil }, say: "lacks the edge " + good.Edges[0].String()},
		"forged bias":                  {change: func(c *circuit.Circuit) { c.Nodes[biased].Bias = 7 }, say: "node " + good.Nodes[biased].String(), partsToo: true},
		"forged digest":                {change: func(c *circuit.Circuit) { c.Weights = strings.Repeat("0", 32) }, say: "trained anew", partsToo: true},
		"another task":                 {change: func(c *circuit.Circuit) { c.Task = "single_double_quote" }, say: `single_double_quote`},
		"edge that the model has not":  {run: withoutEdge(t, run, good.Model, good.Edges[2]), change: func(c *circuit.Circuit) { c.Weights = "" }, say: good.Edges[2].String(), partsToo: true},
		"as it was made":               {},
		"as it was made, no digest":    {change: func(c *circuit.Circuit) { c.Weights = "" }},
		"weights to seven digits":      {change: func(c *circuit.Circuit) { c.Edges[1].Weight *= 1 + 1e-9 }},
		"biases unknown, as version 1": {change: func(c *circuit.Circuit) { c.Nodes[biased].Bias = 0 }},
	} {
		x := *good
		x.Nodes, x.Edges = slices.Clone(good.Nodes), slices.Clone(good.Edges)
		if c.change != nil {
			c.change(&x)
		}
		in := run
		if c.run != nil {
			in = c.run
		}
		few := Config{Examples: 2, MaxTokens: 32, Random: 1, EffectExamples: 1}
		ctx := context.Background()
		_, proved := Run(ctx, in, task.BracketCounting(), &x, few, artifact.Options{})
		_, effects := Effects(ctx, in, task.BracketCounting(), &x, few, artifact.Options{})
		_, alone := Alone(ctx, in, &x)
		_, without := Without(ctx, in, &x)
		if c.say == "" {
			x.Nodes[0].Mean += 3 // what a file says of it is not what is measured
			r, err := Run(ctx, in, task.BracketCounting(), &x, few, artifact.Options{})
			if err != nil || r.Circuit.Nodes[0].Mean != good.Nodes[0].Mean || r.Circuit.Nodes[biased].Bias != good.Nodes[biased].Bias {
				t.Errorf("%s: %v, or a mean or a bias that is not the model's", name, err)
			}
		}
		for by, err := range map[string]error{"Run": proved, "Effects": effects, "Alone": alone, "Without": without} {
			refused := c.say != "" && (c.partsToo || by == "Run" || by == "Effects")
			if refused != (err != nil) || refused && !strings.Contains(err.Error(), c.say) {
				t.Errorf("%s, %s: %v, want %q", name, by, err, c.say)
			}
		}
	}
}

// withoutEdge is a run whose model has no weight at an edge.
func withoutEdge(t *testing.T, run *train.Result, s circuit.Shape, e circuit.Edge) *train.Result {
	t.Helper()
	name, row, col, err := s.Place(e.From, e.To)
	if err != nil {
		t.Fatal(err)
	}
	width, err := s.Width(e.From.Site)
	if err != nil {
		t.Fatal(err)
	}
	values, err := run.Model.Values(name)
	if err != nil {
		t.Fatal(err)
	}
	values = slices.Clone(values)
	values[row*width+col] = 0
	other := *run
	if other.Model, err = run.Model.With(name, values); err != nil {
		t.Fatal(err)
	}
	return &other
}

// TestRunIsOfTheList: what was measured on a list of pairs is not loaded for another
// one of its name; nor are effects.
func TestRunIsOfTheList(t *testing.T) {
	tinytest.Runs(t)
	run := tinytest.Untrained(t, nil)
	c := tinytest.Every(t, run, 60)
	c.Task = "ages"
	ages := func(n int) task.Task {
		var pairs []task.Pair
		for i := range n {
			pairs = append(pairs, task.Pair{Prompt: fmt.Sprintf("ages = [%d", i), Counter: fmt.Sprintf("ages = {%d", i), Target: ",", Alt: ":"})
		}
		list, err := task.FromPairs("ages", "", pairs)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	few := Config{Examples: 16, MaxTokens: 32, Random: 1, EffectExamples: 1}
	measured := func(of task.Task) (proof, effects int) {
		ctx := context.Background()
		if _, err := Run(ctx, run, of, c, few, artifact.Options{Progress: func(artifact.Progress) { proof++ }}); err != nil {
			t.Fatal(err)
		}
		if _, err := Effects(ctx, run, of, c, few, artifact.Options{Progress: func(artifact.Progress) { effects++ }}); err != nil {
			t.Fatal(err)
		}
		return proof, effects
	}
	for _, x := range []struct {
		pairs int
		anew  bool
	}{{100, true}, {100, false}, {400, true}, {100, false}} {
		if p, e := measured(ages(x.pairs)); x.anew != (p > 0) || x.anew != (e > 0) {
			t.Errorf("%d pairs: %d and %d measurements, want new ones: %v", x.pairs, p, e, x.anew)
		}
	}
}
