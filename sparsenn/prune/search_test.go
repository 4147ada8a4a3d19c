package prune

import (
	"testing"

	"pgregory.net/rapid"
)

// TestPlan: a bracket tries eight settings for a quarter of the steps, the best
// three of them for a half, the best of these for all, and then the next begins.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		center := DefaultHyper()
		seed := rapid.Uint64().Draw(t, "seed")
		var done []Trial
		for range rapid.IntRange(1, 30).Draw(t, "trials") {
			next := plan(center, seed, done)
			if again := plan(center, seed, done); again != next {
				t.Fatal("another plan the second time")
			}
			if err := next.Hyper.Validate(); err != nil {
				t.Fatal(err)
			}
			at := len(done) % 12
			wantRung := map[bool]int{at < 8: 0, at >= 8 && at < 11: 1, at == 11: 2}[true]
			if next.Bracket != len(done)/12 || next.Rung != wantRung {
				t.Fatalf("trial %d is bracket %d, rung %d", len(done), next.Bracket, next.Rung)
			}
			if want := []int{100, 200, 400}[wantRung]; next.Hyper.Steps != want {
				t.Fatalf("rung %d has %d steps", wantRung, next.Hyper.Steps)
			}
			if wantRung > 0 {
				for _, d := range done[next.Bracket*12:] {
					if d.Rung == wantRung-1 && d.Seed == next.Seed {
						h := d.Hyper
						h.Steps = next.Hyper.Steps
						if h != next.Hyper {
							t.Fatal("promoted with other settings")
						}
					}
				}
				smaller := 0
				for _, d := range done[next.Bracket*12:] {
					if d.Rung == wantRung-1 && d.size() < sizeOf(done[next.Bracket*12:], wantRung-1, next.Seed) {
						smaller++
					}
				}
				if limit := rungs[wantRung].count; smaller >= limit {
					t.Fatalf("promoted though %d of its rung are smaller", smaller)
				}
			}
			next.Reached = rapid.Bool().Draw(t, "reached")
			next.Nodes, next.Edges = rapid.IntRange(1, 99).Draw(t, "nodes"), rapid.IntRange(0, 99).Draw(t, "edges")
			next.Bound = rapid.Float64Range(0, 1).Draw(t, "bound")
			done = append(done, next)
		}
	})
}

func sizeOf(trials []Trial, rung int, seed uint64) float64 {
	for _, d := range trials {
		if d.Rung == rung && d.Seed == seed {
			return d.size()
		}
	}
	return -1
}

func TestDrawBeginsAtTheCenter(t *testing.T) {
	c := DefaultHyper()
	if got := draw(c, 9, 0, 0); got != c {
		t.Errorf("the first place is %+v", got)
	}
	if got := draw(c, 9, 0, 1); got == c {
		t.Error("the second place is the centre too")
	}
	if draw(c, 9, 1, 0) == draw(c, 8, 1, 0) {
		t.Error("the seed does not matter")
	}
}

func TestTrialSize(t *testing.T) {
	small, big := Trial{Reached: true, Nodes: 5, Edges: 4}, Trial{Reached: true, Nodes: 5, Edges: 5}
	near, far := Trial{Bound: 0.2}, Trial{Bound: 0.6}
	for i, list := range []Trial{small, big, near} {
		if next := []Trial{big, near, far}[i]; !(list.size() < next.size()) {
			t.Errorf("%+v is not before %+v", list, next)
		}
	}
}
