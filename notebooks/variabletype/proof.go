package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/circuits"
	"context"
	"fmt"
	"math"
)

// The picture, and the proof.
// chosen is the circuit for choosing nodes in it: what its nodes and edges are worth is measured on selecting pairs, and not
// on those that numbers are reported of. Where no effects are measured, gates and weights stand for them.
func (ts study) chosen(ctx context.Context, run *train.Result) *circuit.Circuit {
	return cell.Must(experiment.Selecting(ctx, ts.found(ctx, run), ts.searching(), artifact.Options{}))
}

// roles are the nodes that the statements below are about. They are found, not given: by the effects of ablation
// on selecting pairs.
type roles struct {
	Carrier circuit.Node   // of all that attention writes, what the circuit misses most
	Value   circuit.Node   // the value channel that Carrier gets most from
	Head    circuit.Head   // its head
	Path    []circuit.Node // from the embedding to Carrier, by what counts most at every step
}

// rolesOf finds the roles. ok is false for a circuit in which attention writes nothing.
func (ts study) rolesOf(ctx context.Context, run *train.Result) (r roles, ok bool) {
	c := ts.chosen(ctx, run)
	r.Path = c.MainPath()
	if len(r.Path) == 0 {
		return r, false
	}
	r.Carrier, r.Value = r.Path[len(r.Path)-1], r.Path[len(r.Path)-2]
	head, _, _ := c.Model.Head(r.Value)
	r.Head = circuit.Head{Layer: r.Value.Layer(), Head: head}
	return r, true
}

// labels are names for the nodes of a picture.
func (r roles) labels() map[string]string {
	return map[string]string{r.Carrier.String(): "carrier", r.Value.String(): "value"}
}

func (ts study) proofStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	f := ts.found(ctx, run)
	c := f.Circuit()
	labels := map[string]string{}
	if r, ok := ts.rolesOf(ctx, run); ok {
		labels = r.labels()
	}
	ts.res.Show(circuits.Circuit{
		Note: note(run, "Growing a variable as what it was made", fmt.Sprintf(
			"%d nodes and %d edges of a model with %d nonzero weights.", len(c.Nodes), len(c.Edges), run.Model.L0())),
		Circuit: c, Labels: labels, JSON: cell.Must(circuit.Encode(c)),
	})
	t := viz.Table{
		Note:    note(run, "The proof", fmt.Sprintf("On report prompts; guessing costs %.3f. n counts prompts, for random circuits the circuits.", math.Ln2)),
		Columns: []viz.Column{{Name: "of"}, {Name: "mean", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "unit"}, {Name: "n"}},
	}
	for _, x := range f.Losses() {
		t.Rows = append(t.Rows, []any{x.Label, x.Mean, x.Lo, x.Hi, "nats per example", x.N})
	}
	for _, x := range f.Others() {
		t.Rows = append(t.Rows, []any{x.Label, x.Mean, x.Lo, x.Hi, x.Unit, x.N})
	}
	if a := f.Proved.Attribution; a != nil {
		t.Rows = append(t.Rows, []any{"as many nodes, by attribution", a.AtSize.Mean, a.AtSize.Lo, a.AtSize.Hi, "nats per example", a.AtSize.N})
		ts.res.State("types_attribution_loss_at_size", stat.Estimate{Mean: a.AtSize.Mean, Lo: a.AtSize.Lo, Hi: a.AtSize.Hi, N: a.AtSize.N})
		ts.res.State("types_attribution_reached", a.Reached)
		ts.res.State("types_attribution_nodes", a.Nodes)
		ts.res.State("types_attribution_edges", a.Edges)
	}
	ts.res.Show(t)
	ts.claimLosses("types", f)
	ts.res.State("types_accuracy_alone", f.Proved.Accuracy)
	ts.res.State("types_accuracy_full", f.Proved.FullAccuracy)
	ts.res.State("types_random_missing_nodes", f.Proved.Missing)

	return *ts.res
}
