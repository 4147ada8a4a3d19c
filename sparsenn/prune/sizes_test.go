package prune

import (
	"circuitbook/sparsenn/artifact"
	"context"
	"strings"
	"testing"
)

// TestSizes: at its own target a pruning's order needs no more nodes than its
// circuit has; looser targets need no more than stricter ones, and one that no
// circuit meets is said to be missed.
func TestSizes(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick()
	r, err := Run(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	targets := []float64{0.69, 0.685, c.Target, 0.67, 1e-9}
	list, err := Sizes(context.Background(), run, brackets(), c, r, targets)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range list {
		t.Logf("%v: %+v", targets[i], s)
		if s.Reached != (s.Bound <= targets[i]) {
			t.Errorf("at %v: reached %v with a loss of %v", targets[i], s.Reached, s.Bound)
		}
		if i > 0 && s.Nodes < list[i-1].Nodes {
			t.Errorf("%d nodes at %v, %d at %v", s.Nodes, targets[i], list[i-1].Nodes, targets[i-1])
		}
	}
	if own := list[2]; !own.Reached || own.Nodes > r.Best.Nodes || own.Nodes == 0 {
		t.Errorf("%d nodes at the circuit's own target, it has %d", own.Nodes, r.Best.Nodes)
	}
	if last := list[4]; last.Reached || last.Nodes != len(r.Tau) {
		t.Errorf("a target of nothing: %+v", last)
	}
	if c.Target != quick().Target {
		t.Error("the config was changed")
	}

	if _, err := Sizes(context.Background(), run, brackets(), c, r, []float64{0}); err == nil || !strings.Contains(err.Error(), "positive") {
		t.Errorf("a target of 0: %v", err)
	}
	other := *r
	other.Tau = r.Tau[1:]
	if _, err := Sizes(context.Background(), run, brackets(), c, &other, targets); err == nil || !strings.Contains(err.Error(), "gates") {
		t.Errorf("gates of another model: %v", err)
	}
	bare := *r.Circuit
	bare.Run = "train-0"
	other = *r
	other.Circuit = &bare
	if _, err := Sizes(context.Background(), run, brackets(), c, &other, targets); err == nil || !strings.Contains(err.Error(), "train-0") {
		t.Errorf("a pruning of another run: %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Sizes(stopped, run, brackets(), c, r, targets); err == nil {
		t.Error("it went on when it was cancelled")
	}
}

// TestTrials: a search of so many trials has as many, whatever they take, and is
// the same when it is made again.
func TestTrials(t *testing.T) {
	c := quick()
	c.Trials, c.Hyper.Steps = 6, 10
	run := untrained(t)
	var last []Trial
	for range 2 {
		runsIn(t)
		share := 0.0
		r, err := Run(context.Background(), run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
			if share < p.Share() && p.Share() != float64(int(6*p.Share()+0.5))/6 {
				t.Errorf("of six trials a share of %v is done", p.Share())
			}
			if p.Share() < share {
				t.Errorf("a share of %v after %v", p.Share(), share)
			}
			share = p.Share()
		}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Trials) != 6 || r.Trials[4].Rung != rungFinal || r.Trials[5].Rung != rungChange {
			t.Fatalf("%d trials: %+v", len(r.Trials), r.Trials)
		}
		for i := range r.Trials {
			r.Trials[i].Seconds = 0
		}
		for i := range last {
			if last[i] != r.Trials[i] {
				t.Errorf("trial %d: %+v, then %+v", i, last[i], r.Trials[i])
			}
		}
		last = r.Trials
	}
	c.Budget = 5
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "trials") {
		t.Errorf("seconds and trials: %v", err)
	}
}
