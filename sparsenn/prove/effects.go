package prove

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/store"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// effectsKind is the kind of effects on select pairs in the store.
const effectsKind = "effects"

// Effects measures what every node and every edge of a circuit alone is worth, as
// [Run] does, but on pairs of the select split, and returns the circuit with these
// effects and without a proof. It is for choosing nodes, of which numbers on the
// report split are to be given afterwards; the effects that Run measures are for
// printing. Of the config EffectExamples, which must not be 0, MaxTokens and Seed
// count. It is loaded where it was measured before. When ctx is cancelled it stops
// within a second and keeps nothing.
func Effects(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o Options) (*circuit.Circuit, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.EffectExamples == 0 {
		return nil, errors.New("effects on select pairs: effect_examples is 0; it must be at least 1")
	}
	if err := checkParent(run, c); err != nil {
		return nil, err
	}
	config = Config{EffectExamples: config.EffectExamples, MaxTokens: config.MaxTokens, Seed: config.Seed}
	bare := *c
	bare.Proof, bare.Nodes, bare.Edges = nil, slices.Clone(c.Nodes), slices.Clone(c.Edges)
	for i := range bare.Nodes {
		bare.Nodes[i].Effect = nil
	}
	for i := range bare.Edges {
		bare.Edges[i].Effect = nil
	}
	id, err := identityOf(run, t, &bare, config)
	if err != nil {
		return nil, err
	}
	all, err := store.Roots(o.Roots...)
	if err != nil {
		return nil, err
	}
	if a, err := store.OpenReadOnly(all, effectsKind, id); err == nil {
		defer a.Close()
		return loadEffects(a)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	a, err := store.Open(all[0], effectsKind, id)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	if err := measureSelect(ctx, run, t, &bare, config, o); err != nil {
		return nil, fmt.Errorf("effects in the circuit of %s in %s: %w", t.Name, run.Name, err)
	}
	text, err := circuit.Encode(&bare)
	if err != nil {
		return nil, err
	}
	if err := a.Save(1, true, map[string]func(io.Writer) error{circuitFile: func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}); err != nil {
		return nil, err
	}
	return loadEffects(a)
}

// measureSelect fills in the effects of a circuit on select pairs.
func measureSelect(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o Options) error {
	examples, err := t.Select(run.Tokenizer, task.Options{N: config.EffectExamples, Seed: config.Seed,
		MaxTokens: min(config.MaxTokens, run.Config.Model.Context)})
	if err != nil {
		return err
	}
	p, err := proverOf(ctx, run, c, config, examples, o.Roots)
	if err != nil {
		return err
	}
	done, steps := 0, len(c.Nodes)+len(c.Edges)
	return p.measureEffects(ctx, c, func() {
		done++
		if o.Progress != nil {
			o.Progress(done, steps)
		}
	})
}

func loadEffects(a *store.Run) (*circuit.Circuit, error) {
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, err
	}
	data, err := checkpoint.ReadFile(circuitFile)
	if err != nil {
		return nil, err
	}
	c, err := circuit.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name(), err)
	}
	return c, nil
}
