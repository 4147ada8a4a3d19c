package prune

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/ablate"
)

// perturb looks for another circuit near one that is good enough: it opens
// nodes that training kept open or that the loss pulls open most, from two to as
// many again as the circuit has, and eliminates in a shaken order. What
// elimination left is a local minimum, since it never takes a node back; this is
// how the search leaves it. The result is good enough, though it may be larger.
func (j *criterion) perturb(ctx context.Context, m ablate.Mask, tau []float32, rng *rand.Rand) (ablate.Mask, error) {
	calibration := ablate.Plain
	if j.calibrate {
		margins, err := j.probe.Margins(m)
		if err != nil {
			return nil, err
		}
		calibration = ablate.Calibrate(margins)
	}
	_, gradient, _, err := j.probe.GradientUnder(m, calibration)
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
	order := byGate
	if rng.IntN(2) == 0 {
		order = byPull
	}
	// Of the first nodes of the order, half are opened: mostly few, which is quick.
	most := max(8, m.Count())
	first := 4 + int(float64(2*most-4)*math.Pow(rng.Float64(), 2))
	n := slices.Clone(m)
	for _, i := range order[:min(len(order), first)] {
		if rng.IntN(2) == 0 {
			n[i] = true
		}
	}
	if ok, _, err := j.good(n); err != nil {
		return nil, err
	} else if !ok {
		n = slices.Clone(m)
	}
	return j.eliminate(ctx, n, rng)
}
