package main

import "circuitbook/sparsenn/stat"

// Median is a median and its 95 % interval.
type Median struct {
	Median float64 `json:"median"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
}

// bootstrap is the median of v with its interval. The same v gives the same one.
func bootstrap(v []float64) Median {
	if len(v) == 0 {
		return Median{}
	}
	sample := make([]float64, len(v))
	e := stat.Bootstrap(stat.Median(v), len(v), func(index func(n int) int) float64 {
		for j := range sample {
			sample[j] = v[index(len(v))]
		}
		return stat.Median(sample)
	})
	return Median{e.Mean, e.Lo, e.Hi}
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
