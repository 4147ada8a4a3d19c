package train

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// kind is the kind of a training run on the disk.
const kind = "train"

// Result is a finished run.
type Result struct {
	Config    Config
	Name      string // KIND-HASH
	Dir       string // of the run
	Model     *model.Model
	Tokenizer *corpus.Tokenizer
	Metrics   []Metric // one per step
	// Extra holds what an [Extension] trained, by parameter, row-major.
	Extra      map[string][]float32
	Provenance artifact.Provenance
}

// Valid is the last validation loss, in nats per token.
func (r *Result) Valid() float64 {
	for i := len(r.Metrics) - 1; i >= 0; i-- {
		if v := r.Metrics[i].Valid; v != nil {
			return *v
		}
	}
	return 0
}

// Violations counts, over all steps and tensors, supports that were not exactly
// of the size that the schedule asks for, as counted on the device.
func (r *Result) Violations() int {
	n := 0
	for _, m := range r.Metrics {
		n += m.Violations
	}
	return n
}

// identity is what names a run: everything that determines its result.
type identity struct {
	Recipe    int    `json:"recipe"`
	Config    Config `json:"config"`
	Data      string `json:"data"` // fingerprint of the corpus
	Extension any    `json:"extension,omitempty"`
}

func (c Config) identity(x Extension) (identity, error) {
	if err := c.Validate(); err != nil {
		return identity{}, err
	}
	data, err := c.Corpus.Fingerprint()
	if err != nil {
		return identity{}, err
	}
	// Where a folder lies is no part of a run; what it holds is in data.
	c.Corpus.Parts = slices.Clone(c.Corpus.Parts)
	for i := range c.Corpus.Parts {
		c.Corpus.Parts[i].Path = ""
	}
	return identity{recipeVersion, c, data, x.Identity}, nil
}

// Open loads a finished run. It is an error if there is none: [Run] makes it.
func Open(c Config) (*Result, error) { return openWith(c, Extension{}) }

// openWith is [Open] for a run of [RunWith].
func openWith(c Config, x Extension) (*Result, error) {
	id, err := c.identity(x)
	if err != nil {
		return nil, err
	}
	r, err := artifact.Open(x.kind(), id, x.load(c))
	if errors.Is(err, artifact.ErrNotFound) {
		return nil, fmt.Errorf("%w; Run instead of Open makes it", err)
	}
	return r, err
}

// Run returns the run of a config: loaded if it is finished, resumed if it is
// half done, made otherwise. Bit for bit the same weights come out whichever it
// was, on one machine and plugin.
//
// When ctx is cancelled it stops after the step under way, saves a checkpoint
// and returns an error that wraps ctx.Err(); another call goes on from there. A
// kill loses what was done since the last checkpoint. A second Run of the same
// config waits for the first.
func Run(ctx context.Context, c Config, o artifact.Options) (*Result, error) {
	return RunWith(ctx, c, Extension{}, o)
}

// RunWith is [Run] with an extension: it trains a model and what the extension
// adds together, or the latter alone around a model that is frozen.
func RunWith(ctx context.Context, c Config, x Extension, o artifact.Options) (*Result, error) {
	if err := x.check(c); err != nil {
		return nil, err
	}
	id, err := c.identity(x)
	if err != nil {
		return nil, err
	}
	if o.SaveEvery == 0 {
		o.SaveEvery = 30 * time.Second
	}
	return artifact.Make(ctx, o, x.kind(), id, x.load(c), func(run *artifact.Run) error {
		data, err := corpus.Open(ctx, c.Corpus, o.Say)
		if err != nil {
			return err
		}
		l := &loop{ctx: ctx, config: c, extra: x, options: o, run: run, data: data}
		if err := l.start(); err != nil {
			return err
		}
		return l.all()
	})
}

// load loads what a finished run of a config holds.
func (x Extension) load(c Config) func(*artifact.Run) (*Result, error) {
	return func(run *artifact.Run) (*Result, error) { return result(c, x, run) }
}

