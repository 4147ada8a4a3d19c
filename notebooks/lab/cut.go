package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
func (c *Circuit) cut(keep func(n circuit.Node) bool, name string) *Circuit {
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
	gone := must(c.have(nodes))
	return c.cut(func(n circuit.Node) bool { return !slices.Contains(gone, n) }, " without "+some(gone))
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
	kept := must(c.have(nodes))
	return c.cut(func(n circuit.Node) bool { return slices.Contains(kept, n) }, ", of it "+some(kept))
}

// reportOptions are the examples of which numbers are printed.
func reportOptions(m *Model) (task.Options, error) {
	c, err := verify.Scale(m.spec.Scale)
	return task.Options{N: c.Examples, Seed: c.Seed, MaxTokens: min(c.MaxTokens, m.Run().Config.Model.Context)}, err
}

// reported are the circuit's held-out examples.
func (c *Circuit) reported() task.Reported {
	f, how := c.Finding(), c.spec.Config.Prove
	return must(f.Task.Report(f.Run.Tokenizer, task.Options{N: how.Examples, Seed: how.Seed, MaxTokens: min(how.MaxTokens, f.Run.Config.Model.Context)}))
}

// selected are examples that nodes may be chosen on.
func (c *Circuit) selected() []task.Example {
	f, how := c.Finding(), c.spec.Config.Prune
	return must(f.Task.Examples(task.Select, f.Run.Tokenizer, task.Options{N: min(64, how.Select), Seed: 1, MaxTokens: min(how.MaxTokens, f.Run.Config.Model.Context)}))
}

// Alone is the circuit, all else held at its mean, as the engine's packages take it: its
// logits as they come out.
func (c *Circuit) Alone() *verify.Submodel {
	return interruptible(func(ctx context.Context) (*verify.Submodel, error) { return verify.Alone(ctx, c.model.Run(), c.Data()) })
}

// Rest is the model with the circuit held at its mean.
func (c *Circuit) Rest() *verify.Submodel {
	return interruptible(func(ctx context.Context) (*verify.Submodel, error) {
		return verify.Without(ctx, c.model.Run(), c.Data())
	})
}

// Losses are those of a circuit on held-out prompts, in nats per example.
type Losses struct {
	Alone   Estimate // the circuit, its logits as they come out
	Read    Estimate // the circuit, its logits read by the scale and shift of its search; N is 0 where there are none
	Removed Estimate // the model without the circuit
	Full    Estimate // the model
	Note    viz.Note
}

// Loss measures the circuit, or a cut, on the held-out prompts of its task.
func (c *Circuit) Loss() Losses {
	list := c.reported()
	measure := func(m task.Predictor, of string) Estimate {
		return Estimate{must(list.Measure(m)).Loss, of, "nats per example"}
	}
	alone, data := c.Alone(), c.Data()
	l := Losses{Alone: measure(alone, "circuit alone"), Removed: measure(c.Rest(), "circuit removed"), Full: measure(c.model.Run().Model, "full model"),
		Note: c.note("Losses, "+c.spec.Name, fmt.Sprintf("%d nodes, %d edges. Nats per example; guessing costs 0.693.", len(data.Nodes), len(data.Edges)))}
	examples := list.ForMeasuring()
	one := !slices.ContainsFunc(examples, func(e task.Example) bool { return e.Target != examples[0].Target || e.Alt != examples[0].Alt })
	if data.Calibrated && one {
		l.Read = measure(must(alone.Between(examples[0].Target, examples[0].Alt)), "circuit alone")
		l.Alone.Of = "circuit alone, logits as they come out"
		l.Note.Caption += " The logits of the circuit alone are read by the scale and shift of its search, as where the circuit is drawn, unless the table says otherwise."
	}
	return l
}

// rows are the losses that there are.
func (l Losses) rows() (list []Estimate) {
	for _, e := range []Estimate{l.Full, l.Read, l.Alone, l.Removed} {
		if e.N > 0 {
			list = append(list, e)
		}
	}
	return list
}

// String is like "full model 0.004, circuit alone 0.081, circuit removed 0.742".
func (l Losses) String() string {
	var list []string
	for _, e := range l.rows() {
		list = append(list, fmt.Sprintf("%s %.3f", e.Of, e.Mean))
	}
	return strings.Join(list, ", ")
}

// Bundle is a table.
func (l Losses) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: l.Note, Columns: []viz.Column{{Name: "what runs"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "n"}}}
	for _, e := range l.rows() {
		t.Rows = append(t.Rows, []any{e.Of, e.Mean, e.Lo, e.Hi, e.N})
	}
	return t.Bundle()
}

// Claims are loss_full, loss_alone, loss_alone_read and loss_removed.
func (l Losses) Claims() []book.Stated {
	list := []book.Stated{claimOf("loss_full", l.Full.Estimate), claimOf("loss_alone", l.Alone.Estimate), claimOf("loss_removed", l.Removed.Estimate)}
	if l.Read.N > 0 {
		list = append(list, claimOf("loss_alone_read", l.Read.Estimate))
	}
	return list
}

// Path is the way through the circuit that counts most, from the embedding to what
// attention writes last, by effects on prompts for selecting: nodes by their paths.
func (c *Circuit) Path() (nodes []string) {
	chosen := interruptible(func(ctx context.Context) (*circuit.Circuit, error) {
		return experiment.Selecting(ctx, c.Finding(), c.spec.Config, artifact.Options{})
	})
	for _, n := range chosen.MainPath() {
		nodes = append(nodes, n.String())
	}
	return nodes
}
