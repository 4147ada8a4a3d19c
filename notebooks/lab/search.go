package lab

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/circuits"
)

// Search is the log of the search for the circuit.
func (c *Circuit) Search() viz.Table {
	trials := c.Finding().Pruned.Trials
	t := viz.Table{Note: c.Note("The log of the search", fmt.Sprintf("%d trials; %s. Rung 0: half of the steps; 1: all; 2: a change of the best so far. Loss on prompts for selecting, nats per example.", len(trials), c.Size())),
		Columns: []viz.Column{{Name: "trial"}, {Name: "rung"}, {Name: "price of a node", Format: "%.4f"}, {Name: "target met"}, {Name: "ranked"}, {Name: "nodes", Bar: true}, {Name: "edges"}, {Name: "loss", Format: "%.3f"}, {Name: "seconds", Format: "%.0f"}}}
	for i, x := range trials {
		t.Rows = append(t.Rows, []any{i, x.Rung, x.Hyper.Penalty, fmt.Sprint(x.Reached), x.Ranked, x.Nodes, x.Edges, x.Loss, x.Seconds})
	}
	return t
}

// Controls are what a circuit is to be held against: the nodes that attribution chooses, as
// many of them and as many as reach the target, and the share of held-out prompts that could
// be answered from memory. Numbers are seen_share, attribution_loss_at_size, _reached, _nodes
// and _edges, and random_missing_nodes, how many the random circuits of its proof lack.
func (c *Circuit) Controls() (out cell.Result) {
	f := c.Finding()
	seen := task.SeenShare(c.reported().ForMeasuring(), c.model.Data().Train)
	t := viz.Table{Note: c.Note("What it is held against", fmt.Sprintf("The last %d tokens of %.0f %% of the held-out prompts' sides occur in the training text.", task.SeenLength, 100*seen)),
		Columns: []viz.Column{{Name: "chosen by"}, {Name: "nodes", Bar: true}, {Name: "edges"}, {Name: "loss", Format: "%.3f"}, {Name: "target reached"}},
		Rows:    [][]any{{"the search", f.Nodes(), f.Edges(), f.Circuit().Proof.Alone.Mean, f.Reached()}}}
	out.Numbers = []book.Stated{{Name: "seen_share", Value: seen}, {Name: "random_missing_nodes", Value: f.Proved.Missing}}
	if a := f.Proved.Attribution; a != nil {
		t.Rows = append(t.Rows, []any{"attribution, as many", f.Nodes(), nil, a.AtSize.Mean, nil}, []any{"attribution, up to the target", a.Nodes, a.Edges, nil, a.Reached})
		out.Numbers = append(out.Numbers, cell.ClaimOf("attribution_loss_at_size", a.AtSize))
		out.State("attribution_reached", a.Reached)
		out.State("attribution_nodes", a.Nodes)
		out.State("attribution_edges", a.Edges)
	}
	out.Figures = cell.Page{t}
	return out
}

// Blocks draws the circuit by the blocks of the model, for one that is too large for a picture
// of all its nodes.
func (c *Circuit) Blocks() circuits.CircuitBlocks {
	return circuits.CircuitBlocks{Note: c.Note("By blocks, "+c.spec.Name, ""), Circuit: c.Data()}
}

// Picture draws the circuit with names for some of its nodes, node, name, node, name.
func (c *Circuit) Picture(title string, nodesAndNames ...string) circuits.Circuit {
	if len(nodesAndNames)%2 != 0 {
		cell.End(fmt.Errorf("Picture takes a name after every node"))
	}
	labels := map[string]string{}
	for i := 0; i+1 < len(nodesAndNames); i += 2 {
		if nodesAndNames[i] != "" {
			labels[nodesAndNames[i]] = nodesAndNames[i+1]
		}
	}
	return circuits.Circuit{Note: c.Note(title, fmt.Sprintf("%s, of a model with %d nonzero weights.", c.Size(), c.model.L0())), Circuit: c.Data(), Labels: labels}
}
