package lab

import (
	"fmt"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
	"circuitbook/viz"
)

// A roleLine is a group of nodes, or one of them, that is held and exchanged by itself.
type roleLine struct {
	name, claim string // claim is "" for one node of a group
	nodes       []circuit.Node
}

// Roles puts every node behind the head into groups by the circuit's wires, holds each group at
// its mean in training text and exchanges it between the two sides of pairs, in the circuit
// and in the whole model. Its numbers are of every group, by its name in Circuit.Roles,
// GROUP_MODEL_look, GROUP_MODEL_loss and GROUP_MODEL_exchanged, of none the first two, and
// nodes_left, the number of nodes in no group.
func (l Looking) Roles() (out cell.Result) {
	if !l.Found {
		return cell.Nothing(none)
	}
	c := l.Circuit
	if !c.Reached() {
		return cell.Nothing("no circuit was found: all nodes of the model stand in its place, and there is no group to speak of")
	}
	data, config := c.Data(), c.model.Run().Config.Model
	list := first(c.reported(), 64)
	lines, left := roleLines(data, l.Head)
	columns := []viz.Column{{Name: "nodes"}, {Name: "effect", Format: "%.3f"}}
	for _, in := range []string{"circuit", "whole model"} {
		columns = append(columns, viz.Column{Name: "attention, " + in, Format: "%.3f", Bar: true, Max: 1}, viz.Column{Name: "loss, " + in, Format: "%.3f"}, viz.Column{Name: "exchanged, " + in, Format: "%.3f", Bar: true, Max: 1})
	}
	t := viz.Table{Columns: columns, Rows: [][]any{{"nothing", nil}}, Note: c.Note("Every group of nodes held at its mean, and exchanged",
		fmt.Sprintf("%s; %d pairs; effect: what the circuit alone loses without a single node. Nodes in no group: %d %s", nameOf(l.Head), len(list), len(left), strings.Join(left, " ")))}
	var groups [][]circuit.Node
	for _, x := range lines {
		groups = append(groups, x.nodes)
		row := []any{x.name, nil}
		if k, _ := data.Find(x.nodes[0]); len(x.nodes) == 1 && k.Effect != nil {
			row[1] = *k.Effect
		}
		t.Rows = append(t.Rows, row)
	}
	b := cell.NewBar("holding and exchanging", 2*len(lines))
	for i, m := range c.Views() {
		asIs := cell.Must(patch.Under(m, config.Sink, list, l.Head, patch.Leave(config, lines[0].nodes)))
		t.Rows[0] = append(t.Rows[0], asIs.Look.Mean, asIs.Loss.Mean, nil)
		out.State("none_"+m.Claim+"_look", asIs.Look.Mean)
		out.State("none_"+m.Claim+"_loss", asIs.Loss.Mean)
		swapped := cell.Must(patch.Exchange(m, list, patch.FromEnd, groups...))
		for j, x := range lines {
			r := cell.Must(patch.Under(m, config.Sink, list, l.Head, patch.Hold(config, x.nodes, patch.Means(data, x.nodes))))
			t.Rows[j+1] = append(t.Rows[j+1], r.Look.Mean, r.Loss.Mean, swapped[j].After)
			if x.claim != "" {
				of := x.claim + "_" + m.Claim
				out.State(of+"_look", r.Look.Mean)
				out.State(of+"_loss", r.Loss.Mean)
				out.State(of+"_exchanged", swapped[j].After)
			}
			b.Step(i*len(lines)+j+1, x.name)
		}
	}
	cell.Check(b.Done(true))
	out.State("nodes_left", len(left))
	out.Figures = cell.Page{t}
	return out
}

// roleLines are the groups behind a head, each followed by its nodes where it has several,
// and the nodes in no group: beside them there are the counters, and what attention writes
// from the head's layer on.
func roleLines(c *circuit.Circuit, head circuit.Head) (lines []roleLine, left []string) {
	writes, reads := c.Counters(head)
	covered := slices.Concat(writes, reads)
	for _, g := range c.Roles(head) {
		covered = append(covered, g.Nodes...)
		switch len(g.Nodes) {
		case 0:
		case 1:
			lines = append(lines, roleLine{g.Name + ", " + g.Nodes[0].String(), g.Claim, g.Nodes})
		default:
			lines = append(lines, roleLine{g.Name, g.Claim, g.Nodes})
			for _, n := range g.Nodes[:min(len(g.Nodes), 12)] {
				lines = append(lines, roleLine{"– " + n.String(), "", []circuit.Node{n}})
			}
		}
	}
	for _, n := range c.Nodes {
		late := n.Kind() == circuit.ResidDelta && n.Block() == circuit.Attn && n.Layer() >= head.Layer
		if !late && !slices.Contains(covered, n.Node) {
			left = append(left, n.String())
		}
	}
	return lines, left
}
