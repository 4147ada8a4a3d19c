package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/circuits"
)

// A Circuit is a circuit of a task in a model, with its proof: what [Model.Find] found,
// or a cut of that.
type Circuit struct {
	spec  circuitSpec
	model *Model
	task  task.Task // where the spec has none by name
	mu    sync.Mutex
	f     *experiment.Finding
}

// A circuitSpec is how a circuit is kept.
type circuitSpec struct {
	Model  modelSpec         `json:"model"`
	Task   string            `json:"task"` // a name or a JSONL file; "" where it is neither
	Null   bool              `json:"null,omitempty"`
	Config experiment.Config `json:"config"`
	Name   string            `json:"name"` // what sets it apart, such as "dense twin"
	// Keep are the nodes of a cut; nil is all of the circuit.
	Keep []string `json:"keep"`
}

// A FindOption changes how a circuit is sought and measured.
type FindOption func(*experiment.Config)

// Budget is the time of the search, in seconds; 90 by default at the scale "laptop",
// and 0 there is the scale's own. At "tiny" nothing is searched.
func Budget(seconds float64) FindOption {
	return func(c *experiment.Config) {
		if c.Prune.Budget > 0 && seconds > 0 {
			c.Prune.Budget = seconds
		}
	}
}

// Target is the loss that a circuit is to reach, in nats per example; 0.15 by default.
func Target(loss float64) FindOption {
	return func(c *experiment.Config) { c.Prune.Target = loss }
}

// Searching changes a config in any other way.
func Searching(change func(c *experiment.Config)) FindOption { return change }

// usualBudget is the time of a search, in seconds.
const usualBudget = 90

// Find finds the circuit of a task and measures it on held-out prompts: nodes are gated,
// ranked and taken out one by one as long as the loss stays below the target. task is a
// name of [Tasks], a JSONL file of pairs, or a task.Task. That no circuit reaches the target
// is no error; see [Circuit.Reached].
func (m *Model) Find(task any, options ...FindOption) *Circuit {
	t, name, err := taskOf(task)
	cell.Check(err)
	how := cell.Must(experiment.Scale(m.spec.Scale, usualBudget))
	for _, o := range options {
		o(&how)
	}
	c := &Circuit{model: m, task: t, spec: circuitSpec{Model: m.spec, Task: name, Config: how, Name: fmt.Sprintf("seed %d", m.spec.Config.Seed)}}
	c.f = cell.Interruptible(c.make)
	return c
}

// make finds the circuit, or loads it.
func (c *Circuit) make(ctx context.Context) (*experiment.Finding, error) {
	t, err := c.taskOf()
	if err != nil {
		return nil, err
	}
	run := c.model.Run() // before the bar: opening a model is no progress of a search
	b := cell.NewBar("circuit of "+t.Name+", "+c.model.short(), 1000)
	f, err := experiment.Circuit(ctx, run, t, c.spec.Config, b.Options())
	if bad := b.Done(err == nil); err == nil {
		err = bad
	}
	if err != nil {
		return nil, err
	}
	f.Name = c.spec.Name
	return f, nil
}

func (c *Circuit) taskOf() (task.Task, error) {
	t := c.task
	if t.Name == "" {
		if c.spec.Task == "" {
			return t, errors.New("the circuit's task was a value of the cell that found it; find the circuit again")
		}
		var err error
		if t, _, err = taskOf(c.spec.Task); err != nil {
			return t, err
		}
		if c.spec.Null {
			t = task.Shuffled(t)
		}
		c.task = t
	}
	return t, nil
}

// Finding is the study behind the circuit, as the engine's packages take it. In a cell
// after the one that found it it is opened here.
func (c *Circuit) Finding() *experiment.Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.f == nil {
		c.f = cell.Interruptible(c.make)
	}
	return c.f
}

// Task is the task that it does.
func (c *Circuit) Task() task.Task { return cell.Must(c.taskOf()) }

// Config is how it was sought and measured.
func (c *Circuit) Config() experiment.Config { return c.spec.Config }

// Model is the model that the circuit is of.
func (c *Circuit) Model() *Model { return c.model }

// Data is the circuit as data: nodes, edges and, where it is no cut, its proof.
func (c *Circuit) Data() *circuit.Circuit {
	whole := c.Finding().Circuit()
	if c.spec.Keep == nil {
		return whole
	}
	nodes := cell.Must(parseNodes(c.spec.Keep))
	return whole.Restrict(nodes...)
}

// Reached says whether a circuit met the target on prompts for selecting; else it holds
// every node.
func (c *Circuit) Reached() bool { return c.Finding().Reached() }

// Nodes is the number of nodes.
func (c *Circuit) Nodes() int { return len(c.Data().Nodes) }

// Edges is the number of edges: nonzero weights between nodes of the circuit.
func (c *Circuit) Edges() int { return len(c.Data().Edges) }

