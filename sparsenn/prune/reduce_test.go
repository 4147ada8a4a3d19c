package prune

import (
	"context"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/train/traintest"
)

// TestReduce: at its own target a circuit that was eliminated stays as it is, at a
// looser one some of its nodes are left, with the loss that was asked for, and at
// one that it misses it is left alone.
func TestReduce(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick()
	r, err := Run(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Best.Reached || r.Best.Nodes < 2 {
		t.Fatalf("%+v has nothing to reduce", r.Best)
	}
	reduce := func(target float64) (*circuit.Circuit, Trial) {
		t.Helper()
		c := c
		c.Target = target
		x, trial, err := Reduce(context.Background(), run, brackets(), c, r.Circuit)
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Nodes) != trial.Nodes || len(x.Edges) != trial.Edges || x.Target != target || x.Check() != nil {
			t.Errorf("%d nodes and %d edges for %v, %v; the trial says %+v", len(x.Nodes), len(x.Edges), x.Target, x.Check(), trial)
		}
		for _, n := range x.Nodes {
			if was, ok := r.Circuit.Find(n.Node); !ok || was.Gate != n.Gate || was.Mean != n.Mean {
				t.Errorf("%+v was %+v", n, was)
			}
		}
		return x, trial
	}
	if _, same := reduce(c.Target); !same.Reached || same.Nodes != r.Best.Nodes || same.Edges != r.Best.Edges || same.Loss != r.Best.Loss {
		t.Errorf("at its own target %+v is made %+v", r.Best, same)
	}
	if _, less := reduce(0.75); !less.Reached || less.Nodes >= r.Best.Nodes || less.Bound > 0.75 || !less.Eliminated || less.Ranked != r.Best.Nodes {
		t.Errorf("at a loose target %+v is made %+v", r.Best, less)
	}
	if _, same := reduce(1e-3); same.Reached || same.Nodes != r.Best.Nodes || same.Eliminated {
		t.Errorf("at a target that it misses %+v is made %+v", r.Best, same)
	}
	other := *r.Circuit
	other.Run = "train-other"
	if _, _, err := Reduce(context.Background(), run, brackets(), c, &other); err == nil || !strings.Contains(err.Error(), "train-other") {
		t.Errorf("a circuit of another run: %v", err)
	}
	if r.Circuit.Weights != run.Model.Digest() {
		t.Errorf("the circuit is of weights %q, the model's are %s", r.Circuit.Weights, run.Model.Digest())
	}
	retrained := traintest.Moved(t, run, "lm_head.weight")
	if _, _, err := Reduce(context.Background(), retrained, brackets(), c, r.Circuit); err == nil || !strings.Contains(err.Error(), "trained anew") {
		t.Errorf("a circuit of other weights: %v", err)
	}
	if _, err := Sizes(context.Background(), retrained, brackets(), c, r, []float64{0.5}); err == nil || !strings.Contains(err.Error(), "trained anew") {
		t.Errorf("sizes of a pruning of other weights: %v", err)
	}
	c.Target = -1
	if _, _, err := Reduce(context.Background(), run, brackets(), c, r.Circuit); err == nil || !strings.Contains(err.Error(), "target") {
		t.Errorf("a target below zero: %v", err)
	}
}
