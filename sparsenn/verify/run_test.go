package verify

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// TestRun: the losses and accuracies are those of the parts run the slow way, the
// effects those of the nodes and edges ablated one by one, and the second call
// loads what the first measured.
func TestRun(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	calls := 0
	r, err := Run(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{Progress: func(p artifact.Progress) {
		if calls++; p.Done != float64(calls) || p.Of < p.Done {
			t.Errorf("progress %+v at call %d", p, calls)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Circuit.Check(); err != nil {
		t.Fatal(err)
	}
	examples := reportOf(t, run, config)
	alone, err := Alone(context.Background(), run, c)
	if err != nil {
		t.Fatal(err)
	}
	without, err := Without(context.Background(), run, c)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Circuit.Proof
	for name, x := range map[string][2]float64{
		"full":    {p.Full.Mean, lossOf(t, run.Model, examples)},
		"alone":   {p.Alone.Mean, lossOf(t, alone, examples)},
		"removed": {p.Removed.Mean, lossOf(t, without, examples)},
	} {
		if !near(x[0], x[1]) {
			t.Errorf("%s: %v, the slow way %v", name, x[0], x[1])
		}
	}
	if p.Full.Mean == p.Alone.Mean || p.Full.Mean == p.Removed.Mean {
		t.Error("nothing was ablated: the test shows nothing")
	}
	if p.Full.N != config.Examples || p.RandomAlone.N != config.Random || p.RandomRemoved.N != config.Random {
		t.Errorf("n: %d, %d, %d", p.Full.N, p.RandomAlone.N, p.RandomRemoved.N)
	}
	score, err := task.Measure(alone, examples)
	if err != nil || !near(score.Accuracy, r.Accuracy) {
		t.Errorf("accuracy %v, by task.Measure %v, %v", r.Accuracy, score.Accuracy, err)
	}

	few := examples[:config.EffectExamples]
	base := lossOf(t, alone, few)
	moved := false
	for i, n := range r.Circuit.Nodes {
		if n.Effect == nil {
			t.Fatalf("%s has no effect", n.Node)
		}
		moved = moved || math.Abs(*n.Effect) > 1e-3
		if i%7 == 0 {
			less := *c
			less.Nodes = append(append([]circuit.Kept{}, c.Nodes[:i]...), c.Nodes[i+1:]...)
			less.Edges = nil
			without, err := Alone(context.Background(), run, &less)
			if err != nil {
				t.Fatal(err)
			}
			if want := lossOf(t, without, few) - base; !near(*n.Effect, want) {
				t.Errorf("%s: effect %v, ablated alone %v", n.Node, *n.Effect, want)
			}
		}
	}
	if !moved {
		t.Error("no node matters: the test shows nothing")
	}
	for _, e := range r.Circuit.Edges {
		if e.Effect == nil {
			t.Fatalf("%s has no effect", e)
		}
	}

	// A digest is no part of what names a proof: those of circuits without one stay.
	weighed := *c
	weighed.Weights = run.Model.Digest()
	for _, c := range []*circuit.Circuit{c, &weighed} {
		again, err := Run(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{Progress: func(artifact.Progress) { t.Error("measured again") }})
		if err != nil || !reflect.DeepEqual(again.Circuit, r.Circuit) || !reflect.DeepEqual(again.Facts, r.Facts) {
			t.Errorf("loaded otherwise than measured, %v", err)
		}
	}
	if r.Circuit.Weights != run.Model.Digest() {
		t.Errorf("what was proved is of weights %q, the model's are %s", r.Circuit.Weights, run.Model.Digest())
	}
}

// TestEdgeEffect: what ablating an edge does is what a change of the one channel
// that it writes does, where nothing selects in between.
func TestEdgeEffect(t *testing.T) {
	tinytest.Runs(t)
	dense := tinytest.Untrained(t, func(c *trainConfig) { *c = c.Dense() })
	c := tinytest.Every(t, dense, 5)
	config := quick()
	p, err := newProver(context.Background(), dense, task.BracketCounting(), c, config)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Alone(context.Background(), dense, c)
	if err != nil {
		t.Fatal(err)
	}
	few := reportOf(t, dense, config)[:config.EffectExamples]
	checked := map[string]int{}
	for i := range c.Edges {
		e := &c.Edges[i]
		kind := e.From.Kind() + " " + e.To.Kind()
		if checked[kind] > 0 || e.To.Kind() != "resid_delta" {
			continue
		}
		checked[kind]++
		cut, err := p.without(e)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := cut.Loss(p.kept)
		if err != nil {
			t.Fatal(err)
		}
		if want := lossWithShift(t, alone, few, e, float64(p.carried(e.From))); !near(got, want) {
			t.Errorf("%s: loss %v, by shifting its target %v", e, got, want)
		}
	}
	if len(checked) != 2 {
		t.Errorf("checked %v", checked)
	}
}

func TestRunErrors(t *testing.T) {
	tinytest.Runs(t)
	run := tinytest.Untrained(t, nil)
	good := tinytest.Every(t, run, 50)
	for want, call := range map[string]func(c *circuit.Circuit, x *Config){
		"the circuit is of other": func(c *circuit.Circuit, _ *Config) { c.Run = "other" },
		"of a model of shape":     func(c *circuit.Circuit, _ *Config) { c.Model.Vocab++ },
		"examples is 1":           func(_ *circuit.Circuit, x *Config) { x.Examples = 1 },
		"random is 0":             func(_ *circuit.Circuit, x *Config) { x.Random = 0 },
		"max_tokens is 0":         func(_ *circuit.Circuit, x *Config) { x.MaxTokens = 0 },
		"effect_examples is -1":   func(_ *circuit.Circuit, x *Config) { x.EffectExamples = -1 },
		"confidence is":           func(_ *circuit.Circuit, x *Config) { x.Confidence = math.NaN() },
		"0.attn.q[999]": func(c *circuit.Circuit, _ *Config) {
			c.Nodes[3].Node = circuit.Node{Site: "0.attn.q", Index: 999}
			c.Edges = nil
		},
	} {
		c, x := *good, quick()
		c.Nodes = append([]circuit.Kept{}, good.Nodes...)
		call(&c, &x)
		if _, err := Run(context.Background(), run, task.BracketCounting(), &c, x, artifact.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, run, task.BracketCounting(), good, quick(), artifact.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestAttribution: its nodes are those of the largest first-order loss.
func TestAttribution(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	c.Target = 5
	p, err := newProver(context.Background(), run, task.BracketCounting(), c, config)
	if err != nil {
		t.Fatal(err)
	}
	list, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: 8, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.attribution(list, 0)
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.on.Of(list, ablate.LengthOf(list))
	if err != nil {
		t.Fatal(err)
	}
	_, gradient, err := e.Gradient(e.All())
	if err != nil {
		t.Fatal(err)
	}
	m := make(ablate.Mask, len(gradient))
	for range p.kept.Count() {
		best := -1
		for i, g := range gradient {
			if !m[i] && (best < 0 || g < gradient[best]) {
				best = i
			}
		}
		m[best] = true
	}
	margins, err := p.on.Margins(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := stat.Mean(margins.Losses()); got != a.AtSize {
		t.Errorf("loss at size %+v, want %+v", a.AtSize, got)
	}
	if !a.Reached || a.Nodes != 1 {
		t.Errorf("a target that anything meets: %+v", a)
	}
	p.circuit.Target = 1e-9
	if a, err = p.attribution(list, 0); err != nil || a.Reached || a.Nodes != p.on.Space.Len() {
		t.Errorf("a target that nothing meets: %+v, %v", a, err)
	}
}

// TestRunIsOfTheWeights: what was measured in one model is not loaded for another
// one of the same name.
func TestRunIsOfTheWeights(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	measured := func(in *train.Result) (n int) {
		if _, err := Run(context.Background(), in, task.BracketCounting(), c, config, artifact.Options{Progress: func(artifact.Progress) { n++ }}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	other := traintest.Moved(t, run, "lm_head.weight")
	if a, b, again := measured(run), measured(other), measured(run); a == 0 || b == 0 || again != 0 {
		t.Errorf("%d measurements at first, %d in the other model, %d again: want some, some, none", a, b, again)
	}
}
