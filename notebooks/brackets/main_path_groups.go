package brackets

import (
	"context"
	"fmt"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/verify"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// held is what a part of the model makes of pairs: losses, and the shares of attention that its
// head gives from the last token to the sink and to the token that opens, on either side.
func (w MainPath) held(m model.Recorder, list []task.Example, sides [2]contrast.Side) (loss stat.Estimate, seen []float64) {
	none := contrast.Head(w.Circuit.Data().Model, w.Head, false, nil, nil)
	var a [2]contrast.Attended
	for s, side := range sides {
		a[s] = cell.Must(contrast.Attend(m, side, list[0], w.Head, w.Circuit.Model().Run().Config.Model.Sink, none))
		seen = append(seen, stat.Mean(a[s].Sink).Mean, stat.Mean(a[s].Open).Mean)
	}
	return stat.Mean(contrast.OutcomeOf(a[0].P, a[1].P).Loss), seen
}

// without is the circuit alone without some nodes, or the whole model without them.
func (w MainPath) without(alone bool, nodes []circuit.Node) experiment.Reader {
	c := w.Circuit
	return cell.Interruptible(func(ctx context.Context) (experiment.Reader, error) {
		if !alone {
			return verify.Without(ctx, c.Model().Run(), c.Data().Restrict(nodes...))
		}
		v, err := experiment.Views(ctx, c.Model().Run(), w.task(), c.Data().Without(nodes...))
		if err != nil {
			return nil, err
		}
		return v[0].Reader, nil
	})
}

// Groups parts every node of the circuit by what it feeds (circuit.Groups), holds each group at
// its mean, and exchanges each between the two sides of a pair at all tokens, in the circuit
// alone and in the whole model. Numbers are group_GROUP_MODEL_loss, _exchanged, _margin,
// _sink_SIDE and _open_SIDE of the first side, group_none_MODEL_loss, group_GROUP_nodes and
// groups_nodes.
func (w MainPath) Groups() (r cell.Result) {
	c := w.Circuit
	all := c.Data().Groups()
	if !w.Found() || len(all) == 0 {
		return w.none()
	}
	list, sides := w.pairs(128, 64)
	members := viz.Table{Note: c.Note("The groups", "Parted by the circuit's edges and lanes alone, the first that fits counting."), Columns: []viz.Column{{Name: "group"}, {Name: "nodes"}, {Name: "which"}}}
	var each [][]circuit.Node
	total := 0
	for _, g := range all {
		members.Rows = append(members.Rows, []any{g.Name, len(g.Nodes), strings.Join(pathsOf(g.Nodes), ", ")})
		each, total = append(each, g.Nodes), total+len(g.Nodes)
	}
	t := viz.Table{Note: c.Note("What each group is needed for", fmt.Sprintf("%d held-out pairs; losses in nats per example, guessing costs 0.693. Held: every node of the group at its mean over training text; the shares are of head %s's attention from the last token then. Exchanged: the share of prompts that get the other side's answer when the group has what it has in the other prompt, and the margin of the right answer in nats.", len(list), w.head())),
		Columns: []viz.Column{{Name: "in"}, {Name: "group"}, {Name: "nodes"}, {Name: "loss, held", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"},
			{Name: "sink, " + w.Sides[0], Format: "%.2f"}, {Name: "opening, " + w.Sides[0], Format: "%.2f"}, {Name: "sink, " + w.Sides[1], Format: "%.2f"}, {Name: "opening, " + w.Sides[1], Format: "%.2f"},
			{Name: "exchanged", Format: "%.2f", Bar: true, Max: 1}, {Name: "margin", Format: "%+.2f"}}}
	picture := charts.Estimates{Note: c.Note("The loss with each group held at its mean", ""), X: charts.Axis{Label: "loss, nats per example", Include: []float64{0}}, Refs: []charts.Ref{{Name: "guessing", Y: 0.693}}, Interval: "95 %"}
	row := func(m experiment.View, name string, n int, e stat.Estimate, seen []float64, after, margin float64) {
		t.Rows = append(t.Rows, []any{m.Name, name, n, e.Mean, e.Lo, e.Hi, seen[0], seen[1], seen[2], seen[3], after, margin})
		picture.Rows = append(picture.Rows, charts.Estimate{Name: name, Value: e.Mean, Lo: e.Lo, Hi: e.Hi, Group: m.Name})
	}
	b := cell.NewBar("groups", 2*len(all))
	for k, m := range w.Circuit.Views() {
		swaps := cell.Must(patch.InterchangeEach(m.Reader, list, each, patch.FromEnd))
		e, seen := w.held(m.Reader, list, sides)
		row(m, "none", 0, e, seen, 1-swaps[0].Before, swaps[0].MarginBefore)
		r.State("group_none_"+m.Claim+"_loss", e)
		for i, g := range all {
			e, seen := w.held(w.without(k == 0, g.Nodes), list, sides)
			row(m, g.Name, len(g.Nodes), e, seen, swaps[i].After, swaps[i].MarginAfter)
			of := "group_" + g.Claim + "_" + m.Claim
			r.State(of+"_loss", e)
			r.State(of+"_exchanged", swaps[i].After)
			r.State(of+"_margin", swaps[i].MarginAfter)
			r.State(of+"_sink_"+w.Sides[0], seen[0])
			r.State(of+"_open_"+w.Sides[0], seen[1])
			b.Step(k*len(all)+i+1, g.Name)
		}
	}
	cell.Check(b.Done(true))
	for _, g := range all {
		r.State("group_"+g.Claim+"_nodes", len(g.Nodes))
	}
	r.State("groups_nodes", total)
	r.Show(picture, t, members)
	return r
}
