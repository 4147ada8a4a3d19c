package prune

import (
	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/task"
)

// criterion measures masks on the select split and says whether they are good
// enough: mean loss plus Confidence standard errors is at most the target, so
// that the loss on other prompts of the task is below it too.
//
// Small masks go through the host pass, where the model has one. The two agree
// to rounding; slack keeps a circuit from being good enough in one alone.
type criterion struct {
	*ablate.Evaluator
	probe              *ablate.Evaluator // of the first examples
	host, quickProbe   *ablate.Host      // nil for models without
	target, confidence float64
	calibrate          bool
	// left, which may be nil, is told the size of the circuit in every round of
	// elimination.
	left func(nodes int)
}

const (
	// hostNodes is up to how many nodes the host pass is the faster one.
	hostNodes = 100
	// slack, in nats, is many times what rounding changes of a mean loss.
	slack = 1e-4
)

func newCriterion(on *ablate.Evaluator, examples []task.Example, c Config) (*criterion, error) {
	few := examples[:min(len(examples), probePairs)]
	probe, err := on.Of(few, ablate.LengthOf(examples))
	if err != nil {
		return nil, err
	}
	j := &criterion{Evaluator: on, probe: probe, target: c.Target, confidence: c.Confidence, calibrate: c.Calibrate}
	if q, err := on.Host(); err == nil {
		j.host, j.quickProbe = q, q.First(len(few))
	}
	return j, nil
}

// small says whether a mask goes through the host pass.
func (j *criterion) small(m ablate.Mask) bool { return j.host != nil && m.Count() <= hostNodes }

// hold prepares for masks that differ little from one.
func (j *criterion) hold(m ablate.Mask) error {
	if !j.small(m) {
		return nil
	}
	if err := j.quickProbe.Hold(m); err != nil {
		return err
	}
	return j.host.Hold(m)
}

// good says whether a mask is good enough, and its loss if it is.
func (j *criterion) good(m ablate.Mask) (ok bool, loss float64, err error) {
	if !j.small(m) {
		margins, err := j.Margins(m)
		if err != nil {
			return false, 0, err
		}
		loss, se, _ := j.loss(margins)
		return j.bound(loss, se) <= j.target, loss, nil
	}
	var margins ablate.Margins
	if j.calibrate {
		// The first examples alone, calibrated for themselves, cost no less.
		if loss, err := j.glance(m); err != nil || loss*float64(j.quickProbe.Pairs()) > j.target*float64(j.host.Pairs()) {
			return false, 0, err
		}
		margins, err = j.host.Margins(m)
	} else if margins, ok, err = j.host.Within(m, j.target); !ok {
		return false, 0, err
	}
	if err != nil {
		return false, 0, err
	}
	loss, se, _ := j.loss(margins)
	return j.bound(loss, se) <= j.target-slack, loss, nil
}

// loss is the mean loss and its standard error, under a calibration of its own
// if that is asked for.
func (j *criterion) loss(m ablate.Margins) (loss, se float64, c ablate.Calibration) {
	if c = ablate.Plain; j.calibrate {
		c = ablate.Calibrate(m)
		m = c.Apply(m)
	}
	loss, se = m.Mean()
	return loss, se, c
}

// glance is the loss of a mask on the probe.
func (j *criterion) glance(m ablate.Mask) (float64, error) {
	run := j.probe.Margins
	if j.small(m) {
		run = j.quickProbe.Margins
	}
	margins, err := run(m)
	if err != nil {
		return 0, err
	}
	loss, _, _ := j.loss(margins)
	return loss, nil
}

func (j *criterion) bound(loss, se float64) float64 {
	if j.confidence == 0 {
		return loss
	}
	return loss + j.confidence*se
}
