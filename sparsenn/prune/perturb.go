package prune

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/ablate"
)

// perturb looks for another circuit near one that is good enough: it opens
// nodes that training kept open or that the loss pulls open most, as many again
// as the circuit has, and eliminates in a shaken order. What elimination left is
// a local minimum, since it never takes a node back; this is how the search
// leaves it. The result is good enough, though it may be larger.
func (j *judge) perturb(ctx context.Context, m ablate.Mask, tau []float32, rng *rand.Rand) (ablate.Mask, error) {
	_, gradient, err := j.Gradient(m)
	if err != nil {
		return nil, err
	}
	var byGate, byPull []int
	for i, kept := range m {
		if !kept {
			byGate, byPull = append(byGate, i), append(byPull, i)
		}
	}
	slices.SortStableFunc(byGate, func(a, b int) int { return cmp.Compare(tau[b], tau[a]) })
	slices.SortStableFunc(byPull, func(a, b int) int { return cmp.Compare(gradient[a], gradient[b]) })
	size := max(8, m.Count())
	open := func(order []int, share float64) ablate.Mask {
		n := slices.Clone(m)
		for _, i := range order[:min(len(order), size)] {
			if rng.Float64() < share {
				n[i] = true
			}
		}
		return n
	}
	order := byGate
	if rng.IntN(3) == 0 {
		order = byPull
	}
	n := open(order, 0.3+0.6*rng.Float64())
	if ok, _, err := j.good(n); err != nil {
		return nil, err
	} else if !ok {
		n = slices.Clone(m)
	}
	return j.eliminate(ctx, n, rng)
}
