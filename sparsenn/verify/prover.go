package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// prover is a circuit under proof: its model on the examples of a split. Which
// split that is, is up to Run and Effects. The circuit is a copy, which has as means
// what nodes are held at, and into which effects are written.
type prover struct {
	config  Config
	run     *train.Result
	circuit *circuit.Circuit
	stats   *ablate.Stats
	on      *ablate.Evaluator // the examples
	effects *ablate.Evaluator // the first of them
	kept    ablate.Mask
	// calibration is the circuit's own. The model, whole or without the circuit,
	// has none.
	calibration ablate.Calibration
}

// calibrationOf is how a circuit's logits are to be read.
func calibrationOf(c *circuit.Circuit) ablate.Calibration {
	if !c.Calibrated {
		return ablate.Plain
	}
	return ablate.Calibration{Scale: c.LogitScale, Shift: c.LogitShift}
}

// fitted reads the margins of circuits other than the one under proof: where that
// one is calibrated, they are too, on the very prompts that they are measured on,
// which favours them.
func (p *prover) fitted(m ablate.Margins) ablate.Margins {
	if p.circuit.Calibrated {
		return ablate.Calibrate(m).Apply(m)
	}
	return m
}

// check says whether a circuit is of a run and a task, and has all of its edges. It
// returns the circuit as the model has it, and as one of these weights.
func check(run *train.Result, t task.Task, c *circuit.Circuit) (*circuit.Circuit, error) {
	whole, err := ablate.Parent(run, c)
	if err != nil {
		return nil, err
	}
	if c.Task != t.Name {
		return nil, fmt.Errorf("the circuit is of the task %q, not of %q; give the task that it was found for", c.Task, t.Name)
	}
	whole.Weights = run.Model.Digest()
	return whole, c.Lacks(whole)
}

// optionsOf are the ablation's options that a circuit was found under.
func optionsOf(c *circuit.Circuit) ablate.Options {
	o := ablate.Options{Zero: c.Ablation == circuit.ZeroAblation, FreezeNorms: c.FreezeNorms}
	for _, n := range c.Nodes {
		o.Final = o.Final || n.Site == circuit.FinalResid
	}
	return o
}

func nodesOf(c *circuit.Circuit) []circuit.Node {
	var out []circuit.Node
	for _, n := range c.Nodes {
		out = append(out, n.Node)
	}
	return out
}

// proverOf is a circuit on examples, of which the first measure effects.
func proverOf(ctx context.Context, run *train.Result, c *circuit.Circuit, config Config, examples []task.Example) (*prover, error) {
	own := *c
	own.Nodes, own.Edges = slices.Clone(c.Nodes), slices.Clone(c.Edges)
	p := &prover{config: config, run: run, circuit: &own, calibration: calibrationOf(c)}
	var err error
	if p.stats, err = ablate.Measure(ctx, run); err != nil {
		return nil, err
	}
	if p.on, err = ablate.NewEvaluator(run.Model, p.stats, examples, optionsOf(c)); err != nil {
		return nil, err
	}
	few := examples[:min(len(examples), max(1, config.EffectExamples))]
	if p.effects, err = p.on.Of(few, ablate.LengthOf(examples)); err != nil {
		return nil, err
	}
	if p.kept, err = p.on.Space.MaskOf(nodesOf(c)); err != nil || p.on.Options.Zero {
		return p, err
	}
	for i, n := range own.Nodes {
		own.Nodes[i].Mean = float64(p.stats.Mean[n.Site][n.Index])
	}
	return p, nil
}

// proof measures the five losses, and on the way the accuracies.
func (p *prover) proof(ctx context.Context, step func()) (proof circuit.Proof, facts Facts, err error) {
	margins := func(m ablate.Mask) (out ablate.Margins) {
		if err == nil {
			if out, err = p.on.Margins(m); err == nil {
				step()
			}
		}
		return out
	}
	full := margins(p.on.All())
	circuitAlone := p.calibration.Apply(margins(p.kept))
	without := margins(p.kept.Not())
	rng := rand.New(rand.NewPCG(p.config.Seed, 0x72616e64))
	live := p.stats.Live(p.on.Space)
	var alone, removed []float64
	for range p.config.Random {
		if err == nil {
			err = ctx.Err()
		}
		m, lacking := randomLike(p.on.Space, p.kept, live, rng)
		a, r := margins(m), margins(m.Not())
		if err != nil {
			break
		}
		facts.Missing = max(facts.Missing, lacking)
		alone, removed = append(alone, stat.Mean(p.fitted(a).Losses()).Mean), append(removed, stat.Mean(r.Losses()).Mean)
	}
	if err != nil {
		return proof, facts, err
	}
	proof.Full, proof.Alone, proof.Removed = stat.Mean(full.Losses()), stat.Mean(circuitAlone.Losses()), stat.Mean(without.Losses())
	proof.RandomAlone, proof.RandomRemoved = stat.Mean(alone), stat.Mean(removed)
	facts.Accuracy, facts.FullAccuracy = circuitAlone.Accuracy(), full.Accuracy()
	return proof, facts, nil
}

