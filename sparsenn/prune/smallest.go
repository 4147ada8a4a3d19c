package prune

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/ablate"

	"golang.org/x/sync/errgroup"
)

// rank orders nodes by τ, the largest first. Many gates end at the clamp; among
// equals the one that the loss pulls open most comes first, then the one that
// comes first in the forward pass.
func rank(tau, gradient []float64) []int {
	order := make([]int, len(tau))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(tau[b], tau[a]), cmp.Compare(gradient[a], gradient[b]))
	})
	return order
}

// judge measures masks on the select split and says whether they are good
// enough: mean loss plus Confidence standard errors is at most the target, so
// that the loss on other prompts of the task is below it too.
type judge struct {
	*ablate.Evaluator
	probe              *ablate.Evaluator // of the first examples
	target, confidence float64
}

func (j *judge) good(m ablate.Mask) (ok bool, loss float64, err error) {
	loss, se, err := j.Loss(m)
	if err != nil {
		return false, 0, err
	}
	return j.bound(loss, se) <= j.target, loss, nil
}

func (j *judge) bound(loss, se float64) float64 {
	if j.confidence == 0 {
		return loss
	}
	return loss + j.confidence*se
}

// smallest bisects for the fewest nodes of an order that are good enough
// (Gao et al., §3.5). It looks below open, the number of gates that training
// left open; more than these are asked for only if these do not do, since loss
// is no monotone function of how many closed ones are added. reached is false
// if not even all nodes are good enough; the mask then keeps all.
func (j *judge) smallest(order []int, open int) (m ablate.Mask, reached bool, err error) {
	first := func(k int) ablate.Mask {
		m := make(ablate.Mask, len(order))
		for _, i := range order[:k] {
			m[i] = true
		}
		return m
	}
	lo, hi := -1, open // hi is to be good, lo is not
	for {
		ok, _, err := j.good(first(hi))
		if err != nil {
			return nil, false, err
		}
		if ok {
			break
		}
		if hi == len(order) {
			return first(hi), false, nil
		}
		lo, hi = hi, min(len(order), max(16, hi+hi/4))
	}
	for hi-lo > 1 {
		k := (lo + hi) / 2
		ok, _, err := j.good(first(k))
		if err != nil {
			return nil, false, err
		}
		if ok {
			hi = k
		} else {
			lo = k
		}
	}
	return first(hi), true, nil
}

// probePairs is how many examples say which node is missed least; whether it
// may go is for all of them to say.
const probePairs = ablate.ChunkPairs

// hopeless is how far above the target, in nats, the probe's loss without a node
// lies that all examples need not be asked about.
const hopeless = 0.1

// eliminate takes out nodes that the circuit can do without, the least missed
// first, as long as it stays good enough: the paper's removal by hand of
// negligible nodes (§3.9), by rule. A round measures what every node alone is
// worth and takes out as many of the least as may go together, a quarter at
// most; where not even the first may, the others are tried alone. It ends when
// no single node may go.
//
// rng, which may be nil, shakes the order.
func (j *judge) eliminate(ctx context.Context, m ablate.Mask, rng *rand.Rand) (ablate.Mask, error) {
	m = slices.Clone(m)
	without := func(nodes ...int) ablate.Mask {
		n := slices.Clone(m)
		for _, i := range nodes {
			n[i] = false
		}
		return n
	}
	for {
		order, losses, err := j.worth(ctx, m, rng)
		if err != nil || len(order) == 0 {
			return m, err
		}
		lo, hi := 0, max(1, len(order)/4)+1 // lo may go, hi may not
		for k := hi - 1; k > lo; k = (lo + hi) / 2 {
			ok, _, err := j.good(without(order[:k]...))
			if err != nil {
				return nil, err
			}
			if ok {
				lo = k
			} else {
				hi = k
			}
		}
		if lo > 0 {
			m = without(order[:lo]...)
			continue
		}
		gone := false
		for k, i := range order {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("eliminating nodes: %w", err)
			}
			if k == 0 || losses[k] > j.target+hopeless {
				continue // the first was tried above
			}
			ok, _, err := j.good(without(i))
			if err != nil {
				return nil, err
			}
			if ok {
				m, gone = without(i), true
				break
			}
		}
		if !gone {
			return m, nil
		}
	}
}

// worth orders the nodes of a mask by the loss without each alone, the least
// missed first. With a source of randomness the order is shaken: the gaps to the
// least missed are stretched or shrunk by up to three quarters.
func (j *judge) worth(ctx context.Context, m ablate.Mask, rng *rand.Rand) (order []int, losses []float64, err error) {
	type candidate struct {
		node int
		loss float64
	}
	var all []candidate
	for i, kept := range m {
		if kept {
			all = append(all, candidate{node: i})
		}
	}
	// The probe is one program's worth of examples: two nodes at a time.
	var group errgroup.Group
	group.SetLimit(2)
	for k := range all {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("eliminating nodes: %w", err)
			}
			n := slices.Clone(m)
			n[all[k].node] = false
			loss, _, err := j.probe.Loss(n)
			all[k].loss = loss
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	if rng != nil && len(all) > 0 {
		least := slices.MinFunc(all, func(a, b candidate) int { return cmp.Compare(a.loss, b.loss) }).loss
		for k := range all {
			all[k].loss = least + (all[k].loss-least)*(0.25+1.5*rng.Float64())
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.loss, b.loss) })
	for _, c := range all {
		order, losses = append(order, c.node), append(losses, c.loss)
	}
	return order, losses, nil
}
