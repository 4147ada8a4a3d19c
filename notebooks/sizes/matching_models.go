package sizes

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// Models trains, or loads, dense models among which matches are found, and the matches. It
// states, of every seed, both losses, their difference, nonzero weights and the dense steps.
func (x Matching) Models() (r cell.Result) {
	rows := x.models()
	width, widths, steps := x.family()
	full := x.sparse(0).Steps
	byWidth := charts.Series{Name: "dense, equal steps"}
	for _, w := range widths {
		row, ok := rows[fmt.Sprintf("dense, width %d", w)]
		if !ok {
			row = rows[denseName(0, full)]
		}
		byWidth.X, byWidth.Y = append(byWidth.X, float64(w)), append(byWidth.Y, row.Valid)
	}
	var bySteps []charts.Series
	var refs []charts.Ref
	t := viz.Table{Note: x.note("The pairs", "Validation loss in nats per token on text that no model was trained on; weights without the bigram table."),
		Columns: []viz.Column{{Name: "seed"}, {Name: "sparse: loss", Format: "%.4f"}, {Name: "nonzero weights"}, {Name: "dense: loss", Format: "%.4f"}, {Name: "width"}, {Name: "steps"}, {Name: "weights"}, {Name: "difference", Format: "%+.4f"}}}
	for s := range x.Seeds {
		line := charts.Series{Name: fmt.Sprintf("seed %d", s)}
		for _, n := range steps {
			line.X, line.Y = append(line.X, float64(n)), append(line.Y, rows[denseName(s, n)].Valid)
		}
		bySteps = append(bySteps, line)
		a, b := rows[sparseName(s)], rows[matchedName(s)]
		refs = append(refs, charts.Ref{Name: fmt.Sprintf("sparse %d", s), Y: a.Valid})
		t.Rows = append(t.Rows, []any{s, a.Valid, a.L0, b.Valid, b.DModel, b.Steps, b.L0, b.Valid - a.Valid})
		of := fmt.Sprintf("_seed%d", s)
		r.State("sparse_valid"+of, a.Valid)
		r.State("dense_valid"+of, b.Valid)
		r.State("valid_difference"+of, b.Valid-a.Valid)
		r.State("dense_steps"+of, b.Steps)
		r.State("sparse_l0"+of, a.L0)
		r.State("dense_l0"+of, b.L0)
	}
	loss := charts.Axis{Label: "validation loss, nats per token"}
	r.Show(charts.Plot{Note: x.note("Loss over the width of dense models", fmt.Sprintf("Seed 0, %d steps each.", full)), X: charts.Axis{Label: "width", Log: true}, Panels: []charts.Panel{{Y: loss, Series: []charts.Series{byWidth}, Refs: refs[:1]}}},
		charts.Plot{Note: x.note("Loss over the steps of dense models", fmt.Sprintf("Width %d; lines across are the sparse models.", width)), X: charts.Axis{Label: "steps", Log: true}, Panels: []charts.Panel{{Y: loss, Series: bySteps, Refs: refs}}}, t)
	return r
}

// Tasks are the losses of all tasks in all models of the comparison, and which both models of
// a pair solve. It states how many, of every seed and of any.
func (x Matching) Tasks() (r cell.Result) {
	rows := x.models()
	t := viz.Table{Note: x.note("Task losses of whole models", "Nats per example on report prompts; guessing costs 0.693."), Columns: []viz.Column{{Name: "task"}}}
	some := map[string]bool{}
	for s := range x.Seeds {
		t.Columns = append(t.Columns, viz.Column{Name: fmt.Sprintf("sparse %d", s), Format: "%.3f"}, viz.Column{Name: fmt.Sprintf("dense %d", s), Format: "%.3f"}, viz.Column{Name: fmt.Sprintf("both %d", s)})
		a, b := rows[sparseName(s)], rows[matchedName(s)]
		both := x.solved(a, b)
		for _, name := range both {
			some[name] = true
		}
		of := fmt.Sprintf("_seed%d", s)
		r.State("tasks_sparse"+of, solvedBy(a.Model))
		r.State("tasks_dense"+of, solvedBy(b.Model))
		r.State("tasks_both"+of, len(both))
	}
	for i, k := range task.All() {
		row := []any{k.Name}
		for s := range x.Seeds {
			a, b := rows[sparseName(s)].Model, rows[matchedName(s)].Model
			yes := ""
			if a.Solves(k.Name, x.limit()) && b.Solves(k.Name, x.limit()) {
				yes = "yes"
			}
			row = append(row, a.Scores[i].Loss, b.Scores[i].Loss, yes)
		}
		t.Rows = append(t.Rows, row)
	}
	r.State("tasks_both", len(some))
	r.Show(t)
	return r
}

// solvedBy is how many tasks a model solves.
func solvedBy(m *experiment.ModelFacts) (n int) {
	for _, s := range m.Scores {
		if m.Solves(s.Task, task.Solved) {
			n++
		}
	}
	return n
}
