package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/verify"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// parseNodes reads nodes by their paths, such as "0.mlp.post_act[863]".
func parseNodes(paths []string) (nodes []circuit.Node, err error) {
	for _, p := range paths {
		n, err := circuit.ParseNode(p)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// have reads nodes of the circuit.
func (c *Circuit) have(paths []string) ([]circuit.Node, error) {
	nodes, err := parseNodes(paths)
	if err != nil {
		return nil, err
	}
	data := c.Data()
	for _, n := range nodes {
		if _, ok := data.Find(n); !ok {
			return nil, fmt.Errorf("the circuit has no node %s; it has %s", n, listed(data.Nodes))
		}
	}
	return nodes, nil
}

// listed are nodes by their paths, the first 24 of more.
func listed(nodes []circuit.Kept) string {
	var list []circuit.Node
	for _, n := range nodes[:min(24, len(nodes))] {
		list = append(list, n.Node)
	}
	if more := len(nodes) - len(list); more > 0 {
		return fmt.Sprintf("%s and %d more, which Data().Nodes lists", names(list), more)
	}
	return names(list)
}

// cut is the circuit with some of its nodes.
func (c *Circuit) restricted(keep func(n circuit.Node) bool, name string) *Circuit {
	spec := c.spec
	spec.Keep = []string{}
	for _, n := range c.Data().Nodes {
		if keep(n.Node) {
			spec.Keep = append(spec.Keep, n.String())
		}
	}
	spec.Name = c.spec.Name + name
	return &Circuit{spec: spec, model: c.model, task: c.task, f: c.Finding()}
}

// Without is the circuit without some of its nodes.
func (c *Circuit) Without(nodes ...string) *Circuit {
	gone := cell.Must(c.have(nodes))
	return c.restricted(func(n circuit.Node) bool { return !slices.Contains(gone, n) }, " without "+some(gone))
}

// some are nodes in words: one or two by their paths, else how many.
func some(nodes []circuit.Node) string {
	switch len(nodes) {
	case 0:
		return "nothing"
	case 1, 2:
		return names(nodes)
	}
	return fmt.Sprintf("%d nodes", len(nodes))
}

// Only is some nodes of the circuit, and the edges between them.
func (c *Circuit) Only(nodes ...string) *Circuit {
	kept := cell.Must(c.have(nodes))
	return c.restricted(func(n circuit.Node) bool { return slices.Contains(kept, n) }, ", of it "+some(kept))
}

// reportOptions are the examples of which numbers are printed.
func reportOptions(m *Model) (task.Options, error) {
	c, err := verify.Scale(m.spec.Scale)
	return task.Options{N: c.Examples, Seed: c.Seed, MaxTokens: min(c.MaxTokens, m.Run().Config.Model.Context)}, err
}

// reported are the circuit's held-out examples.
func (c *Circuit) reported() task.Reported {
	f, how := c.Finding(), c.spec.Config.Prove
	return cell.Must(f.Task.Report(f.Run.Tokenizer, task.Options{N: how.Examples, Seed: how.Seed, MaxTokens: min(how.MaxTokens, f.Run.Config.Model.Context)}))
}

// Selected are examples that nodes may be chosen on.
func (c *Circuit) Selected() []task.Example {
	f, how := c.Finding(), c.spec.Config.Prune
	return cell.Must(f.Task.Examples(task.Select, f.Run.Tokenizer, task.Options{N: min(64, how.Select), Seed: 1, MaxTokens: min(how.MaxTokens, f.Run.Config.Model.Context)}))
}

// Alone is the circuit, all else held at its mean, as the engine's packages take it: its
// logits as they come out.
func (c *Circuit) Alone() *verify.Submodel {
	return cell.Interruptible(func(ctx context.Context) (*verify.Submodel, error) { return verify.Alone(ctx, c.model.Run(), c.Data()) })
}

// Rest is the model with the circuit held at its mean.
func (c *Circuit) Rest() *verify.Submodel {
	return cell.Interruptible(func(ctx context.Context) (*verify.Submodel, error) {
		return verify.Without(ctx, c.model.Run(), c.Data())
	})
}

// Losses are the numbers that say how far a circuit is what the model uses: what
// [verify.Measures] gives, raw ones first.
type Losses struct {
	Numbers []verify.Number
	Note    viz.Note
}

// Loss measures the circuit, or a part of it, on the held-out prompts of its task.
func (c *Circuit) Loss() Losses {
	data, list := c.Data(), c.reported()
	numbers := cell.Interruptible(func(ctx context.Context) ([]verify.Number, error) {
		return verify.Measures(ctx, c.model.Run(), data, list)
	})
	return Losses{numbers, c.Note("Faithfulness, "+c.spec.Name, fmt.Sprintf("%d nodes, %d edges. Logits are raw unless said otherwise. Guessing costs 0.693 nats per example. "+marginNote, len(data.Nodes), len(data.Edges)))}
}

// Of is a number by its name, such as "loss_raw"; N is 0 where there is none.
func (l Losses) Of(name string) cell.Estimate {
	for _, x := range l.Numbers {
		if x.Name == name {
			return cell.Estimate{Estimate: x.Estimate, Of: x.Label, Unit: x.Unit}
		}
	}
	return cell.Estimate{}
}

// String is like "full model 0.004, circuit alone 0.081, circuit removed 0.742".
func (l Losses) String() string {
	var list []string
	for _, x := range l.Numbers {
		list = append(list, fmt.Sprintf("%s %.3f", x.Label, x.Mean))
	}
	return strings.Join(list, ", ")
}

// Bundle is a table.
func (l Losses) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: l.Note, Columns: []viz.Column{{Name: "what"}, {Name: "mean", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "unit"}, {Name: "n"}}}
	for _, x := range l.Numbers {
		t.Rows = append(t.Rows, []any{x.Label, x.Mean, x.Lo, x.Hi, x.Unit, x.N})
	}
	return t.Bundle()
}

// Claims are the numbers by their names: loss_full, loss_raw, loss_removed, right_raw,
// faithfulness and others, and loss_calibrated of a calibrated circuit.
func (l Losses) Claims() (list []book.Stated) {
	for _, x := range l.Numbers {
		list = append(list, cell.ClaimOf(x.Name, x.Estimate))
	}
	return list
}

// Path is the way through the circuit that counts most, from the embedding to what
// attention writes last, by effects on prompts for selecting: nodes by their paths.
func (c *Circuit) Path() (nodes []string) {
	chosen := cell.Interruptible(func(ctx context.Context) (*circuit.Circuit, error) {
		return experiment.Selecting(ctx, c.Finding(), c.spec.Config, artifact.Options{})
	})
	for _, n := range chosen.MainPath() {
		nodes = append(nodes, n.String())
	}
	return nodes
}