// effect is the circuit's loss on the prompts that measure effects.
func (p *prover) effect(on *ablate.Evaluator, m ablate.Mask) (float64, error) {
	margins, err := on.Margins(m)
	if err != nil {
		return 0, err
	}
	loss, _ := p.calibration.Apply(margins).Mean()
	return loss, nil
}

// measureEffects fills in what every node and every edge is worth.
func (p *prover) measureEffects(ctx context.Context, step func()) error {
	base, err := p.effect(p.effects, p.kept)
	if err != nil {
		return err
	}
	if err := p.nodeEffects(ctx, base, step); err != nil {
		return err
	}
	return p.edgeEffects(ctx, base, step)
}

// nodeEffects fills in what every node alone is worth in the circuit.
func (p *prover) nodeEffects(ctx context.Context, base float64, step func()) error {
	c := p.circuit
	for i := range c.Nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		at, err := p.on.Space.Index(c.Nodes[i].Node)
		if err != nil {
			return err
		}
		m := slices.Clone(p.kept)
		m[at] = false
		loss, err := p.effect(p.effects, m)
		if err != nil {
			return err
		}
		c.Nodes[i].Effect = new(loss - base)
		step()
	}
	return nil
}

// edgeEffects fills in what every edge alone is worth in the circuit: its weight
// is set to 0, and the mean of what it carried is added to the bias.
func (p *prover) edgeEffects(ctx context.Context, base float64, step func()) error {
	c := p.circuit
	for i := range c.Edges {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := &c.Edges[i]
		cut, err := p.without(e)
		if err != nil {
			return fmt.Errorf("edge %s to %s: %w", e.From, e.To, err)
		}
		loss, err := p.effect(cut, p.kept)
		if err != nil {
			return err
		}
		e.Effect = new(loss - base)
		step()
	}
	return nil
}

// without is the evaluator of effects for the model without one edge.
func (p *prover) without(e *circuit.Edge) (*ablate.Evaluator, error) {
	shape, m := p.circuit.Model, p.run.Model
	name, row, col, err := shape.Place(e.From, e.To)
	if err != nil {
		return nil, err
	}
	weights, err := m.Values(name)
	if err != nil {
		return nil, err
	}
	width := len(weights) / rowsOf(p.run, name)
	weights = slices.Clone(weights)
	weight := weights[row*width+col]
	weights[row*width+col] = 0
	if m, err = m.With(name, weights); err != nil {
		return nil, err
	}
	if p.circuit.Ablation == circuit.ZeroAblation {
		return p.effects.With(m), nil
	}
	biasName, at, ok := shape.BiasPlace(e.To)
	if !ok {
		return nil, fmt.Errorf("%s has no bias to take the mean up", e.To)
	}
	bias, err := m.Values(biasName)
	if err != nil {
		return nil, fmt.Errorf("the model has no biases to take the mean up; its circuits can be proved under zero ablation only: %w", err)
	}
	bias = slices.Clone(bias)
	bias[at] += weight * p.carried(e.From)
	if m, err = m.With(biasName, bias); err != nil {
		return nil, err
	}
	return p.effects.With(m), nil
}

func rowsOf(run *train.Result, name string) int {
	for _, p := range run.Config.Model.Params() {
		if p.Name == name {
			return p.Shape[0]
		}
	}
	return 1
}

// carried is the mean of what an edge from a node carries: of the node itself,
// or for a value channel of what attention makes of it.
func (p *prover) carried(n circuit.Node) float32 {
	site := n.Site
	if layer, block, kind, err := circuit.ParseSite(site); err == nil && kind == "v" {
		site = fmt.Sprintf("%d.%s.y", layer, block)
	}
	return p.stats.Mean[site][n.Index]
}
