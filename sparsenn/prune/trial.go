package prune

import (
	"fmt"
	"math/rand/v2"
	"time"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
)

// found is a circuit as a mask, with what it came from.
type found struct {
	trial Trial
	mask  ablate.Mask
	tau   []float32
	// calibration is what the criterion read its logits by.
	calibration ablate.Calibration
}

// try is one trial: gates, ranking, the smallest circuit, elimination; or a
// change of the best circuit so far.
func (w *work) try(t Trial) (*found, error) {
	started := time.Now()
	f := &found{trial: t}
	var err error
	switch {
	case t.Rung == rungChange && w.best.trial.Reached:
		f.tau, f.trial.Reached, f.trial.Ranked = w.best.tau, true, w.best.trial.Nodes
		f.trial.Hyper = w.best.trial.Hyper
		rng := rand.New(rand.NewPCG(t.Seed, 0x6368616e6765))
		if f.mask, err = w.criterion.perturb(w.ctx, w.best.mask, w.best.tau, rng); err != nil {
			return nil, err
		}
		f.trial.Eliminated = true
		err = w.size(f)
	case t.Rung == rungChange: // there is nothing to change
		f.trial = w.best.trial
		f.trial.Bracket, f.trial.Rung, f.trial.Seed = t.Bracket, t.Rung, t.Seed
		f.mask, f.tau, f.calibration = w.best.mask, w.best.tau, w.best.calibration
	default:
		err = w.fromGates(f)
	}
	f.trial.Seconds = time.Since(started).Seconds()
	return f, err
}

// maxRanked is the size up to which a draw's circuit goes through elimination.
const maxRanked = 80

// fromGates trains gates and finds the smallest circuit that they rank first.
func (w *work) fromGates(f *found) error {
	g, err := newGates(w.criterion.Evaluator, w.fit, f.trial.Hyper, f.trial.Seed)
	if err != nil {
		return err
	}
	g.calibrate = w.config.Calibrate
	if err := g.all(w.ctx, func(step, steps int, loss float64) {
		w.report(step, steps, fmt.Sprintf("step %d of %d, loss %.3f", step, steps, loss))
	}); err != nil {
		return err
	}
	for _, x := range g.tau {
		f.tau = append(f.tau, float32(x))
	}
	if f.mask, f.trial.Reached, err = w.criterion.smallest(rank(g.tau, g.first), g.open().Count()); err != nil {
		return err
	}
	f.trial.Ranked = f.mask.Count()
	// A draw that ranks far more nodes than others need is not worth the time.
	if f.trial.Reached && w.config.Eliminate && (f.trial.Rung != rungDraw || f.trial.Ranked <= maxRanked) {
		return w.finish(f)
	}
	return w.size(f)
}

// finish takes nodes out one by one.
func (w *work) finish(f *found) (err error) {
	if f.mask, err = w.criterion.eliminate(w.ctx, f.mask, nil); err != nil {
		return err
	}
	f.trial.Eliminated = true
	return w.size(f)
}

// size fills in what a trial found.
func (w *work) size(f *found) error {
	margins, err := w.criterion.Margins(f.mask)
	if err != nil {
		return err
	}
	var loss, se float64
	loss, se, f.calibration = w.criterion.loss(margins)
	f.trial.Loss, f.trial.Bound = loss, w.criterion.bound(loss, se)
	// The compiled program has the last word on what the host pass chose.
	f.trial.Reached = f.trial.Reached && f.trial.Bound <= w.config.Target
	c, err := w.circuit(f)
	if err != nil {
		return err
	}
	f.trial.Nodes, f.trial.Edges = len(c.Nodes), len(c.Edges)
	return nil
}

// circuit is a mask as a circuit.
func (w *work) circuit(f *found) (*circuit.Circuit, error) {
	sp := w.criterion.Space
	c := &circuit.Circuit{Task: w.task.Name, Run: w.run.Name, Weights: w.identity.Weights, Model: sp.Shape, Ablation: circuit.MeanAblation, Target: w.config.Target,
		FreezeNorms: w.config.Ablation.FreezeNorms}
	if w.config.Calibrate {
		c.Calibrated, c.LogitScale, c.LogitShift = true, f.calibration.Scale, f.calibration.Shift
	}
	var means []float32
	if w.config.Ablation.Zero {
		c.Ablation = circuit.ZeroAblation
	} else {
		means = w.stats.Flat(sp)
	}
	var nodes []circuit.Kept
	for i, kept := range f.mask {
		if kept {
			k := circuit.Kept{Node: sp.Node(i), Gate: float64(f.tau[i])}
			if means != nil {
				k.Mean = float64(means[i])
			}
			nodes = append(nodes, k)
		}
	}
	var err error
	c.Nodes, c.Edges, err = circuit.Build(sp.Shape, nodes, ablate.Lookup(w.run.Model))
	return c, err
}
