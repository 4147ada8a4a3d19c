package lab

import (
	"fmt"
	"path/filepath"

	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
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
		t, err = task.ByName(w)
		return t, w, err
	}
	return t, "", fmt.Errorf("a task is a name, a JSONL file or a task.Task, not a %T", what)
}

// A Score is how a model does on a task's held-out prompts.
type Score struct {
	Task string
	Estimate
	Accuracy float64 // share of the pairs of which both sides are answered right
}

// Claims are the loss under the name of the claim alone, and accuracy.
func (s Score) Claims() []book.Stated {
	return append(s.Estimate.Claims(), book.Stated{Name: "accuracy", Value: s.Accuracy})
}

// Loss is the loss of the whole model on the held-out prompts of a task: nats per example
// over its two answers, where guessing costs 0.693.
func (m *Model) Loss(of any) Score { return m.scores(of)[0] }

// scores are the scores on tasks.
func (m *Model) scores(tasks ...any) (out []Score) {
	r := m.Run()
	for _, x := range tasks {
		t, _, err := taskOf(x)
		check(err)
		o := must(reportOptions(m.spec.Scale, m))
		s := must(must(t.Report(r.Tokenizer, o)).Measure(r.Model))
		out = append(out, Score{t.Name, Estimate{estimateOf(s), "loss on " + t.Name, "nats per example"}, s.Accuracy})
	}
	return out
}

// Tasks is how the model does on every task there is.
func (m *Model) Tasks() Scores {
	s := Scores{note: m.note("All tasks", "Loss on held-out prompts, nats per example; guessing costs 0.693.")}
	b := &bar{name: "tasks", all: len(task.All())}
	for i, t := range task.All() {
		s.List = append(s.List, m.Loss(t))
		b.step(i+1, t.Name)
	}
	check(b.done(true))
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

// Scores are those of a model on several tasks.
type Scores struct {
	List []Score
	note viz.Note
}

// Bundle is a table of the losses.
func (s Scores) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: s.note, Columns: []viz.Column{{Name: "task"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "both sides right", Format: "%.3f"}, {Name: "n"}}}
	for _, x := range s.List {
		t.Rows = append(t.Rows, []any{x.Task, x.Mean, x.Lo, x.Hi, x.Accuracy, x.N})
	}
	return t.Bundle()
}

// Claims are, of every task, its loss under TASK and TASK_accuracy.
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
