package lab

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
	"circuitbook/viz/circuits"
)

// Circuits are several circuits of one task, to be compared.
type Circuits struct {
	Title string
	List  []*Circuit
}

// again repeats the search of a circuit in another model, or for another task.
func (c *Circuit) On(m *Model, name string, shuffled bool) *Circuit {
	spec := c.spec
	spec.Model, spec.Name, spec.Null, spec.Keep = m.spec, name, shuffled, nil
	t := cell.Must(c.taskOf())
	if shuffled {
		t = task.Shuffled(t)
		spec.Config.Prove.EffectExamples, spec.Config.Prove.Attribution = 0, 0
	}
	if m.spec.Untrained {
		spec.Config.Prove.EffectExamples, spec.Config.Prove.Attribution = 0, 0
	}
	other := &Circuit{spec: spec, model: m, task: t}
	other.f = cell.Interruptible(other.make)
	return other
}

// Seed is the circuit of the same task in the model of another seed.
func (c *Circuit) Seed(n int) *Circuit {
	return c.On(c.model.Seed(n), fmt.Sprintf("seed %d", n), false)
}

// Seeds are the circuits of the same task in the models of several seeds; without any, of
// those that the model's scale is compared over.
func (c *Circuit) Seeds(seeds ...int) Circuits {
	if len(seeds) == 0 {
		for _, s := range experiment.SeedList(c.model.spec.Scale, c.model.spec.Config.Seed) {
			seeds = append(seeds, int(s))
		}
	}
	all := Circuits{Title: "The circuit over training seeds"}
	for _, s := range seeds {
		all.List = append(all.List, c.Seed(s))
	}
	return all
}

// Twin is the circuit of the same task in the dense twin.
func (c *Circuit) Twin() *Circuit { return c.On(c.model.Twin(), "dense twin", false) }

// Nulls are the same search where there is nothing to find: for the task with its answers
// shuffled, and in the model before its first step.
func (c *Circuit) Nulls() Circuits {
	return Circuits{"The same search where there is nothing to find",
		[]*Circuit{c.On(c.model, "shuffled labels", true), c.On(c.model.Untrained(), "untrained model", false)}}
}

// Each states of every circuit reached, nodes, edges, trials, loss_full, loss_alone,
// loss_removed and loss_random_removed, under the first word of its name and, if that is seed,
// its number: seed0_nodes, shuffled_nodes.
func (c Circuits) Each() cell.Result {
	out := cell.Result{Figures: cell.Page{c}}
	for _, x := range c.List {
		key, rest, _ := strings.Cut(x.spec.Name, " ")
		if key == "seed" {
			key += rest
		}
		for _, s := range x.Claims() {
			if slices.Contains([]string{"reached", "nodes", "edges", "trials", "loss_full", "loss_raw", "loss_alone", "loss_removed", "loss_random_removed", "faithfulness", "right_raw", "right_removed"}, s.Name) {
				s.Name = key + "_" + s.Name
				out.Numbers = append(out.Numbers, s)
			}
		}
	}
	return out
}

// findings are the studies behind the circuits.
func (c Circuits) findings() (list []*experiment.Finding) {
	for _, x := range c.List {
		list = append(list, x.Finding())
	}
	return list
}

// Summary is how large they are; a circuit that missed the target counts as the whole model.
func (c Circuits) Summary() experiment.Summary { return experiment.Summarise(c.findings()) }

