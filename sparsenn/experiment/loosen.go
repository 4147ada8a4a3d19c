package experiment

import (
	"context"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/verify"
)

// Loosened is a circuit that went on being eliminated under a looser criterion.
type Loosened struct {
	Target float64       // nats per example, of the mean loss on the select split, without a margin
	Trial  prune.Trial   // its size, and its loss there
	Alone  stat.Estimate // its loss on the report split
}

// Loosen goes on eliminating nodes of a finding's circuit until the mean loss on the select
// split, without the margin of the search, reaches each of some multiples of its target, one
// after the other from the circuit before. The multiples ascend, from 1 on.
func Loosen(ctx context.Context, f *Finding, c Config, multiples ...float64) (out []Loosened, err error) {
	at, how, proving := f.Circuit(), c.Prune, c.Prove
	proving.EffectExamples, proving.Attribution, proving.Random = 0, 0, 1 // one random circuit is the least
	how.Confidence = 0
	for _, times := range multiples {
		how.Target = times * c.Prune.Target
		var trial prune.Trial
		if at, trial, err = prune.Reduce(ctx, f.Run, f.Task, how, at); err != nil {
			return nil, err
		}
		p, err := verify.Run(ctx, f.Run, f.Task, at, proving, artifact.Options{})
		if err != nil {
			return nil, err
		}
		out = append(out, Loosened{how.Target, trial, p.Circuit.Proof.Alone})
	}
	return out, nil
}
