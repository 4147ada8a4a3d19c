package lab

import (
	"context"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/viz"
)

// A Variant is a change of the search for a circuit, or of the model that it is sought in.
type Variant struct {
	Name, Claim string // for a reader, and in claims
	Train       []Option
	Search      []FindOption
}

// LogPrice has the search price a circuit by the logarithm of its number of nodes, in place of
// a price of every node.
func LogPrice(price float64) FindOption {
	return func(c *experiment.Config) { c.Prune.Hyper.Penalty, c.Prune.Hyper.LogPenalty = 0, price }
}

// Variants repeats the search under changes of it or of the model, over the seeds that the
// scale compares. What is not at hand is left out, and said, unless missing has it made.
// Numbers are CLAIM_S_nodes, _edges, _full and _alone, the last two losses in nats per example.
func (c *Circuit) Variants(missing bool, list ...Variant) (out cell.Result) {
	t := viz.Table{Note: c.Note("Circuits under other searches and in other models", "Losses in nats per example on held-out prompts, that of the circuit with its 95 % interval; guessing costs 0.693. Seconds are of the search."),
		Columns: []viz.Column{{Name: "variant"}, {Name: "seed"}, {Name: "weights"}, {Name: "trials"}, {Name: "seconds", Format: "%.0f"}, {Name: "target met"}, {Name: "nodes", Bar: true}, {Name: "edges"},
			{Name: "whole model", Format: "%.3f"}, {Name: "circuit alone", Format: "%.3f"}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "circuit removed", Format: "%.3f"}}}
	var absent []string
	for i, v := range append([]Variant{{Name: "as above"}}, list...) {
		for _, s := range experiment.SeedList(c.model.spec.Scale, c.model.spec.Config.Seed) {
			x := c.variant(v, int(s), missing)
			if x == nil {
				absent = append(absent, fmt.Sprintf("%s, seed %d", v.Name, s))
				continue
			}
			f := x.Finding()
			p := f.Circuit().Proof
			t.Rows = append(t.Rows, []any{v.Name, int(s), f.Run.Model.L0(), len(f.Pruned.Trials), f.Pruned.Provenance.WallSeconds, fmt.Sprint(f.Reached()), f.Nodes(), f.Edges(), p.Full.Mean, p.Alone.Mean, p.Alone.Lo, p.Alone.Hi, p.Removed.Mean})
			if i > 0 {
				of := fmt.Sprintf("%s_seed%d_", v.Claim, s)
				out.State(of+"nodes", f.Nodes())
				out.State(of+"edges", f.Edges())
				out.State(of+"full", p.Full.Mean)
				out.Numbers = append(out.Numbers, cell.ClaimOf(of+"alone", p.Alone))
			}
		}
	}
	for _, x := range absent {
		t.Caption += " Not at hand: " + x + "."
	}
	if len(out.Numbers) == 0 {
		out.Why = "none of the variants is at hand"
	}
	out.Figures = cell.Page{t}
	return out
}

// variant is the circuit of a variant and a seed; nil where it is not at hand and not to be
// made. What is changed is not measured node by node: its size and losses are all that is asked.
func (c *Circuit) variant(v Variant, seed int, missing bool) *Circuit {
	options := append([]Option{Seed(seed)}, v.Train...)
	if !missing && !c.model.Made(options...) {
		return nil
	}
	other := *c.model.Other(options...)
	how := &Circuit{spec: c.spec, model: c.model, task: c.task}
	for _, o := range v.Search {
		o(&how.spec.Config)
	}
	if len(v.Train)+len(v.Search) > 0 {
		how.spec.Config.Prove.EffectExamples, how.spec.Config.Prove.Attribution = 0, 0
	}
	if !missing && !how.MadeIn(&other) {
		return nil
	}
	return how.On(&other, fmt.Sprintf("%s, seed %d", v.Name, seed), false)
}

// Loosen goes on taking nodes out of the circuits of the scale's seeds until the mean loss on
// prompts for selecting, without the margin of the search, reaches multiples of the target.
// Numbers are targetM_S_nodes, _edges, _selecting_loss and _alone, the loss on held-out prompts.
func (c *Circuit) Loosen(multiples ...float64) (out cell.Result) {
	t := viz.Table{Note: c.Note("The circuits under looser criteria", "Elimination goes on until the mean loss on prompts for selecting, without a margin, reaches what is asked for. Held out: of the circuit alone, with its 95 % interval."),
		Columns: []viz.Column{{Name: "seed"}, {Name: "asked for", Format: "%.2f"}, {Name: "nodes", Bar: true}, {Name: "edges"}, {Name: "loss, selecting", Format: "%.3f"}, {Name: "loss, held out", Format: "%.3f"}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}}}
	seeds := experiment.SeedList(c.model.spec.Scale, c.model.spec.Config.Seed)
	b := cell.NewBar("eliminating", len(seeds))
	for i, s := range seeds {
		x := c.Seed(int(s))
		if !x.Reached() {
			continue
		}
		list := cell.Interruptible(func(ctx context.Context) ([]experiment.Loosened, error) {
			return experiment.Loosen(ctx, x.Finding(), x.spec.Config, multiples...)
		})
		for k, l := range list {
			t.Rows = append(t.Rows, []any{int(s), l.Target, l.Trial.Nodes, l.Trial.Edges, l.Trial.Loss, l.Alone.Mean, l.Alone.Lo, l.Alone.Hi})
			of := fmt.Sprintf("target%g_seed%d_", multiples[k], s)
			out.State(of+"nodes", l.Trial.Nodes)
			out.State(of+"edges", l.Trial.Edges)
			out.State(of+"selecting_loss", l.Trial.Loss)
			out.Numbers = append(out.Numbers, cell.ClaimOf(of+"alone", l.Alone))
		}
		b.Step(i+1, fmt.Sprintf("seed %d", s))
	}
	cell.Check(b.Done(true))
	if len(t.Rows) == 0 {
		return cell.Nothing("no circuit reached the target: there is nothing to loosen")
	}
	out.Figures = cell.Page{t}
	return out
}
