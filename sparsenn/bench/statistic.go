package main

import (
	"math/rand/v2"
	"slices"
)

// Estimate is a median and its 95 % interval.
type Estimate struct {
	Median float64 `json:"median"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
}

// median of v, which is not changed; 0 for none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// resamples is how often a bootstrap draws.
const resamples = 4000

// bootstrap is the median of v and the percentile interval of the medians of
// samples drawn from it with replacement. The same v gives the same interval.
func bootstrap(v []float64) Estimate {
	if len(v) == 0 {
		return Estimate{}
	}
	rng := rand.New(rand.NewPCG(1, uint64(len(v))))
	medians, sample := make([]float64, resamples), make([]float64, len(v))
	for i := range medians {
		for j := range sample {
			sample[j] = v[rng.IntN(len(v))]
		}
		medians[i] = median(sample)
	}
	slices.Sort(medians)
	return Estimate{median(v), medians[resamples*25/1000], medians[resamples-1-resamples*25/1000]}
}

// pairs are the times of ours and a peer, run in turn.
type pairs struct {
	ours, peer []float64
}

// ratios are ours/peer, pair by pair: what slows both of a pair cancels.
func (p pairs) ratios() []float64 {
	r := make([]float64, len(p.ours))
	for i := range r {
		r[i] = p.ours[i] / p.peer[i]
	}
	return r
}