// Bundle compares sizes and losses, in a table and a picture, and lists where the nodes are.
func (c Circuits) Bundle() (viz.Bundle, error) {
	if len(c.List) == 0 {
		return viz.Bundle{}, viz.ErrNoData
	}
	first := c.List[0]
	t := viz.Table{Note: viz.Note{Caption: "Losses on held-out prompts, nats per example; guessing costs 0.693. Where the target is not reached, the circuit holds every node."},
		Columns: []viz.Column{{Name: ""}, {Name: "nonzero weights"}, {Name: "validation loss", Format: "%.3f"}, {Name: "trials"}, {Name: "target reached"}, {Name: "nodes", Bar: true}, {Name: "edges", Bar: true}}}
	for _, l := range first.Finding().Losses() {
		t.Columns = append(t.Columns, viz.Column{Name: l.Label, Format: "%.3f"})
	}
	t.Columns = append(t.Columns, viz.Column{Name: "as many by attribution", Format: "%.3f"}, viz.Column{Name: "share of the margin", Format: "%.2f"})
	if sum := c.Summary(); sum.N > 2 {
		t.Total = append([]any{"median", nil, nil, nil, nil, sum.MedianNodes, sum.MedianEdges}, make([]any, len(t.Columns)-7)...)
	}
	picture := charts.Estimates{Note: first.Note(c.Title, ""), X: charts.Axis{Label: "loss, nats per example", Include: []float64{0}}, Refs: []charts.Ref{{Name: "target", Y: first.spec.Config.Prune.Target}, {Name: "chance", Y: math.Ln2}}, Interval: "95 %"}
	sites := viz.Table{Note: viz.Note{Title: "Where the nodes are"}, Columns: []viz.Column{{Name: "site"}}}
	for _, x := range c.List {
		row := []any{x.spec.Name, x.model.L0(), x.model.Valid(), len(x.Finding().Pruned.Trials), x.Reached(), x.Nodes(), x.Edges()}
		for _, l := range x.Finding().Losses() {
			row = append(row, l.Mean)
			picture.Rows = append(picture.Rows, charts.Estimate{Name: l.Label, Value: l.Mean, Lo: l.Lo, Hi: l.Hi, Group: x.spec.Name})
		}
		row = append(row, nil, nil)
		if a := x.Finding().Proved.Attribution; a != nil {
			row[len(row)-2] = a.AtSize.Mean
		}
		if f, ok := x.Finding().Number("faithfulness"); ok {
			row[len(row)-1] = f.Mean
		}
		t.Rows = append(t.Rows, row)
		sites.Columns = append(sites.Columns, viz.Column{Name: x.spec.Name})
	}
	for _, s := range experiment.PerSite(c.findings()) {
		row := []any{s.Site}
		for _, n := range s.Counts {
			row = append(row, n)
		}
		sites.Rows = append(sites.Rows, row)
	}
	return cell.Page{picture, t, sites}.Bundle()
}

// Claims are n, reached, median_nodes and median_edges.
func (c Circuits) Claims() []book.Stated {
	s := c.Summary()
	return []book.Stated{{Name: "n", Value: s.N}, {Name: "reached", Value: s.Reached}, {Name: "median_nodes", Value: s.MedianNodes}, {Name: "median_edges", Value: s.MedianEdges}}
}

// A Diff is two circuits on one sheet.
type Diff struct {
	circuits.CircuitDiff
	SamePath int // nodes that bear the same path in both
}

// Claims is same_path.
func (d Diff) Claims() []book.Stated { return []book.Stated{{Name: "same_path", Value: d.SamePath}} }

// Diff draws two circuits of models of one shape on one sheet: what both have, and what only
// one has. Between models of different seeds an index means nothing: look at the bars.
func (c *Circuit) Diff(other *Circuit) Diff {
	a, b := c.Data(), other.Data()
	d := cell.Must(circuit.Compare(a, b))
	caption := fmt.Sprintf("%d nodes bear the same path in both.", len(d.Both))
	if c.model.spec.Config.Seed != other.model.spec.Config.Seed {
		caption += " Models of different seeds share no node: those do so by chance. Compare where nodes are, not which."
	}
	return Diff{circuits.CircuitDiff{Note: c.Note(c.spec.Name+" and "+other.spec.Name, caption), A: a, B: b, NameA: c.spec.Name, NameB: other.spec.Name}, len(d.Both)}
}
