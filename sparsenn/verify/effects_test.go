package verify

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/task"
)

// TestEffects: they are the rises of the loss on select pairs, not those on report
// pairs that Run gives, whatever the circuit brings with it; the second call loads.
func TestEffects(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 11)
	ctx := context.Background()
	proved, err := Run(ctx, run, task.BracketCounting(), c, config, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Effects(ctx, run, task.BracketCounting(), c, config, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Proof != nil || len(got.Nodes) != len(c.Nodes) || len(got.Edges) != len(c.Edges) || c.Nodes[0].Effect != nil {
		t.Fatalf("a proof %v, %d nodes and %d edges; the circuit that was given has changed: %v", got.Proof, len(got.Nodes), len(got.Edges), c.Nodes[0].Effect != nil)
	}
	few, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: config.EffectExamples, Seed: config.Seed, MaxTokens: config.MaxTokens})
	if err != nil {
		t.Fatal(err)
	}
	lossWithout := func(nodes []circuit.Kept) float64 {
		less := *c
		less.Nodes, less.Edges = nodes, nil
		p, err := Alone(ctx, run, &less)
		if err != nil {
			t.Fatal(err)
		}
		return lossOf(t, p, few)
	}
	base, differ := lossWithout(c.Nodes), false
	for i, n := range got.Nodes {
		if n.Effect == nil {
			t.Fatalf("%s has no effect", n.Node)
		}
		differ = differ || math.Abs(*n.Effect-*proved.Circuit.Nodes[i].Effect) > 1e-3
		if i%9 == 0 {
			if want := lossWithout(append(append([]circuit.Kept{}, c.Nodes[:i]...), c.Nodes[i+1:]...)) - base; !near(*n.Effect, want) {
				t.Errorf("%s: effect %v, ablated alone %v", n.Node, *n.Effect, want)
			}
		}
	}
	for _, e := range got.Edges {
		if e.Effect == nil {
			t.Fatalf("%s has no effect", e)
		}
	}
	if !differ {
		t.Error("the effects on select and on report pairs are the same: the test shows nothing")
	}
	again, err := Effects(ctx, run, task.BracketCounting(), proved.Circuit, config, artifact.Options{Progress: func(artifact.Progress) { t.Error("measured again") }})
	if err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("of the proved circuit, or loaded: otherwise than measured, %v", err)
	}
}

func TestEffectsErrors(t *testing.T) {
	tinytest.Runs(t)
	run, config := tinytest.Untrained(t, nil), quick()
	c := tinytest.Every(t, run, 29)
	config.EffectExamples = 0
	if _, err := Effects(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{}); err == nil || !strings.Contains(err.Error(), "effect_examples") {
		t.Errorf("no examples: %v", err)
	}
	config.EffectExamples = 4
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Effects(ctx, run, task.BracketCounting(), c, config, artifact.Options{}); err == nil {
		t.Error("cancelled, and no error")
	}
	c.Run = "train-other"
	if _, err := Effects(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{}); err == nil {
		t.Error("of another run, and no error")
	}
}
