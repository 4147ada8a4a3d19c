package prune

import (
	"context"
	"fmt"
	"strings"
	"time"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// kind is the kind of a pruning on the disk.
const kind = "prune"

// Result is a finished pruning.
type Result struct {
	Config Config
	Name   string // KIND-HASH
	Dir    string
	// Circuit is the smallest that was found, without proof: package verify
	// measures it. Where no circuit met the target, Best.Reached is false and
	// Circuit keeps every node.
	Circuit *circuit.Circuit
	Best    Trial
	Trials  []Trial // the search's log, in order
	// Tau are the gates behind Best, in the order of the space.
	Tau        []float32
	Provenance artifact.Provenance
}

// Open loads a finished pruning. It is an error if there is none: [Run] makes it.
func Open(run *train.Result, t task.Task, c Config) (*Result, error) {
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, err
	}
	return artifact.Open(kind, s.identity, s.load)
}

// Run returns the pruning of a run for a task: loaded if it is finished, resumed
// after its last trial if it is half done, made otherwise. When ctx is cancelled
// it stops within a step; the trial under way is lost and the next call makes it
// again.
//
// With a Budget, how many trials there are depends on the machine; given the
// trials, all is a function of the config.
func Run(ctx context.Context, run *train.Result, t task.Task, c Config, o artifact.Options) (*Result, error) {
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, err
	}
	return artifact.Make(ctx, o, kind, s.identity, s.load, func(a *artifact.Run) (err error) {
		if s.stats, err = ablate.Measure(ctx, run); err != nil {
			return err
		}
		w := &work{subject: s, ctx: ctx, options: o, artifact: a}
		if err := w.all(); err != nil {
			return fmt.Errorf("pruning %s for %s (%s): %w", run.Name, t.Name, a.Name(), err)
		}
		return nil
	})
}

// subject is a run, a task and a config with the examples drawn.
type subject struct {
	run      *train.Result
	task     task.Task
	config   Config
	identity identity
	fit, sel []task.Example
	stats    *ablate.Stats
}

func newSubject(run *train.Result, t task.Task, c Config) (*subject, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := &subject{run: run, task: t, config: c}
	var err error
	o := task.Options{N: c.Fit, Seed: c.Seed, MaxTokens: min(c.FitTokens, run.Config.Model.Context)}
	if s.fit, err = t.Examples(task.Fit, run.Tokenizer, o); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	o.N, o.MaxTokens = c.Select, min(c.MaxTokens, run.Config.Model.Context)
	if s.sel, err = t.Examples(task.Select, run.Tokenizer, o); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	examples, err := hashOf(s.fit, s.sel)
	if err != nil {
		return nil, err
	}
	s.identity = identity{recipeVersion, run.Name, run.Model.Digest(), t.Name, examples, c}
	return s, nil
}

// work is one call of Run at work.
type work struct {
	*subject
	ctx      context.Context
	options  artifact.Options
	artifact *artifact.Run

	criterion  *criterion
	trials     []Trial
	best       *found
	spent      float64 // seconds, over all resumptions
	since      time.Time
	provenance artifact.Provenance
	share      float64 // of the work, as reported
}

// prepare makes the criterion.
func (w *work) prepare() error {
	e, err := ablate.NewEvaluator(w.run.Model, w.stats, w.sel, w.config.Ablation)
	if err != nil {
		return err
	}
	if w.criterion, err = newCriterion(e, w.sel, w.config); err != nil {
		return err
	}
	w.criterion.left = func(nodes int) { w.report(0, 0, fmt.Sprintf("%d nodes left", nodes)) }
	return nil
}

// all does the trials that are left.
func (w *work) all() error {
	if err := w.prepare(); err != nil {
		return err
	}
	if err := w.resume(); err != nil {
		return err
	}
	w.since = time.Now()
	for !w.enough() {
		t := plan(w.config.Hyper, w.config.Seed, w.trials)
		if w.config.Budget == 0 && w.config.Trials == 0 {
			t = Trial{Rung: rungFinal, Seed: w.config.Seed, Hyper: w.config.Hyper}
		}
		f, err := w.try(t)
		if err != nil {
			return err
		}
		w.trials = append(w.trials, f.trial)
		if w.best == nil || f.trial.size() < w.best.trial.size() {
			w.best = f
		}
		w.report(0, 0, "")
		if err := w.save(false); err != nil {
			return err
		}
	}
	return w.save(true)
}

// enough says whether the budget has no room for the next trial, which takes as
// long as the last one of its rung. The first trial of all compiles the programs
// and says little; a rung's first may overrun.
func (w *work) enough() bool {
	if len(w.trials) == 0 {
		return false
	}
	if w.config.Budget == 0 {
		return len(w.trials) >= w.config.Trials
	}
	next, expected := plan(w.config.Hyper, w.config.Seed, w.trials).Rung, 0.0
	for _, t := range w.trials[1:] {
		if t.Rung == next {
			expected = t.Seconds
		}
	}
	return w.seconds()+expected > w.config.Budget
}

// seconds is the time spent so far.
func (w *work) seconds() float64 { return w.spent + time.Since(w.since).Seconds() }

// report says how much of the budget is used, of the trials or of one's steps; the share
// never falls.
func (w *work) report(step, steps int, note string) {
	c, share := w.config, 0.0
	switch {
	case c.Budget > 0:
		share = w.seconds() / c.Budget
	case c.Trials > 0:
		share = float64(len(w.trials)) / float64(c.Trials)
	case steps > 0:
		share = float64(step) / float64(steps)
	}
	w.share = max(w.share, min(1, share))
	text := fmt.Sprintf("%d trials", len(w.trials))
	if w.best != nil && w.best.trial.Reached {
		text += fmt.Sprintf(", best %d nodes and %d edges", w.best.trial.Nodes, w.best.trial.Edges)
	}
	if note != "" {
		text += ", " + note
	}
	w.options.Step("pruning", w.share, 1, text)
}

// begin fills in the provenance of a new artifact.
func (w *work) begin() error {
	w.provenance = artifact.NewProvenance(w.config.Seed)
	b, err := backend.Open()
	if err != nil {
		return err
	}
	info := backend.Describe(b)
	w.provenance.Plugin = strings.TrimSpace(info.Name + " " + info.Plugin)
	w.provenance.Parents = map[string]string{"train": w.run.Name}
	w.provenance.Data["examples"] = w.identity.Examples
	return nil
}

// Drawn is its circuit, which a cell draws.
func (r *Result) Drawn() *circuit.Circuit {
	if r == nil {
		return nil
	}
	return r.Circuit
}