// Size is how large it is, in words.
func (c *Circuit) Size() string {
	if !c.Reached() {
		return "target not reached"
	}
	return fmt.Sprintf("%d nodes, %d edges", c.Nodes(), c.Edges())
}

// String is like "circuit of single_double_quote, seed 1: 12 nodes, 8 edges".
func (c *Circuit) String() string {
	return fmt.Sprintf("circuit of %s, %s: %s", c.Finding().Task.Name, c.spec.Name, c.Size())
}

// Bundle draws the circuit with its losses below it.
func (c *Circuit) Bundle() (viz.Bundle, error) {
	data := c.Data()
	json, err := circuit.Encode(data)
	if err != nil {
		return viz.Bundle{}, err
	}
	title := fmt.Sprintf("%s, %s", c.Finding().Task.Name, c.spec.Name)
	page := cell.Page{circuits.Circuit{Note: c.Note(title, fmt.Sprintf("%s, of a model with %d nonzero weights.", c.Size(), c.model.L0())), Circuit: data, JSON: json}}
	if c.spec.Keep == nil && data.Proof != nil {
		page = append(page, c.Proof())
	}
	return page.Bundle()
}

// Proof is the table of the losses by which the circuit was held against the whole model and
// random circuits.
func (c *Circuit) Proof() viz.Table {
	f := c.Finding()
	t := viz.Table{
		Note:    c.Note("Faithfulness on held-out prompts", "Guessing costs 0.693 nats per example. Intervals: 95 %, over prompts, for random circuits over circuits. "+marginNote),
		Columns: []viz.Column{{Name: "what"}, {Name: "mean", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "unit"}, {Name: "n"}},
	}
	row := func(label, unit string, e stat.Estimate) {
		t.Rows = append(t.Rows, []any{label, e.Mean, e.Lo, e.Hi, unit, e.N})
	}
	for _, x := range f.Losses() {
		row(x.Label, "nats per example", x.Estimate)
	}
	if a := f.Proved.Attribution; a != nil {
		row("as many nodes, by attribution", "nats per example", a.AtSize)
	}
	for _, x := range f.Others() {
		row(x.Label, x.Unit, x.Estimate)
	}
	return t
}

// marginNote says what faithfulness is.
const marginNote = "The margin is the right answer's logit less the other's; of what it is with every node at its mean, to what the model makes it, the circuit alone recovers a share."

// Claims are reached, nodes, edges, trials and search_seconds of the search; loss_full,
// loss_raw, loss_alone, which is calibrated, loss_removed, loss_random_alone and
// loss_random_removed in nats per example; accuracy_full and accuracy_alone, calibrated too;
// and all other numbers of [verify.Measures], such as faithfulness.
func (c *Circuit) Claims() []book.Stated {
	f := c.Finding()
	list := []book.Stated{{Name: "reached", Value: f.Reached()}, {Name: "nodes", Value: c.Nodes()}, {Name: "edges", Value: c.Edges()},
		{Name: "trials", Value: len(f.Pruned.Trials)}, {Name: "search_seconds", Value: cell.Whole(f.Pruned.Provenance.WallSeconds)}}
	for _, x := range f.Losses() {
		list = append(list, cell.ClaimOf("loss_"+x.Name, x.Estimate))
	}
	list = append(list, book.Stated{Name: "accuracy_full", Value: f.Proved.FullAccuracy}, book.Stated{Name: "accuracy_alone", Value: f.Proved.Accuracy})
	for _, x := range f.Others() {
		list = append(list, cell.ClaimOf(x.Name, x.Estimate))
	}
	return list
}

// Note is what stands with the figures of a circuit: where it is from, and its losses.
func (c *Circuit) Note(title, caption string) viz.Note {
	f := c.Finding()
	facts := map[string]any{"run": f.Run.Name, "seed": f.Run.Config.Seed, "plugin": f.Run.Provenance.Plugin}
	if p := f.Circuit().Proof; p != nil && c.spec.Keep == nil { // which a cut does not share
		text := ""
		for i, x := range f.Losses() {
			if i > 0 {
				text += ", "
			}
			text += x.Label + " " + cell.Interval(x.Estimate)
		}
		facts["losses of the circuit, nats per example, 95 %"] = fmt.Sprintf("%s; n = %d prompts, %d random circuits", text, p.Full.N, p.RandomAlone.N)
	}
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(facts)}
}

// MarshalText is what is kept of a circuit from cell to cell.
func (c *Circuit) MarshalText() ([]byte, error) {
	if c.spec.Task == "" {
		return nil, errors.New("its task is a value of this cell; give Find the name of a task or a JSONL file, and it is kept")
	}
	return json.Marshal(c.spec)
}

// UnmarshalText reads what MarshalText wrote; all else is opened where it is used.
func (c *Circuit) UnmarshalText(text []byte) error {
	if err := json.Unmarshal(text, &c.spec); err != nil {
		return err
	}
	c.model = &Model{spec: c.spec.Model}
	return nil
}
