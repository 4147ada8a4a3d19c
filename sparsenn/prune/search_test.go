package prune

import (
	"testing"

	"pgregory.net/rapid"
)

// TestPlan: a bracket tries some settings for half of the steps, the best of
// them for all, then changes of the best circuit, and then the next begins.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		center := defaultHyper()
		seed := rapid.Uint64().Draw(t, "seed")
		var done []Trial
		seeds := map[uint64]bool{}
		for range rapid.IntRange(1, 2*perBracket+3).Draw(t, "trials") {
			next := plan(center, seed, done)
			if again := plan(center, seed, done); again != next {
				t.Fatal("another plan the second time")
			}
			at := len(done) % perBracket
			current := done[len(done)-at:]
			if next.Bracket != len(done)/perBracket {
				t.Fatalf("trial %d is in bracket %d", len(done), next.Bracket)
			}
			switch {
			case at < bracketDraws:
				if next.Rung != rungDraw || next.Hyper.Steps != center.Steps/2 || next.Hyper.Validate() != nil {
					t.Fatalf("trial %d is %+v", len(done), next)
				}
			case at < bracketDraws+bracketFinals:
				best := current[0]
				for _, d := range current {
					if d.size() < best.size() {
						best = d
					}
				}
				h := best.Hyper
				h.Steps, h.LR = center.Steps, h.LR/2
				if next.Rung != rungFinal || next.Hyper != h || next.Seed != best.Seed {
					t.Fatalf("trial %d is %+v, the best of the bracket %+v", len(done), next, best)
				}
			default:
				if next.Rung != rungChange {
					t.Fatalf("trial %d is %+v", len(done), next)
				}
			}
			if next.Rung != rungFinal {
				if seeds[next.Seed] {
					t.Fatalf("trial %d has the seed of another", len(done))
				}
				seeds[next.Seed] = true
			}
			next.Reached = rapid.Bool().Draw(t, "reached")
			next.Nodes, next.Edges = rapid.IntRange(1, 99).Draw(t, "nodes"), rapid.IntRange(0, 99).Draw(t, "edges")
			next.Bound = rapid.Float64Range(0, 1).Draw(t, "bound")
			done = append(done, next)
		}
	})
}

func TestDrawBeginsAtTheCenter(t *testing.T) {
	c := defaultHyper()
	if got := draw(c, 9, 0, 0); got != c {
		t.Errorf("the first place is %+v", got)
	}
	if got := draw(c, 9, 0, 1); got == c {
		t.Error("the second place is the centre too")
	}
	// Half the steps, twice the rate.
	if first := plan(c, 9, nil).Hyper; first.LR != 2*c.LR || 2*first.Steps != c.Steps {
		t.Errorf("the first trial takes %d steps at %v", first.Steps, first.LR)
	}
	if draw(c, 9, 1, 0) == draw(c, 8, 1, 0) {
		t.Error("the seed does not matter")
	}
}

func TestTrialSize(t *testing.T) {
	small, big := Trial{Reached: true, Nodes: 5, Edges: 4}, Trial{Reached: true, Nodes: 5, Edges: 5}
	many, few := Trial{Reached: true, Nodes: 5, Edges: 900}, Trial{Reached: true, Nodes: 6, Edges: 1}
	close := Trial{Reached: true, Nodes: 5, Edges: 4, Bound: 0.1}
	near, far := Trial{Bound: 0.2}, Trial{Bound: 0.6}
	for i, list := range []Trial{small, close, big, many, few, near} {
		if next := []Trial{close, big, many, few, near, far}[i]; !(list.size() < next.size()) {
			t.Errorf("%+v is not before %+v", list, next)
		}
	}
}