func result(c Config, x Extension, run *artifact.Run) (*Result, error) {
	checkpoint, problems, err := run.Latest()
	if err != nil {
		return nil, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return nil, fmt.Errorf("run %s is not finished%s", run.Name(), list(problems))
	}
	r := &Result{Config: c, Name: run.Name(), Dir: run.Dir(), Model: x.Frozen}
	if r.Model == nil {
		values, err := readModel(checkpoint, c.Model)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", run.Name(), err)
		}
		if r.Model, err = model.FromValues(c.Model, values); err != nil {
			return nil, fmt.Errorf("run %s: %w", run.Name(), err)
		}
	}
	if r.Extra, err = x.read(checkpoint); err != nil {
		return nil, fmt.Errorf("run %s: %w", run.Name(), err)
	}
	if r.Tokenizer, err = corpus.LoadTokenizer(c.Corpus.Vocab); err != nil {
		return nil, err
	}
	if r.Metrics, err = readMetrics(checkpoint); err != nil {
		return nil, fmt.Errorf("run %s: %w", run.Name(), err)
	}
	r.Provenance, err = readProvenance(checkpoint)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", run.Name(), err)
	}
	return r, nil
}

func list(problems []artifact.Problem) string {
	s := ""
	for _, p := range problems {
		s += "; " + p.Error()
	}
	return s
}

// loop is one call of Run at work.
type loop struct {
	ctx     context.Context
	config  Config
	extra   Extension
	options artifact.Options
	run     *artifact.Run
	data    *corpus.Corpus

	trainer    *trainer
	windows    []int32
	metrics    []Metric
	provenance artifact.Provenance
	since      time.Time // start of the work not yet in provenance.WallSeconds
	saved      time.Time
}

// start makes the trainer and puts it where the last checkpoint was.
func (l *loop) start() (err error) {
	c := l.config
	if l.trainer, err = newTrainer(c, l.extra); err != nil {
		return err
	}
	// Whole batches, so that one program serves them all.
	n := (c.ValidWindows + c.Batch - 1) / c.Batch * c.Batch
	l.windows = l.data.Valid.Windows(n, c.SeqLen+1)
	if len(l.windows) != n*(c.SeqLen+1) {
		return fmt.Errorf("the validation text is too short for %d windows of %d tokens; lower valid_windows or give more text", n, c.SeqLen+1)
	}
	l.since, l.saved = time.Now(), time.Now()
	return l.resume()
}

// resume loads the newest whole checkpoint, if there is one.
func (l *loop) resume() error {
	checkpoint, problems, err := l.run.Latest()
	if err != nil {
		return err
	}
	for _, p := range problems {
		l.options.Say(p.Error())
	}
	if checkpoint == nil {
		l.provenance = artifact.NewProvenance(l.config.Seed)
		info := backend.Describe(l.trainer.backend)
		l.provenance.Plugin = strings.TrimSpace(info.Name + " " + info.Plugin)
		l.provenance.Extra = map[string]any{"plugin_sha256": info.PluginSHA256}
		l.provenance.Data["corpus"] = l.data.Hash
		l.provenance.Parents = l.extra.Parents
		return l.trainer.begin()
	}
	if l.metrics, err = l.trainer.load(checkpoint); err != nil {
		return fmt.Errorf("run %s, step %d: %w", l.run.Name(), checkpoint.Step, err)
	}
	if l.provenance, err = readProvenance(checkpoint); err != nil {
		return fmt.Errorf("run %s, step %d: %w", l.run.Name(), checkpoint.Step, err)
	}
	if was := l.provenance.Data["corpus"]; was != l.data.Hash {
		return fmt.Errorf("run %s was begun on a corpus of hash %s, which is now %s; remove %s to begin anew", l.run.Name(), was, l.data.Hash, l.run.Dir())
	}
	l.options.Say(fmt.Sprintf("%s goes on at step %d of %d", l.run.Name(), checkpoint.Step, l.config.Steps))
	return nil
}

