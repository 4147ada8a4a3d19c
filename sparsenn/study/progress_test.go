package study

import (
	"math"
	"testing"

	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/train"

	"pgregory.net/rapid"
)

// TestPart: a part's share lies in the part and rises with what it came from.
func TestPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Float64Range(0, 1).Draw(t, "from")
		to := rapid.Float64Range(from, 1).Draw(t, "to")
		a := rapid.Float64Range(-1, 2).Draw(t, "a")
		b := rapid.Float64Range(a, 2).Draw(t, "b")
		var got []float64
		o := Options{Progress: func(p Progress) { got = append(got, p.Share) }}.part(from, to, "x")
		o.report(a, "", "")
		o.report(b, "", "")
		if got[0] > got[1] || got[0] < from || got[1] > to+1e-12 {
			t.Fatalf("%v in [%v, %v]", got, from, to)
		}
	})
}

func TestPartNames(t *testing.T) {
	var got Progress
	o := Options{Progress: func(p Progress) { got = p }, Roots: []string{"r"}}
	o.part(0, 1, "seed 1").part(0.5, 1, "").report(0.5, "pruning", "note")
	if got != (Progress{0.75, "seed 1: pruning", "note"}) {
		t.Errorf("%+v", got)
	}
	if o.part(0, 1, "a").Roots[0] != "r" {
		t.Error("roots are lost")
	}
}

// TestSilent: without a callback nothing is made to be called.
func TestSilent(t *testing.T) {
	var o Options
	o.report(1, "", "")
	o = o.part(0, 1, "a")
	if o.Progress != nil || PruningProgress(o.Progress) != nil || o.proving() != nil || o.training() != nil {
		t.Error("a callback where none was given")
	}
}

// TestPruningShare: with a budget its share counts, else the steps'; it never
// falls, though every trial starts at step 0.
func TestPruningShare(t *testing.T) {
	var got []Progress
	o := Options{Progress: func(p Progress) { got = append(got, p) }}
	f := PruningProgress(o.Progress)
	f(prune.Progress{Step: 1, Steps: 2})
	f(prune.Progress{Trials: 1, Best: &prune.Trial{}})
	f(prune.Progress{Spent: 3, Budget: 4, Step: 1, Steps: 100, Trials: 2, Best: &prune.Trial{Reached: true, Nodes: 5, Edges: 6}})
	f(prune.Progress{Spent: 5, Budget: 4, Left: 7})
	want := []Progress{{0.5, "pruning", "0 trials"}, {0.5, "pruning", "1 trials"}, {0.75, "pruning", "2 trials, best 5 nodes and 6 edges"}, {1, "pruning", "0 trials, 7 nodes left"}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestOtherShares(t *testing.T) {
	var got Progress
	o := Options{Progress: func(p Progress) { got = p }}
	o.proving()(1, 4)
	if got != (Progress{0.25, "measuring", "1 of 4"}) {
		t.Errorf("%+v", got)
	}
	o.training()(train.Metric{Step: 9, Loss: 2}, 10)
	if got != (Progress{1, "training", "loss 2.000"}) {
		t.Errorf("after the last step: %+v", got)
	}
	o.proving()(0, 0)
	if math.IsNaN(got.Share) {
		t.Error("of nothing")
	}
}
