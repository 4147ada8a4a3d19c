package verify

import (
	"context"
	"fmt"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Recipe is part of the hash of a proof, and is raised when what is measured
// changes. Up to 2 the calibration of random circuits and of the baseline could
// fail to converge.
const Recipe = 3

const (
	kind = "proof" // on the disk

	circuitFile    = "circuit.json"
	factsFile      = "facts.json"
	provenanceFile = "provenance.json"
)

// Config says how much is measured.
type Config struct {
	Examples  int    `json:"examples"`   // of the report split
	MaxTokens int    `json:"max_tokens"` // bound on their prompts
	Random    int    `json:"random"`     // random circuits
	Seed      uint64 `json:"seed"`       // of the examples and the random circuits
	// EffectExamples is how many of the examples measure each node and edge; 0
	// leaves their effects out.
	EffectExamples int `json:"effect_examples"`
	// Attribution is how many select examples rank nodes for the baseline; 0
	// leaves it out.
	Attribution int `json:"attribution"`
	// Confidence is how many standard errors the baseline must stay below the
	// target, as in prune.Config.
	Confidence float64 `json:"confidence"`
}

// DefaultConfig measures all there is, as pruning's default config chooses.
func DefaultConfig() Config {
	return Config{Examples: 256, MaxTokens: task.DefaultMaxTokens, Random: 20, EffectExamples: 64, Attribution: 64, Confidence: 1.645}
}

// Validate says what is wrong with a config and which field to change.
func (c Config) Validate() error {
	for _, f := range []struct {
		name string
		v    int
		min  int
	}{{"examples", c.Examples, 2}, {"max_tokens", c.MaxTokens, 1}, {"random", c.Random, 1},
		{"effect_examples", c.EffectExamples, 0}, {"attribution", c.Attribution, 0}} {
		if f.v < f.min {
			return fmt.Errorf("verify config: %s is %d; it must be at least %d", f.name, f.v, f.min)
		}
	}
	if !(c.Confidence >= 0 && c.Confidence < 10) {
		return fmt.Errorf("verify config: confidence is %v; it must be in [0, 10)", c.Confidence)
	}
	return nil
}

// Facts is what is measured of a circuit besides what the circuit itself holds.
type Facts struct {
	Attribution *Attribution `json:"attribution,omitempty"`
	// Missing is how many nodes the random circuits lack, because a site had no
	// live node left outside the circuit.
	Missing int `json:"missing"`
	// Accuracy is the share of report pairs of which the circuit alone answers
	// both sides right, and FullAccuracy the same of the whole model.
	Accuracy     float64 `json:"accuracy"`
	FullAccuracy float64 `json:"full_accuracy"`
}

// Result is a circuit with its proof.
type Result struct {
	Name    string // KIND-HASH
	Dir     string
	Circuit *circuit.Circuit // with Proof and effects
	Facts
	Provenance artifact.Provenance
}

type identity struct {
	Recipe  int    `json:"recipe"`
	Parent  string `json:"parent"`
	Weights string `json:"weights"` // digest of the parent's model
	Task    string `json:"task"`
	Circuit string `json:"circuit"` // hash of the circuit without proof
	Config  Config `json:"config"`
	// Examples is a hash of what is measured on where the task is a list of pairs,
	// such as a file, which may change under its name.
	Examples string `json:"examples,omitempty"`
}

func identityOf(run *train.Result, t task.Task, c *circuit.Circuit, config Config) (identity, error) {
	bare := *c
	bare.Proof, bare.Weights = nil, "" // Weights stands beside it
	hash, err := artifact.Hash(&bare)
	id := identity{Recipe: Recipe, Parent: run.Name, Weights: run.Model.Digest(), Task: t.Name, Circuit: hash, Config: config}
	if err != nil || t.Draw != nil {
		return id, err
	}
	var lists [2][]task.Example
	if config.Examples > 0 {
		r, err := t.Report(run.Tokenizer, drawn(run, config, config.Examples))
		if err != nil {
			return id, err
		}
		lists[0] = r.ForMeasuring()
	}
	n := config.Attribution
	if config.Examples == 0 { // Effects
		n = config.EffectExamples
	}
	if n > 0 {
		if lists[1], err = t.Examples(task.Select, run.Tokenizer, drawn(run, config, n)); err != nil {
			return id, err
		}
	}
	id.Examples, err = artifact.Hash(lists)
	return id, err
}

// Run measures a circuit of a run on a task: loaded where it was measured before,
// else measured, which takes about a second a node and edge of a small model. A
// circuit of another run, of other weights or of another task is an error, as is one
// that lacks an edge between its nodes. What comes out has the model's digest and
// biases and, as Mean, what nodes were held at. When ctx is cancelled it stops within
// a second and keeps nothing.
func Run(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o artifact.Options) (*Result, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	whole, err := check(run, t, c)
	if err != nil {
		return nil, err
	}
	id, err := identityOf(run, t, c, config)
	if err != nil {
		return nil, err
	}
	return artifact.Make(ctx, o, kind, id, load, func(a *artifact.Run) error {
		if err := measure(ctx, run, t, whole, config, o, a); err != nil {
			return fmt.Errorf("proving the circuit of %s in %s: %w", t.Name, run.Name, err)
		}
		return nil
	})
}

// progressed counts the steps of measuring for whoever is told.
func progressed(o artifact.Options, steps int) (step func()) {
	done := 0
	return func() {
		done++
		o.Step("measuring", float64(done), float64(steps), fmt.Sprintf("%d of %d", done, steps))
	}
}

// drawn is how examples are drawn.
func drawn(run *train.Result, config Config, n int) task.Options {
	return task.Options{N: n, Seed: config.Seed, MaxTokens: min(config.MaxTokens, run.Config.Model.Context)}
}

func measure(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o artifact.Options, a *artifact.Run) error {
	started := time.Now()
	p, err := newProver(ctx, run, t, c, config)
	if err != nil {
		return err
	}
	steps := 2*config.Random + 4
	if config.EffectExamples > 0 {
		steps += len(c.Nodes) + len(c.Edges)
	}
	step := progressed(o, steps)
	proof, facts, err := p.proof(ctx, step)
	if err != nil {
		return err
	}
	p.circuit.Proof = &proof
	if config.EffectExamples > 0 {
		if err := p.measureEffects(ctx, step); err != nil {
			return err
		}
	}
	if config.Attribution > 0 {
		examples, err := t.Examples(task.Select, run.Tokenizer, drawn(run, config, config.Attribution))
		if err != nil {
			return err
		}
		b, err := p.attribution(examples, config.Confidence)
		if err != nil {
			return err
		}
		facts.Attribution = &b
	}
	step()
	provenance := artifact.NewProvenance(config.Seed)
	provenance.Parents = map[string]string{"train": run.Name}
	provenance.Plugin = run.Provenance.Plugin
	provenance.WallSeconds = time.Since(started).Seconds()
	return save(a, p.circuit, facts, provenance)
}

// newProver is a circuit on report prompts.
func newProver(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config) (*prover, error) {
	reported, err := t.Report(run.Tokenizer, drawn(run, config, config.Examples))
	if err != nil {
		return nil, err
	}
	return proverOf(ctx, run, c, config, reported.ForMeasuring())
}

// Drawn is its circuit, which a cell draws.
func (r *Result) Drawn() *circuit.Circuit {
	if r == nil {
		return nil
	}
	return r.Circuit
}