// all does the remaining steps.
func (l *loop) all() error {
	c, failed := l.config, false
	for l.trainer.step < c.Steps {
		if l.ctx.Err() != nil {
			return l.interrupted()
		}
		m, err := l.one()
		var bad *NonFiniteError
		switch {
		case err == nil:
		case errors.As(err, &bad):
			return fmt.Errorf("run %s: %w", l.run.Name(), err)
		case errors.Is(err, errAbandoned):
			return fmt.Errorf("run %s: interrupted while a program compiled or ran, %d of %d steps are saved; run it again to go on: %w",
				l.run.Name(), l.savedStep(), c.Steps, l.ctx.Err())
		case failed:
			return fmt.Errorf("run %s: failed again after its checkpoint was loaded: %w", l.run.Name(), err)
		default:
			// The program had been given the only copy of the weights.
			l.options.Say(fmt.Sprintf("%v; loading the last checkpoint", err))
			failed = true
			if err := l.restart(); err != nil {
				return err
			}
			continue
		}
		l.metrics = append(l.metrics, m)
		l.report(m)
		if l.trainer.step < c.Steps && time.Since(l.saved) >= l.options.SaveEvery {
			if err := l.save(false); err != nil {
				return err
			}
		}
	}
	return l.save(true)
}

func (l *loop) report(m Metric) {
	if l.extra.Each != nil {
		l.extra.Each(m)
	}
	note := fmt.Sprintf("loss %.3f", m.Loss)
	if m.Valid != nil {
		note += fmt.Sprintf(", validation loss %.3f", *m.Valid)
	}
	l.options.Step("training", float64(m.Step+1), float64(l.config.Steps), note)
}

func (l *loop) restart() (err error) {
	if l.trainer, err = newTrainer(l.config, l.extra); err != nil {
		return err
	}
	l.metrics = nil
	return l.resume()
}

// errAbandoned says that a step was left alone because of an interrupt: a
// program that compiles or runs cannot be stopped from outside.
var errAbandoned = errors.New("abandoned")

// patience is how long after an interrupt a step may still end by itself.
const patience = 700 * time.Millisecond

// one does a step and, where one is due, a validation.
func (l *loop) one() (Metric, error) {
	type outcome struct {
		m   Metric
		err error
	}
	ended := make(chan outcome, 1)
	t, c := l.trainer, l.config
	go func() {
		m, err := t.do(l.data.Train.Batch(c.Seed, t.step, c.Batch, c.SeqLen+1))
		if err == nil && (t.step%c.ValidEvery == 0 || t.step == c.Steps) {
			var loss float64
			loss, m.Dead, err = t.validate(l.windows)
			m.Valid = &loss
		}
		ended <- outcome{m, err}
	}()
	select {
	case o := <-ended:
		return o.m, o.err
	case <-l.ctx.Done():
	}
	select {
	case o := <-ended:
		return o.m, o.err
	case <-time.After(patience):
		return Metric{}, errAbandoned
	}
}

func (l *loop) save(done bool) error {
	l.provenance.WallSeconds += time.Since(l.since).Seconds()
	l.since = time.Now()
	if err := l.trainer.save(l.run, done, l.metrics, l.provenance); err != nil {
		return err
	}
	l.saved = time.Now()
	return nil
}

func (l *loop) savedStep() int {
	if c, _, err := l.run.Latest(); err == nil && c != nil {
		return c.Step
	}
	return 0
}

func (l *loop) interrupted() error {
	if l.trainer.step > 0 {
		if err := l.save(false); err != nil {
			return errors.Join(l.ctx.Err(), err)
		}
	}
	return fmt.Errorf("run %s: interrupted, saved at step %d of %d; run it again to go on: %w", l.run.Name(), l.trainer.step, l.config.Steps, l.ctx.Err())
}
