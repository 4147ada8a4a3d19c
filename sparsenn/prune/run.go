package prune

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	// Progress is called after every step of gate training and every trial,
	// from the goroutine of Run.
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
	s.identity = identity{recipeVersion, run.Name, t.Name, examples, c}
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

// found is a circuit as a mask, with what it came from.
type found struct {
	trial Trial
	mask  ablate.Mask
	tau   []float32
}

// all does the trials that are left.
func (w *work) all() error {
	e, err := ablate.NewEvaluator(w.run.Model, w.stats, w.sel, w.config.Ablation)
	if err != nil {
		return err
	}
	probe, err := e.Of(w.sel[:min(len(w.sel), probePairs)], ablate.LengthOf(w.sel))
	if err != nil {
		return err
	}
	w.judge = &judge{Evaluator: e, probe: probe, target: w.config.Target, confidence: w.config.Confidence}
	if err := w.resume(); err != nil {
		return err
	}
	w.since = time.Now()
	for !w.enough() {
		t := plan(w.config.Hyper, w.config.Seed, w.trials)
		if w.config.Budget == 0 {
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

// enough says whether the budget has no room for one more trial like the last.
func (w *work) enough() bool {
	if len(w.trials) == 0 {
		return false
	}
	if w.config.Budget == 0 {
		return true
	}
	return w.seconds()+w.trials[len(w.trials)-1].Seconds > w.config.Budget
}

// seconds is the time spent so far.
func (w *work) seconds() float64 { return w.spent + time.Since(w.since).Seconds() }

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
		if f.mask, err = w.judge.perturb(w.ctx, w.best.mask, w.best.tau, rng); err != nil {
			return nil, err
		}
		f.trial.Eliminated = true
		err = w.size(f)
	case t.Rung == rungChange: // there is nothing to change
		f.trial = w.best.trial
		f.trial.Bracket, f.trial.Rung, f.trial.Seed = t.Bracket, t.Rung, t.Seed
		f.mask, f.tau = w.best.mask, w.best.tau
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
	g, err := newGates(w.judge.Evaluator, w.fit, f.trial.Hyper, f.trial.Seed)
	if err != nil {
		return err
	}
	if err := g.all(w.ctx, w.report); err != nil {
		return err
	}
	for _, x := range g.tau {
		f.tau = append(f.tau, float32(x))
	}
	if f.mask, f.trial.Reached, err = w.judge.smallest(rank(g.tau, g.first), g.open().Count()); err != nil {
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
	if f.mask, err = w.judge.eliminate(w.ctx, f.mask, nil); err != nil {
		return err
	}
	f.trial.Eliminated = true
	return w.size(f)
}

// size fills in what a trial found.
func (w *work) size(f *found) error {
	loss, se, err := w.judge.Loss(f.mask)
	if err != nil {
		return err
	}
	f.trial.Loss, f.trial.Bound = loss, w.judge.bound(loss, se)
	c, err := w.circuit(f)
	if err != nil {
		return err
	}
	f.trial.Nodes, f.trial.Edges = len(c.Nodes), len(c.Edges)
	return nil
}

// circuit is a mask as a circuit.
func (w *work) circuit(f *found) (*circuit.Circuit, error) {
	sp := w.judge.Space
	c := &circuit.Circuit{Task: w.task.Name, Run: w.run.Name, Model: sp.Shape, Ablation: circuit.MeanAblation, Target: w.config.Target}
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
	c.Nodes, c.Edges, err = circuit.Build(sp.Shape, nodes, w.values)
	return c, err
}

// values looks parameters up for circuit.Build, which takes nil for a bias that
// a model does not have.
func (w *work) values(name string) ([]float32, error) {
	v, err := w.run.Model.Values(name)
	if err != nil && !w.run.Config.Model.Bias && strings.HasSuffix(name, ".bias") {
		return nil, nil
	}
	return v, err
}

func (w *work) report(step, steps int, loss float64) {
	if w.options.Progress == nil {
		return
	}
	p := Progress{Trials: len(w.trials), Step: step, Steps: steps, Loss: loss, Spent: w.seconds(), Budget: w.config.Budget}
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
