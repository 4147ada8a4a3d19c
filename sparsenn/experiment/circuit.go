package experiment

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// pruningShare is how much of the work of a circuit pruning is taken to be.
const pruningShare = 0.8

// Circuit finds the circuit of a task in a run and measures it: loaded where
// both are done, resumed or made otherwise. That no circuit reaches the target
// is no error; see [Finding.Reached]. When ctx is cancelled it stops within a
// second or a training step, and the next call goes on.
func Circuit(ctx context.Context, run *train.Result, t task.Task, c Config, o artifact.Options) (*Finding, error) {
	if run == nil {
		return nil, fmt.Errorf("study of %s: no run given; train.Run makes or loads one", t.Name)
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	f := &Finding{Name: fmt.Sprintf("seed %d", run.Config.Seed), Run: run, Task: t}
	var err error
	if f.Pruned, err = prune.Run(ctx, run, t, c.Prune, o.Part(0, pruningShare, "")); err != nil {
		return nil, err
	}
	size := len(f.Pruned.Circuit.Nodes) + len(f.Pruned.Circuit.Edges)
	if size > c.MaxEffects {
		c.Prove.EffectExamples = 0
	}
	o.Step("pruning", pruningShare, 1, fmt.Sprintf("%d nodes and %d edges", len(f.Pruned.Circuit.Nodes), len(f.Pruned.Circuit.Edges)))
	f.Proved, err = verify.Run(ctx, run, t, f.Pruned.Circuit, c.Prove, o.Part(pruningShare, 1, ""))
	if err != nil {
		return nil, err
	}
	if !f.Pruned.Circuit.FreezeNorms {
		if f.Measured, err = verify.Measured(ctx, run, t, f.Pruned.Circuit, c.Prove, artifact.Options{}); err != nil {
			return nil, err
		}
		p := f.Proved.Circuit.Proof
		for name, to := range map[string]**stat.Estimate{"loss_raw": &p.Raw, "faithfulness": &p.Faithfulness} {
			if n, ok := f.Number(name); ok {
				*to = &n.Estimate
			}
		}
	}
	o.Step("measuring", 1, 1, "done")
	return f, nil
}

// light is a config that measures losses only.
func (c Config) light() Config {
	c.Prove.EffectExamples, c.Prove.Attribution = 0, 0
	return c
}

// Nulls looks, with the same config and budget, for circuits where there is
// nothing to find: in the run for the task with its answers shuffled, and for
// the task in the model before its first step. That a circuit is found there
// would mean that the method makes what it finds. Of what it finds the losses
// are measured and nothing else.
func Nulls(ctx context.Context, run *train.Result, t task.Task, c Config, o artifact.Options) ([]*Finding, error) {
	if run == nil {
		return nil, fmt.Errorf("null controls of %s: no run given; train.Run makes or loads one", t.Name)
	}
	untrained, err := train.Untrained(run.Config)
	if err != nil {
		return nil, err
	}
	var out []*Finding
	for i, n := range []struct {
		name string
		run  *train.Result
		task task.Task
	}{{"shuffled labels", run, task.Shuffled(t)}, {"untrained model", untrained, t}} {
		f, err := Circuit(ctx, n.run, n.task, c.light(), o.Part(float64(i)/2, float64(i+1)/2, n.name))
		if err != nil {
			return nil, fmt.Errorf("null control, %s: %w", n.name, err)
		}
		f.Name = n.name
		out = append(out, f)
	}
	return out, nil
}

// Twin finds and measures the circuit of a task in the run's dense twin, which
// is trained if it is not there yet.
func Twin(ctx context.Context, run *train.Result, t task.Task, c Config, o artifact.Options) (*Finding, error) {
	if run == nil {
		return nil, fmt.Errorf("dense twin of %s: no run given; train.Run makes or loads one", t.Name)
	}
	const name = "dense twin"
	f, err := trained(ctx, run.Config.Dense(), t, c, o.Part(0, 1, name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f.Name = name
	return f, nil
}

// Seeds finds and measures the circuit of a task in runs of a config that differ
// in the seed alone, in the order of the seeds. Runs that are not there are
// trained.
func Seeds(ctx context.Context, base train.Config, seeds []uint64, t task.Task, c Config, o artifact.Options) ([]*Finding, error) {
	if len(seeds) == 0 {
		return nil, fmt.Errorf("study of %s over seeds: no seeds given", t.Name)
	}
	var out []*Finding
	n := float64(len(seeds))
	for i, s := range seeds {
		base.Seed = s
		name := fmt.Sprintf("seed %d", s)
		f, err := trained(ctx, base, t, c, o.Part(float64(i)/n, float64(i+1)/n, name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// trained is Circuit on the run of a config.
func trained(ctx context.Context, config train.Config, t task.Task, c Config, o artifact.Options) (*Finding, error) {
	const share = 0.5
	run, err := train.Run(ctx, config, o.Part(0, share, ""))
	if err != nil {
		return nil, err
	}
	return Circuit(ctx, run, t, c, o.Part(share, 1, ""))
}
