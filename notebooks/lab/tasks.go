package lab

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// taskOf is the task that a verb was given: a name of [Tasks], a JSONL file of pairs, or a
// task.Task. spec names it where it can be opened again in another cell.
func taskOf(what any) (t task.Task, spec string, err error) {
	switch w := what.(type) {
	case task.Task:
		if own, err := task.ByName(w.Name); err == nil && own.Contrast == w.Contrast {
			return w, w.Name, nil
		}
		return w, "", nil
	case string:
		if filepath.Ext(w) == ".jsonl" {
			if w, err = filepath.Abs(w); err != nil {
				return t, "", err
			}
			t, err = task.Load(w)
			return t, w, err
		}
		if t, err = task.ByName(w); err != nil && (filepath.Ext(w) == ".py" || filepath.Ext(w) == ".txt" || strings.ContainsAny(w, " \n")) {
			err = fmt.Errorf("%q is no task: LossOn measures a file, a folder or a text, and a task of one's own is a .jsonl file of pairs", w)
		}
		return t, w, err
	}
	return t, "", fmt.Errorf("a task is a name, a JSONL file or a task.Task, not a %T", what)
}

// A Score is how a model does on a task's held-out prompts.
type Score struct {
	Task, Model string
	cell.Estimate
	Accuracy float64 // share of the pairs of which both sides are answered right
}

// Claims are the loss under the name of the claim alone, and accuracy.
func (s Score) Claims() []book.Stated {
	return append(s.Estimate.Claims(), book.Stated{Name: "accuracy", Value: s.Accuracy})
}

// Loss is the loss of the whole model on the held-out prompts of a task: nats per example
// over its two answers, where guessing costs 0.693.
func (m *Model) Loss(of any) Score {
	r := m.Run()
	t, _, err := taskOf(of)
	cell.Check(err)
	s := cell.Must(cell.Must(t.Report(r.Tokenizer, cell.Must(reportOptions(m)))).Measure(r.Model))
	return Score{t.Name, m.short(), cell.Estimate{Estimate: s.Loss, Of: "loss on " + t.Name, Unit: "nats per example"}, s.Accuracy}
}

// Tasks is how the model does on every task there is.
func (m *Model) Tasks() Scores {
	var all []any
	for _, t := range task.All() {
		all = append(all, t)
	}
	return TaskLosses([]*Model{m}, all...)
}

// TaskLosses are the losses of models on tasks, task by task: what [Model.Loss] gives for each.
func TaskLosses(models []*Model, tasks ...any) Scores {
	if len(models) == 0 || len(tasks) == 0 {
		cell.End(errors.New("TaskLosses takes at least one model and one task"))
	}
	s := Scores{Note: models[0].Note("Losses on tasks", "On held-out prompts, nats per example; intervals are 95 %. Guessing costs 0.693.")}
	b := cell.NewBar("tasks", len(tasks)*len(models))
	for _, t := range tasks {
		for _, m := range models {
			x := m.Loss(t)
			s.List = append(s.List, x)
			b.Step(len(s.List), x.Task)
		}
	}
	cell.Check(b.Done(true))
	return s
}

// Tasks are the tasks that come with the engine: a name of one is what verbs take.
func Tasks() viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "task"}, {Name: "what decides the answer"}}}
	for _, x := range task.All() {
		t.Rows = append(t.Rows, []any{x.Name, x.Contrast})
	}
	return t
}

// Scores are those of models on several tasks.
type Scores struct {
	List []Score
	Note viz.Note
}

// Bundle is a picture and a table of the losses.
func (s Scores) Bundle() (viz.Bundle, error) {
	picture := charts.Estimates{Note: s.Note, X: charts.Axis{Label: "loss, nats per example", Include: []float64{0}}, Refs: []charts.Ref{{Name: "chance", Y: math.Ln2}}, Interval: "95 %"}
	t := viz.Table{Columns: []viz.Column{{Name: "task"}, {Name: "model"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "both sides right", Format: "%.3f"}, {Name: "n"}}}
	for _, x := range s.List {
		picture.Rows = append(picture.Rows, charts.Estimate{Name: x.Model, Value: x.Mean, Lo: x.Lo, Hi: x.Hi, Group: x.Task})
		t.Rows = append(t.Rows, []any{x.Task, x.Model, x.Mean, x.Lo, x.Hi, x.Accuracy, x.N})
	}
	return cell.Page{picture, t}.Bundle()
}

// Claims are, of every task of one model, its loss under TASK and TASK_accuracy.
func (s Scores) Claims() (list []book.Stated) {
	for _, x := range s.List {
		for _, c := range x.Claims() {
			name := x.Task
			if c.Name != "" {
				name += "_" + c.Name
			}
			c.Name = name
			list = append(list, c)
		}
	}
	return list
}
