package prune

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/ablate"
)

// perturb looks for a smaller circuit near one that is good enough: it opens a
// few of the closed nodes that the loss pulls open most, shuts a few of the
// others where that does no harm, and eliminates again in a shaken order. What
// elimination left is a local minimum, since it never takes a node back; this is
// how the search leaves it. The result is good enough, though it may be larger.
func (j *judge) perturb(ctx context.Context, m ablate.Mask, rng *rand.Rand) (ablate.Mask, error) {
	_, gradient, err := j.Gradient(m)
	if err != nil {
		return nil, err
	}
	var closed, open []int
	for i, kept := range m {
		if kept {
			open = append(open, i)
		} else {
			closed = append(closed, i)
		}
	}
	slices.SortStableFunc(closed, func(a, b int) int { return cmp.Compare(gradient[a], gradient[b]) })
	n := slices.Clone(m)
	pool := closed[:min(len(closed), 24)]
	for range 1 + rng.IntN(6) {
		if len(pool) > 0 {
			n[pool[rng.IntN(len(pool))]] = true
		}
	}
	if ok, _, err := j.good(n); err != nil {
		return nil, err
	} else if !ok {
		n = slices.Clone(m)
	}
	for range 1 + rng.IntN(4) {
		if len(open) == 0 {
			break
		}
		i := open[rng.IntN(len(open))]
		was := n[i]
		n[i] = false
		ok, _, err := j.good(n)
		if err != nil {
			return nil, err
		}
		n[i] = was && !ok
	}
	return j.eliminate(ctx, n, rng)
}
