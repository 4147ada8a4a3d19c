package study

import (
	"fmt"

	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/train"
)

// Options are what does not change a result.
type Options struct {
	// Progress is called now and then, from the goroutine of the call; what is
	// loaded is not reported step by step.
	Progress func(Progress)
	// Roots are read-only folders of finished artifacts, looked up after the
	// user's.
	Roots []string
}

// Progress is where a study stands.
type Progress struct {
	// Share of all the call does, from 0 to 1; it never falls. What it weighs is
	// a guess, so it does not grow evenly.
	Share float64
	Stage string // such as "shuffled labels: pruning"
	Note  string // of the last step
}

// part is progress for a part of the work, from one share to another.
func (o Options) part(from, to float64, name string) Options {
	report := o.Progress
	if report == nil {
		return o
	}
	if name != "" {
		name += ": "
	}
	o.Progress = func(p Progress) {
		p.Share = from + (to-from)*min(1, max(0, p.Share))
		p.Stage = name + p.Stage
		report(p)
	}
	return o
}

func (o Options) report(share float64, stage, note string) {
	if o.Progress != nil {
		o.Progress(Progress{Share: share, Stage: stage, Note: note})
	}
}

// PruningProgress turns what prune reports into a share that never falls. It is
// nil if report is.
func PruningProgress(report func(Progress)) func(prune.Progress) {
	if report == nil {
		return nil
	}
	most := 0.0
	return func(p prune.Progress) {
		now := 0.0
		switch {
		case p.Budget > 0:
			now = p.Spent / p.Budget
		case p.Limit > 0:
			now = float64(p.Trials) / float64(p.Limit)
		case p.Steps > 0:
			now = float64(p.Step) / float64(p.Steps)
		}
		most = max(most, min(1, now))
		note := fmt.Sprintf("%d trials", p.Trials)
		if p.Best != nil && p.Best.Reached {
			note += fmt.Sprintf(", best %d nodes and %d edges", p.Best.Nodes, p.Best.Edges)
		}
		if p.Left > 0 {
			note += fmt.Sprintf(", %d nodes left", p.Left)
		}
		report(Progress{Share: most, Stage: "pruning", Note: note})
	}
}

func (o Options) proving() func(done, all int) {
	if o.Progress == nil {
		return nil
	}
	return func(done, all int) {
		o.report(float64(done)/float64(max(1, all)), "measuring", fmt.Sprintf("%d of %d", done, all))
	}
}

func (o Options) training() func(train.Metric, int) {
	if o.Progress == nil {
		return nil
	}
	return func(m train.Metric, steps int) {
		o.report(float64(m.Step+1)/float64(max(1, steps)), "training", fmt.Sprintf("loss %.3f", m.Loss))
	}
}
