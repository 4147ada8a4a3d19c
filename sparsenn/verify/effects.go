package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// effectsKind is the kind of effects on select pairs on the disk.
const effectsKind = "effects"

// Effects measures what every node and every edge of a circuit alone is worth, as
// [Run] does, but on pairs of the select split, and returns the circuit with these
// effects and without a proof. It is for choosing nodes, of which numbers on the
// report split are to be given afterwards; the effects that Run measures are for
// printing. Of the config EffectExamples, which must not be 0, MaxTokens and Seed
// count. It is loaded where it was measured before. When ctx is cancelled it stops
// within a second and keeps nothing.
func Effects(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o artifact.Options) (*circuit.Circuit, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.EffectExamples == 0 {
		return nil, errors.New("effects on select pairs: effect_examples is 0; it must be at least 1")
	}
	whole, err := check(run, t, c)
	if err != nil {
		return nil, err
	}
	config = Config{EffectExamples: config.EffectExamples, MaxTokens: config.MaxTokens, Seed: config.Seed}
	id, err := identityOf(run, t, unmeasured(c), config)
	if err != nil {
		return nil, err
	}
	load := func(a *artifact.Run) (*circuit.Circuit, error) {
		c, _, err := loadCircuit(a)
		return c, err
	}
	return artifact.Make(ctx, o, effectsKind, id, load, func(a *artifact.Run) error {
		measured, err := measureSelect(ctx, run, t, unmeasured(whole), config, o)
		if err != nil {
			return fmt.Errorf("effects in the circuit of %s in %s: %w", t.Name, run.Name, err)
		}
		text, err := circuit.Encode(measured)
		if err != nil {
			return err
		}
		return artifact.Save(a, map[string][]byte{circuitFile: text})
	})
}

// unmeasured is a circuit without what was measured of it.
func unmeasured(c *circuit.Circuit) *circuit.Circuit {
	out := *c
	out.Proof, out.Nodes, out.Edges = nil, slices.Clone(c.Nodes), slices.Clone(c.Edges)
	for i := range out.Nodes {
		out.Nodes[i].Effect = nil
	}
	for i := range out.Edges {
		out.Edges[i].Effect = nil
	}
	return &out
}

// measureSelect returns a circuit with its effects on select pairs.
func measureSelect(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o artifact.Options) (*circuit.Circuit, error) {
	examples, err := t.Examples(task.Select, run.Tokenizer, drawn(run, config, config.EffectExamples))
	if err != nil {
		return nil, err
	}
	p, err := proverOf(ctx, run, c, config, examples)
	if err != nil {
		return nil, err
	}
	return p.circuit, p.measureEffects(ctx, progressed(o, len(c.Nodes)+len(c.Edges)))
}
