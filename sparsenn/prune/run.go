package prune

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/store"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// kind is the kind of a pruning in the store.
const kind = "prune"

// Options are what does not change the result of a pruning.
type Options struct {
	// Progress is called after every step of gate training, every round of
	// elimination and every trial, from the goroutine of Run.
	Progress func(Progress)
	// Log receives a line for what is worth knowing.
	Log func(line string)
	// Roots are read-only folders of finished artifacts, looked up after the
	// user's.
	Roots []string
}

// Progress is where a pruning stands.
type Progress struct {
	Trials        int // done
	Step, Steps   int // of the gates under way
	Loss          float64
	Best          *Trial // so far; nil before the first
	Spent, Budget float64
	Limit         int // Config.Trials
	// Left is the size of the circuit that nodes are being taken out of; 0 where no
	// elimination is under way.
	Left int
}

// Result is a finished pruning.
type Result struct {
	Config Config
	Name   string // KIND-HASH
	Dir    string
	// Circuit is the smallest that was found, without proof: package prove
	// measures it. Where no circuit met the target, Best.Reached is false and
	// Circuit keeps every node.
	Circuit *circuit.Circuit
	Best    Trial
	Trials  []Trial // the search's log, in order
	// Tau are the gates behind Best, in the order of the space.
	Tau        []float32
	Provenance store.Provenance
}

// Open loads a finished pruning. It is an error if there is none: [Run] makes it.
func Open(run *train.Result, t task.Task, c Config, roots ...string) (*Result, error) {
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, err
	}
	return s.open(roots)
}

// Run returns the pruning of a run for a task: loaded if it is finished, resumed
// after its last trial if it is half done, made otherwise. When ctx is cancelled
// it stops within a step; the trial under way is lost and the next call makes it
// again.
//
// With a Budget, how many trials there are depends on the machine; given the
// trials, all is a function of the config.
func Run(ctx context.Context, run *train.Result, t task.Task, c Config, o Options) (*Result, error) {
	s, err := newSubject(run, t, c)
	if err != nil {
		return nil, err
	}
	if r, err := s.open(o.Roots); err == nil || !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	if s.stats, err = ablate.Measure(ctx, run, o.Roots...); err != nil {
		return nil, err
	}
	root, err := store.Root()
	if err != nil {
		return nil, err
	}
	a, err := store.Open(root, kind, s.identity)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	w := &work{subject: s, ctx: ctx, options: o, artifact: a}
	if err := w.all(); err != nil {
		return nil, fmt.Errorf("pruning %s for %s (%s): %w", run.Name, t.Name, a.Name(), err)
	}
	if err := a.DropPrevious(); err != nil {
		return nil, err
	}
	return s.load(a)
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
	if s.fit, err = t.Fit(run.Tokenizer, o); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	o.N, o.MaxTokens = c.Select, min(c.MaxTokens, run.Config.Model.Context)
	if s.sel, err = t.Select(run.Tokenizer, o); err != nil {
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
	options  Options
	artifact *store.Run

	judge      *judge
	trials     []Trial
	best       *found
	spent      float64 // seconds, over all resumptions
	since      time.Time
	provenance store.Provenance
}

// prepare makes the judge.
func (w *work) prepare() error {
	e, err := ablate.NewEvaluator(w.run.Model, w.stats, w.sel, w.config.Ablation)
	if err != nil {
		return err
	}
	if w.judge, err = newJudge(e, w.sel, w.config); err != nil {
		return err
	}
	w.judge.left = func(nodes int) { w.tell(Progress{Left: nodes}) }
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
		w.report(0, 0, 0)
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

func (w *work) report(step, steps int, loss float64) {
	w.tell(Progress{Step: step, Steps: steps, Loss: loss})
}

// tell reports p with what is known anyway.
func (w *work) tell(p Progress) {
	if w.options.Progress == nil {
		return
	}
	p.Trials, p.Spent, p.Budget, p.Limit = len(w.trials), w.seconds(), w.config.Budget, w.config.Trials
	if w.best != nil {
		p.Best = &w.best.trial
	}
	w.options.Progress(p)
}

// begin fills in the provenance of a new artifact.
func (w *work) begin() error {
	w.provenance = store.NewProvenance(w.config.Seed)
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
