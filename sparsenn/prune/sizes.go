package prune

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Sizes says how large circuits are at several target losses, given a finished
// pruning (Gao et al., Figs 2 and 3, have size over target loss): the fewest nodes
// of one order that meet each of them on the select split, without elimination.
// The order is that of the pruning, nodes of its circuit before all others and
// those with larger gates first; it is not chosen anew for a target, so that sizes
// never fall as the target does, but for what noise in the loss lets bisection miss.
// c is the pruning's config, whose Target is not used. The results are in the
// order of targets; where no number of nodes meets one, Reached is false and Nodes
// and Edges are the whole model's. Nothing is stored.
func Sizes(ctx context.Context, run *train.Result, t task.Task, c Config, from *Result, targets []float64) ([]Trial, error) {
	fail := func(err error) ([]Trial, error) {
		return nil, fmt.Errorf("sizes of circuits of %s for %s: %w", run.Name, t.Name, err)
	}
	if _, err := ablate.Parent(run, from.Circuit); err != nil {
		return fail(err)
	}
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, err
	}
	if s.stats, err = ablate.Measure(ctx, run); err != nil {
		return fail(err)
	}
	w := &work{subject: s, ctx: ctx}
	if err := w.prepare(); err != nil {
		return fail(err)
	}
	order, first, err := w.order(from)
	if err != nil {
		return fail(err)
	}
	var out []Trial
	for _, target := range targets {
		if err := context.Cause(ctx); err != nil {
			return fail(err)
		}
		if !(target > 0) {
			return fail(fmt.Errorf("a target of %v; targets are positive", target))
		}
		w.criterion.target, w.config.Target = target, target
		f := &found{trial: Trial{Rung: rungFinal, Seed: c.Seed, Hyper: from.Best.Hyper}, tau: from.Tau}
		if f.mask, f.trial.Reached, err = w.criterion.smallest(order, first); err != nil {
			return fail(err)
		}
		f.trial.Ranked = f.mask.Count()
		if err := w.size(f); err != nil {
			return fail(err)
		}
		out = append(out, f.trial)
	}
	return out, nil
}

// order is the order of nodes that a pruning stands for, and how many of them are
// its circuit.
func (w *work) order(from *Result) (order []int, first int, err error) {
	sp := w.criterion.Space
	if len(from.Tau) != sp.Len() {
		return nil, 0, fmt.Errorf("the pruning has gates of %d nodes, the model %d", len(from.Tau), sp.Len())
	}
	kept := make([]bool, sp.Len())
	if from.Best.Reached {
		var nodes []circuit.Node
		for _, n := range from.Circuit.Nodes {
			nodes = append(nodes, n.Node)
		}
		if kept, err = sp.MaskOf(nodes); err != nil {
			return nil, 0, err
		}
		first = len(nodes)
	}
	order = make([]int, sp.Len())
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		if kept[i] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(from.Tau[b], from.Tau[a]))
	})
	return order, first, nil
}
