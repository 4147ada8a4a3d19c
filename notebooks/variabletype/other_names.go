package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// The circuit on names that it was not found on.

func (ts study) otherNamesStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	t := viz.Table{
		Note:    note(run, "The circuit where the name varies", "Report prompts of both tasks; loss in nats per example with its 95 % interval."),
		Columns: []viz.Column{{Name: "task"}, {Name: "in"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "right", Format: "%.3f"}, {Name: "pairs"}},
	}
	for _, x := range []struct {
		claim string
		task.Task
	}{{"fixed", subject()}, {"varying", task.SetOrString()}} {
		list := cell.Must(x.Report(run.Tokenizer, task.Options{N: map[bool]int{true: 16, false: 128}[ts.Scale == "tiny"], MaxTokens: min(64, run.Config.Model.Context)}))
		for _, m := range views(ctx, run, c) {
			s := cell.Must(list.Measure(m.Reader))
			t.Rows = append(t.Rows, []any{x.Name, m.Name, s.Loss.Mean, s.Loss.Lo, s.Loss.Hi, s.Accuracy, s.Loss.N})
			of := "types_names_" + x.claim + "_" + m.Claim
			ts.res.State(of+"_loss", s.Loss)
			ts.res.State(of+"_right", s.Accuracy)
		}
	}
	ts.res.Show(t)

	return *ts.res
}
