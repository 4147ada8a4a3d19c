package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/experiment"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/circuits"
	"fmt"
	"slices"
	"strings"
)

// Sizes over training seeds.

func (ts study) seedsStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	all := watched("over seeds", func(o artifact.Options) ([]*experiment.Finding, error) {
		return experiment.Seeds(ctx, ts.grown(), experiment.SeedList(ts.Scale, uint64(ts.Seed)), subject(), ts.searching(), o)
	})
	t := viz.Table{
		Note:    note(run, "Circuits of the task over training seeds", "Losses in nats per example on report prompts. Where the target was not met, the whole model is what is left."),
		Columns: append([]viz.Column{{Name: "run"}, {Name: "target met"}, {Name: "nodes", Bar: true}, {Name: "edges", Bar: true}}, lossColumns(all[0])...),
	}
	sites := viz.Table{Note: note(run, "Nodes by site", "How many nodes each circuit keeps where."), Columns: []viz.Column{{Name: "site"}}}
	for i, x := range all {
		t.Rows = append(t.Rows, append([]any{x.Name, fmt.Sprint(x.Reached()), x.Nodes(), x.Edges()}, lossCells(x)...))
		sites.Columns = append(sites.Columns, viz.Column{Name: x.Name})
		if i > 0 {
			of := "types_" + strings.ReplaceAll(x.Name, " ", "")
			ts.res.State(of+"_reached", x.Reached())
			ts.res.State(of+"_nodes", x.Nodes())
			ts.res.State(of+"_edges", x.Edges())
			ts.claimLosses(of, x)
		}
	}
	for _, s := range experiment.PerSite(all) {
		row := []any{s.Site}
		for _, n := range s.Counts {
			row = append(row, n)
		}
		sites.Rows = append(sites.Rows, row)
	}
	s := experiment.Summarise(all)
	ts.res.Show(t, sites)
	ts.res.State("types_seeds", s.N)
	ts.res.State("types_seeds_reached", s.Reached)
	ts.res.State("types_nodes_median", s.MedianNodes)
	ts.res.State("types_edges_median", s.MedianEdges)
	if s.Best >= 0 {
		ts.res.State("types_nodes_best", all[s.Best].Nodes())
		ts.res.State("types_edges_best", all[s.Best].Edges())
	}
	// Compared are the first and the next one of which both reached the target: else a side would be the whole model.
	next := slices.IndexFunc(all[1:], func(x *experiment.Finding) bool { return x.Reached() }) + 1
	if next == 0 || !all[0].Reached() {
		ts.say(fmt.Sprintln("no two seeds reached the target: there are no two circuits to compare"))
	} else {
		a, b := all[0], all[next]
		ts.res.Show(circuits.CircuitDiff{
			Note: note(run, "Two training seeds", "That a node is in both is chance; how many there are at each site is not."),
			A:    a.Circuit(), B: b.Circuit(), NameA: a.Name, NameB: b.Name,
		})
		ts.res.State("types_diff_seed", int(b.Run.Config.Seed))
	}

	return *ts.res
}
