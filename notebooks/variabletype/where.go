package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"context"
	"fmt"
	"strings"
)

// The residual stream exchanged, place by place, boundary by boundary.
// views are the circuit alone, as it is read, and the whole model.
func views(ctx context.Context, run *train.Result, c *circuit.Circuit) []experiment.View {
	return cell.Must(experiment.Views(ctx, run, subject(), c))
}

// all are the nodes of a site.
func all(run *train.Result, site model.Site) (nodes []circuit.Node) {
	for i := range cell.Must(run.Config.Model.Width(site)) {
		nodes = append(nodes, circuit.Node{Site: string(site), Index: i})
	}
	return nodes
}

// boundaries are the sites of the residual stream, each with what comes before it.
func boundaries(run *train.Result) (sites []model.Site, after []string) {
	before := "the embedding"
	for l := range run.Config.Model.Layers {
		sites = append(sites, model.At(l, model.ResidIn), model.At(l, model.ResidMid))
		after = append(after, before, fmt.Sprintf("attention %d", l))
		before = fmt.Sprintf("MLP %d", l)
	}
	return append(sites, model.FinalResid), append(after, before)
}

func (ts study) whereStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	list := ts.reported(run, subject(), 64)
	t := viz.Table{
		Note: note(run, "Where the kind is", fmt.Sprintf(
			"Share of prompts answered with the other side's answer after the residual stream was exchanged at one place; %d report pairs.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "after"}, {Name: "right before", Format: "%.3f"}},
	}
	for _, s := range spots() {
		t.Columns = append(t.Columns, viz.Column{Name: s.name, Format: "%.2f", Bar: true, Max: 1})
	}
	sites, after := boundaries(run)
	ms := views(ctx, run, c)
	if ts.Scale != "tiny" { // there it would take the time that the two above do
		ms = append(ms, experiment.View{Name: "the dense model", Claim: "dense", Reader: ts.twin(ctx).Model})
	}
	bar := book.NewProgress("exchanging", len(ms)*len(sites)*len(spots()))
	done := 0
	var claims []book.Stated
	for _, m := range ms {
		left, reached, relayed := "never", "never", false
		for i, site := range sites {
			nodes := all(run, site)
			row := []any{m.Name, after[i], nil}
			share := map[string]float64{}
			for _, s := range spots() {
				x := cell.Must(patch.InterchangeAt(m.Reader, list, nodes, s.pairing(run)))
				row[2], share[s.claim] = x.Before, x.After
				row = append(row, x.After)
				done++
				bar.Step(done, m.Name)
				claims = append(claims, book.Stated{Name: fmt.Sprintf("types_where_%s_%s_%s", strings.ReplaceAll(string(site), ".", "_"), s.claim, m.Claim), Value: x.After})
			}
			if share["kind"] < 0.5 && left == "never" {
				left = after[i]
			}
			if share["last"] >= 0.5 && reached == "never" {
				reached = after[i]
			}
			relayed = relayed || share["between"] >= 0.5 || share["again"] >= 0.5
			t.Rows = append(t.Rows, row)
		}
		ts.say(fmt.Sprintf("in %s the kind decides at the tokens that say it until %s, and at the last token from %s on; tokens between hold it alone at some boundary: %t\n", m.Name, left, reached, relayed))
		ts.res.State("types_kind_left_after_"+m.Claim, left)
		ts.res.State("types_last_reached_after_"+m.Claim, reached)
		ts.res.State("types_relayed_between_"+m.Claim, relayed)
	}
	cell.Check(bar.Done())
	ts.res.Show(t)
	ts.res.Numbers = append(ts.res.Numbers, claims...)

	return *ts.res
}
