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

// smallest bisects for the fewest nodes of an order that are good enough
// (Gao et al., §3.5). It looks below open, the number of gates that training
// left open; more than these are asked for only if these do not do, since loss
// is no monotone function of how many closed ones are added. reached is false
// if not even all nodes are good enough; the mask then keeps all.
func (j *criterion) smallest(order []int, open int) (m ablate.Mask, reached bool, err error) {
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
const hopeless = 0.05

// partAtOnce is which part of the loss that is left several nodes may cost.
const partAtOnce = 1. / 3

// wholeRounds is after how many rounds of elimination every node is measured anew.
const wholeRounds = 4

// eliminate takes out nodes that the circuit can do without, the least missed
// first, as long as it stays good enough: the paper's removal by hand of
// negligible nodes (§3.9), by rule. A round measures what nodes alone are
// worth and takes out as many of the least as may go together, a quarter at
// most; where not even the first may, the others are tried alone. It ends when
// no single node may go.
//
// rng, which may be nil, shakes the order.
func (j *criterion) eliminate(ctx context.Context, m ablate.Mask, rng *rand.Rand) (ablate.Mask, error) {
	m = slices.Clone(m)
	without := func(nodes ...int) ablate.Mask {
		n := slices.Clone(m)
		for _, i := range nodes {
			n[i] = false
		}
		return n
	}
	// The nodes from the least missed to the most, as last measured, and how many of
	// the first are measured again in the next round. What a node is missed by
	// changes little by what others go.
	var stale []int
	again := 0
	for round := 1; ; round++ {
		if j.left != nil {
			j.left(m.Count())
		}
		if again == 0 {
			stale = kept(m)
			again = len(stale)
		}
		whole := again == len(stale)
		if err := j.hold(m); err != nil {
			return nil, err
		}
		order, losses, err := j.effects(ctx, m, stale[:again], rng)
		if err != nil || len(order) == 0 {
			return m, err
		}
		stale = append(order, stale[again:]...)
		// What is missed little alone may be missed together: many at once may cost
		// a part of what is left to the target, only a single one all of it.
		fine, now, err := j.good(m)
		if err != nil {
			return nil, err
		}
		most := j.target
		if fine && m.Count() <= hostNodes {
			most = now + partAtOnce*(j.target-now)
		}
		lo, hi := 0, max(1, len(order)/4)+1 // lo may go, hi may not
		for k := hi - 1; k > lo; k = (lo + hi) / 2 {
			ok, loss, err := j.good(without(order[:k]...))
			if err != nil {
				return nil, err
			}
			if ok && (k == 1 || loss <= most) {
				lo = k
			} else {
				hi = k
			}
		}
		if lo > 0 {
			m, stale, again = without(order[:lo]...), stale[lo:], 0
			if round%wholeRounds != 0 {
				again = min(len(stale), max(8, len(stale)/3))
			}
			continue
		}
		again = 0
		if !whole {
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

// kept lists the nodes of a mask.
func kept(m ablate.Mask) []int {
	var nodes []int
	for i, k := range m {
		if k {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// worth orders some nodes of a mask by the loss without each alone, the least
// missed first. With a source of randomness the order is shaken: the gaps to the
// least missed are stretched or shrunk by up to three quarters.
func (j *criterion) effects(ctx context.Context, m ablate.Mask, nodes []int, rng *rand.Rand) (order []int, losses []float64, err error) {
	type candidate struct {
		node int
		loss float64
	}
	var all []candidate
	for _, i := range nodes {
		all = append(all, candidate{node: i})
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
			loss, err := j.glance(n)
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
