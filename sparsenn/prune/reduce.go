package prune

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Reduce takes nodes out of a circuit one by one, the least missed first, as long
// as what is left meets the target of c on the select split: the last step of
// [Run] for a circuit that is there, such as one found for a stricter target. It
// trains no gates and stores nothing. The trial says how large the result is, and
// of what loss; where the circuit itself misses the target, Reached is false and
// the result has its nodes. A circuit of another run, or of other weights, is an error.
func Reduce(ctx context.Context, run *train.Result, t task.Task, c Config, from *circuit.Circuit) (*circuit.Circuit, Trial, error) {
	fail := func(err error) (*circuit.Circuit, Trial, error) {
		return nil, Trial{}, fmt.Errorf("reducing a circuit of %s for %s: %w", run.Name, t.Name, err)
	}
	if _, err := ablate.Parent(run, from); err != nil {
		return fail(err)
	}
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, Trial{}, err
	}
	if s.stats, err = ablate.Measure(ctx, run); err != nil {
		return fail(err)
	}
	w := &work{subject: s, ctx: ctx}
	if err := w.prepare(); err != nil {
		return fail(err)
	}
	var nodes []circuit.Node
	for _, n := range from.Nodes {
		nodes = append(nodes, n.Node)
	}
	f := &found{trial: Trial{Rung: rungChange, Seed: c.Seed, Hyper: c.Hyper, Ranked: len(nodes)}, tau: make([]float32, w.criterion.Space.Len())}
	if f.mask, err = w.criterion.Space.MaskOf(nodes); err != nil {
		return fail(err)
	}
	for _, n := range from.Nodes {
		i, err := w.criterion.Space.Index(n.Node)
		if err != nil {
			return fail(err)
		}
		f.tau[i] = float32(n.Gate)
	}
	if f.trial.Reached, _, err = w.criterion.good(f.mask); err != nil {
		return fail(err)
	}
	if f.trial.Reached {
		err = w.finish(f)
	} else {
		err = w.size(f)
	}
	if err != nil {
		return fail(err)
	}
	out, err := w.circuit(f)
	if err != nil {
		return fail(err)
	}
	return out, f.trial, nil
}
