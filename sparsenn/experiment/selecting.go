package experiment

import (
	"context"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/verify"
)

// Selecting returns the circuit of a finding for choosing nodes in it, such as by
// [circuit.Circuit.MainPath]: with effects of its nodes and edges on the select split, measured or loaded,
// where the finding's own are of the report split; without any where the config
// measures none or the circuit is larger than MaxEffects; and without a proof.
func Selecting(ctx context.Context, f *Finding, c Config, o artifact.Options) (*circuit.Circuit, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	found := f.Circuit().Without()
	if c.Prove.EffectExamples == 0 || len(found.Nodes)+len(found.Edges) > c.MaxEffects {
		return found, nil
	}
	return verify.Effects(ctx, f.Run, f.Task, found, c.Prove, o)
}
