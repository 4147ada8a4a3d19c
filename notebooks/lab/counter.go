package lab

import (
	"context"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/patch"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// Counter tries whether what attention writes before the head looks, and the head's keys
// read, counts tokens, so that the head takes the latest of several: it is held at one value,
// and at what its position has on other prompts, and exchanged between two opening tokens of
// one prompt, in the circuit and in the whole model. The numbers are nodes, writes, reads and
// swap_prompts, NODES_HOW_MODEL_look and _loss, NODES_MODEL_position_correlation, and
// swap_MODEL_WHEN_look_open, _look_earlier and _turned.
func (l Looking) Counter() (out cell.Result) {
	if !l.Found {
		return cell.Nothing(none)
	}
	c := l.Circuit
	data, config := c.Data(), c.model.Run().Config.Model
	writes, reads := data.Counters(l.Head)
	if len(writes) == 0 {
		return cell.Nothing("the head's keys read nothing that attention wrote before")
	}
	writes, reads = writes[:min(len(writes), 8)], reads[:min(len(reads), 8)]
	held, list, other := c.reported(), first(c.reported(), 128), c.Selected()
	twice := patch.OpenedTwice(held.ForMeasuring())
	t := viz.Table{Note: c.Note("What attention writes before the head looks", fmt.Sprintf("%s; %d pairs. Held: at the same value at every token; by position: at the mean that the position has over %d other prompts.", nameOf(l.Head), len(list), 2*len(other))),
		Columns: []viz.Column{{Name: "in"}, {Name: "nodes"}, {Name: "held at"}, {Name: "attention back", Format: "%.3f", Bar: true, Max: 1}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "pairs right", Format: "%.3f"}}}
	swaps := viz.Table{Note: c.Note("The counter exchanged between two opening tokens of one prompt", "Prompts that opened before. Turned: of those in which the earlier one is of the other kind, the share answered after it."),
		Columns: []viz.Column{{Name: "in"}, {Name: "prompts"}, {Name: ""}, {Name: "attention to the open one", Format: "%.3f", Bar: true, Max: 1}, {Name: "to the earlier one", Format: "%.3f", Bar: true, Max: 1}, {Name: "of the other kind"}, {Name: "turned", Format: "%.3f", Bar: true, Max: 1}}}
	row := func(m experiment.View, nodes []circuit.Node, at, claim string, r patch.Reading) {
		t.Rows = append(t.Rows, []any{m.Name, names(nodes), at, r.Look.Mean, r.Loss.Mean, r.Loss.Lo, r.Loss.Hi, r.Right.Mean})
		out.State(claim+"_"+m.Claim+"_look", r.Look.Mean)
		out.Numbers = append(out.Numbers, cell.ClaimOf(claim+"_"+m.Claim+"_loss", r.Loss))
	}
	for _, m := range c.Views() {
		row(m, nil, "", "none", cell.Must(patch.Under(m, config.Sink, list, l.Head, nil)))
		for _, x := range []circuit.Group{{Claim: "written", Nodes: writes}, {Claim: "read", Nodes: reads}} {
			h := cell.Interruptible(func(ctx context.Context) (patch.Held, error) {
				return patch.HoldByPosition(ctx, m, config, data, list, other, l.Head, x.Nodes)
			})
			for _, r := range h.Rows {
				row(m, x.Nodes, r.At, x.Claim+"_"+r.Claim, r.Reading)
			}
			out.State(x.Claim+"_"+m.Claim+"_position_correlation", h.Position)
		}
		if len(twice) == 0 {
			continue
		}
		both := cell.Interruptible(func(ctx context.Context) (x [2]patch.Looked, err error) {
			x[0], x[1], err = patch.ExchangeWithin(ctx, m, config, twice, reads, l.Head)
			return x, err
		})
		for k, x := range both {
			of := "swap_" + m.Claim + "_" + []string{"before", "after"}[k]
			out.State(of+"_look_open", x.Open.Mean)
			out.State(of+"_look_earlier", x.Earlier.Mean)
			row := []any{m.Name, len(twice), []string{"as they are", "exchanged"}[k], x.Open.Mean, x.Earlier.Mean, x.Turned.N, nil}
			if x.Turned.N > 0 {
				row[6] = x.Turned.Mean
				out.State(of+"_turned", x.Turned.Mean)
			}
			swaps.Rows = append(swaps.Rows, row)
		}
	}
	strips := c.promptStrips(writes[0].String(), reads[0].String())
	strips.Note = c.Note("The counter over a prompt", "In the whole model.")
	out.Figures = cell.Page{strips, t}
	if len(swaps.Rows) > 0 {
		out.Figures = append(out.Figures, swaps)
	}
	out.Numbers = append(out.Numbers, book.Stated{Name: "nodes", Value: len(writes)}, book.Stated{Name: "writes", Value: writes[0].String()},
		book.Stated{Name: "reads", Value: reads[0].String()}, book.Stated{Name: "swap_prompts", Value: len(twice)})
	return out
}
