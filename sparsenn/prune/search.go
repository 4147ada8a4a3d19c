package prune

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Trial is one attempt at a circuit: a line of the search's log.
type Trial struct {
	Bracket int `json:"bracket"`
	// Rung is 0 for gates of some settings and a share of the steps, 1 for the
	// bracket's best settings and all steps, 2 for a change of the best circuit
	// so far, which trains no gates.
	Rung    int    `json:"rung"`
	Seed    uint64 `json:"seed"`
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

// size orders trials: those that meet the target by nodes, equal ones by edges and
// then by their loss, then the others by how far they miss it.
func (t Trial) size() float64 {
	if !t.Reached {
		return 1e9 + t.Bound
	}
	return float64(t.Nodes) + (min(float64(t.Edges), 9e5)+min(0.5, t.Bound/10))/1e6
}

// A bracket of the search: some settings for a share of Hyper.Steps at as much
// larger a learning rate, the best of them for all steps, and then changes of the best circuit so far.
const (
	bracketDraws   = 4
	firstShare     = 0.5
	bracketFinals  = 1
	bracketChanges = 12
	perBracket     = bracketDraws + bracketFinals + bracketChanges
)

// The rungs of a trial.
const (
	rungDraw   = iota // settings drawn around the centre, a share of the steps
	rungFinal         // the best settings of the bracket, all steps
	rungChange        // no gates: a change of the best circuit so far
)

// draw is settings at random around a centre, for one place of a bracket: a
// function of seed and place. Place 0 of bracket 0 is the centre itself. The
// ranges are a third to three times, wider for the penalties.
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
	h.LogPenalty = spread(h.LogPenalty, 6)
	return h
}

// plan is the next trial of a search, given those that were done, which must be
// all that plan asked for before. It never ends: the caller's budget does.
func plan(center Hyper, seed uint64, done []Trial) Trial {
	bracket, at := len(done)/perBracket, len(done)%perBracket
	t := Trial{Bracket: bracket, Seed: seed + uint64(len(done))}
	switch {
	case at < bracketDraws:
		t.Rung = rungDraw
		t.Hyper = draw(center, seed, bracket, at)
		// Fewer steps have to be longer ones.
		t.Hyper.Steps = max(1, int(math.Round(firstShare*float64(center.Steps))))
		t.Hyper.LR /= firstShare
	case at < bracketDraws+bracketFinals:
		t.Rung = rungFinal
		best := slices.MinFunc(done[bracket*perBracket:], func(a, b Trial) int { return cmp.Compare(a.size(), b.size()) })
		t.Hyper, t.Seed = best.Hyper, best.Seed
		t.Hyper.Steps, t.Hyper.LR = center.Steps, best.Hyper.LR*firstShare
	default:
		t.Rung = rungChange
	}
	return t
}
