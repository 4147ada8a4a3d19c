package prune

import (
	"math"
	"math/rand/v2"
)

// Trial is one pruning with one set of settings: a line of the search's log.
type Trial struct {
	Bracket int    `json:"bracket"`
	Rung    int    `json:"rung"`
	Seed    uint64 `json:"seed"` // of the gates and their batches
	Hyper   Hyper  `json:"hyper"`
	Reached bool   `json:"reached"` // whether any of its circuits meets the target
	Nodes   int    `json:"nodes"`   // of the smallest that does; of the whole model if none
	Edges   int    `json:"edges"`
	// Loss and Bound are the circuit's mean loss on the select split and what
	// was held against the target.
	Loss    float64 `json:"loss"`
	Bound   float64 `json:"bound"`
	Seconds float64 `json:"seconds"`
	// Eliminated says that nodes were taken out one by one after the ranking,
	// and Ranked how many there were before.
	Eliminated bool `json:"eliminated,omitempty"`
	Ranked     int  `json:"ranked,omitempty"`
}

// size orders trials: those that meet the target by nodes + edges, then the
// others by how far they miss it.
func (t Trial) size() float64 {
	if !t.Reached {
		return 1e9 + t.Bound
	}
	return float64(t.Nodes + t.Edges)
}

// rungs are the shares of Hyper.Steps at which successive halving compares, and
// how many of a bracket get there.
var rungs = []struct {
	share float64
	count int
}{{0.25, 8}, {0.5, 3}, {1, 1}}

// draw is settings at random around a centre, for one place of a bracket: a
// function of seed and place. Place 0 of bracket 0 is the centre itself. The
// ranges are a third to three times, wider for the penalty.
func draw(center Hyper, seed uint64, bracket, place int) Hyper {
	h := center
	if bracket == 0 && place == 0 {
		return h
	}
	rng := rand.New(rand.NewPCG(seed, uint64(bracket)<<32|uint64(place)|0x7365<<48))
	spread := func(v, factor float64) float64 { return v * math.Exp((2*rng.Float64()-1)*math.Log(factor)) }
	h.Penalty = spread(h.Penalty, 6)
	h.LR = spread(h.LR, 3)
	h.Temperature = spread(h.Temperature, 3)
	h.InitBias = min(1, spread(h.InitBias, 3))
	h.InitScale = spread(h.InitScale, 3)
	h.WeightDecay = spread(h.WeightDecay, 3)
	h.Beta2 = 1 - min(0.5, spread(1-h.Beta2, 3))
	return h
}

// plan is the next trial of a search, given those that were done, which must be
// all that plan asked for before. It never ends: the caller's budget does.
func plan(center Hyper, seed uint64, done []Trial) Trial {
	perBracket := 0
	for _, r := range rungs {
		perBracket += r.count
	}
	bracket, at := len(done)/perBracket, len(done)%perBracket
	current := done[bracket*perBracket:]
	t := Trial{Bracket: bracket}
	for r, rung := range rungs {
		if at >= rung.count {
			at -= rung.count
			continue
		}
		t.Rung = r
		if r == 0 {
			t.Hyper = draw(center, seed, bracket, at)
			t.Seed = seed + uint64(bracket)*1000 + uint64(at)
		} else {
			parent := nthBest(current, r-1, at)
			t.Hyper, t.Seed = parent.Hyper, parent.Seed
		}
		t.Hyper.Steps = max(1, int(math.Round(rung.share*float64(center.Steps))))
		return t
	}
	panic("unreachable")
}

// nthBest is the n-th smallest trial of a rung, ties by order.
func nthBest(trials []Trial, rung, n int) Trial {
	var of []Trial
	for _, t := range trials {
		if t.Rung == rung {
			of = append(of, t)
		}
	}
	for i := range of {
		for j := i; j > 0 && of[j].size() < of[j-1].size(); j-- {
			of[j], of[j-1] = of[j-1], of[j]
		}
	}
	return of[n]
}
