package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/experiment"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"fmt"
	"math"
	"strings"
)

// Pruning the sparse model, and measuring what it finds.

func (ts study) searchStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	f := watched("pruning and measuring", func(o artifact.Options) (*experiment.Finding, error) {
		return experiment.Circuit(ctx, run, subject(), ts.searching(), o)
	})
	t := viz.Table{
		Note:    note(run, "The log of the search", "Rung 0: half of the steps; 1: all; 2: a change of the best so far. Loss on the selecting prompts, nats per example."),
		Columns: []viz.Column{{Name: "trial"}, {Name: "rung"}, {Name: "price of a node", Format: "%.4f"}, {Name: "target met"}, {Name: "ranked"}, {Name: "nodes", Bar: true}, {Name: "edges"}, {Name: "loss", Format: "%.3f"}},
	}
	for i, x := range f.Pruned.Trials {
		t.Rows = append(t.Rows, []any{i, x.Rung, x.Hyper.Penalty, fmt.Sprint(x.Reached), x.Ranked, x.Nodes, x.Edges, x.Loss})
	}
	ts.res.Show(t)
	if !f.Reached() {
		ts.say(fmt.Sprintf("target not reached (best loss %.3f): what follows looks at all nodes of the model\n", f.Pruned.Best.Loss))
	}
	ts.res.State("types_reached", f.Reached())
	ts.res.State("types_nodes", f.Nodes())
	ts.res.State("types_edges", f.Edges())
	ts.res.State("types_trials", len(f.Pruned.Trials))
	ts.res.State("types_search_seconds", math.Round(f.Pruned.Provenance.WallSeconds))

	return *ts.res
}

// The same search where there is nothing to find.

func (ts study) controlsStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	f := ts.found(ctx, run)
	t := viz.Table{
		Note: note(run, "The same search elsewhere", fmt.Sprintf(
			"Losses in nats per example on report prompts, their intervals in the claims; guessing costs %.3f. Each search had %g seconds.", math.Ln2, ts.searching().Prune.Budget)),
		Columns: append([]viz.Column{{Name: "pruned"}, {Name: "target met"}, {Name: "trials"}, {Name: "best loss, selecting", Format: "%.3f"}, {Name: "nodes", Bar: true}, {Name: "edges"}}, lossColumns(f)...),
	}
	nulls := watched("null controls", func(o artifact.Options) ([]*experiment.Finding, error) {
		return experiment.Nulls(ctx, run, subject(), ts.searching(), o)
	})
	for i, x := range append([]*experiment.Finding{f}, nulls...) {
		t.Rows = append(t.Rows, append([]any{x.Name, fmt.Sprint(x.Reached()), len(x.Pruned.Trials), x.Pruned.Best.Loss, x.Nodes(), x.Edges()}, lossCells(x)...))
		if i == 0 {
			if a := f.Proved.Attribution; a != nil {
				t.Rows = append(t.Rows, []any{"attribution, same size", "-", nil, nil, f.Nodes(), nil, nil, a.AtSize.Mean, nil, nil, nil},
					[]any{"attribution, to the target", fmt.Sprint(a.Reached), nil, nil, a.Nodes, a.Edges, nil, nil, nil, nil, nil})
			}
			continue
		}
		of := "types_" + strings.ReplaceAll(x.Name, " ", "_")
		ts.res.State(of+"_reached", x.Reached())
		ts.res.State(of+"_best_loss", x.Pruned.Best.Loss)
		ts.res.State(of+"_nodes", x.Nodes())
		ts.res.State(of+"_edges", x.Edges())
		ts.claimLosses(of, x)
	}
	ts.res.Show(t)

	return *ts.res
}
