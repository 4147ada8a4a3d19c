package task

import (
	"fmt"
	"io"

	"circuitbook/sparsenn/corpus"
)

// Solved is the task loss up to which a task counts as solved (Gao et al., the
// target loss of their circuits), in nats per example.
const Solved = 0.15

// Row is how a model does on the report split of one task.
type Row struct {
	Task string
	Score
	// Seen is the share of prompts whose last 12 tokens occur in the training
	// text; see [SeenShare].
	Seen float64
}

// Table measures a model on the report split of tasks, by default [All], one row
// a task in their order. tok is the model's tokenizer and train the text that it
// was trained on.
func Table(m Predictor, tok *corpus.Tokenizer, train []int32, o Options, tasks ...Task) ([]Row, error) {
	if len(tasks) == 0 {
		tasks = All()
	}
	rows := make([]Row, 0, len(tasks))
	for _, t := range tasks {
		r, err := t.Report(tok, o)
		if err != nil {
			return nil, err
		}
		s, err := r.Measure(m)
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", t.Name, err)
		}
		rows = append(rows, Row{t.Name, s, SeenShare(r.examples, train)})
	}
	return rows, nil
}

// WriteTable writes rows as a table in Markdown, losses in nats per example, and
// a last line that counts the tasks solved.
func WriteTable(w io.Writer, rows []Row) error {
	out := "| task | loss | 95 % interval | accuracy | n | seen |\n|---|---|---|---|---|---|\n"
	solved := 0
	for _, r := range rows {
		out += fmt.Sprintf("| %s | %.3f | %.3f–%.3f | %.3f | %d | %.3f |\n", r.Task, r.Loss.Mean, r.Loss.Lo, r.Loss.Hi, r.Accuracy, r.Loss.N, r.Seen)
		if r.Loss.Mean <= Solved {
			solved++
		}
	}
	_, err := fmt.Fprintf(w, "%s\n%d of %d tasks have a loss of at most %.2f.\n", out, solved, len(rows), Solved)
	return err
}
