package execute

import (
	"context"
	"path/filepath"
	"time"

	"circuitbook/kernel/internal/failure"
)

// An Outcome is what became of one cell.
type Outcome struct {
	Failure *failure.Failure
	Took    time.Duration
}

// All runs every cell, those after one that failed too.
func (r Run) All(ctx context.Context) ([]Outcome, error) {
	cells := Cells(r.Notebook)
	if err := r.Kernel.Write(filepath.Join(r.Temp, "data")); err != nil {
		return nil, err
	}
	j := job{Kernel: "circuitbook", Cwd: r.Dir, Timeout: r.Timeout.Seconds()}
	for _, c := range cells {
		j.Cells = append(j.Cells, jobCell{c.Source, []string{}})
	}
	s, err := startSession(r.Python, environ(r.Env, r.Temp), r.Guard, j)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := r.await(ctx, s); err != nil {
		return nil, err
	}
	var list []Outcome
	for i := range cells {
		start := time.Now()
		err := r.cell(ctx, s, cells, i)
		f, ok := err.(*failure.Failure)
		if err != nil && !ok {
			return list, err
		}
		list = append(list, Outcome{f, time.Since(start)})
	}
	return list, nil
}
