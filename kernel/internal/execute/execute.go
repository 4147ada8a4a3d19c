// Package execute runs the cells of a notebook in a kernel of its own, through
// nbclient.
package execute

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/supervise"
)

// A Run says what to execute and with what.
type Run struct {
	Notebook *notebook.Notebook
	Dir      string          // where cells run
	Python   string          // the interpreter that has nbclient
	Env      []string        // the environment for it and for the kernel
	Kernel   kernelspec.Spec // the kernel to start
	Timeout  time.Duration   // for each cell; 0 for no limit
	Progress *Progress
	Guard    *supervise.Guard
	Temp     string // a folder for the run's own files
	// Done is called after each cell that ran, its outputs in place; an error
	// is the cell's failure.
	Done func(c *notebook.Cell) error
}

// ErrInterrupted is what Execute returns when its context ended.
var ErrInterrupted = errors.New("interrupted")

// ErrKernel marks errors of the machinery rather than of a cell.
var ErrKernel = errors.New("the kernel could not be started")

// Cells returns the cells that a run of n executes. The number of a cell is
// its place here, from 1: the one that Jupyter shows.
func Cells(n *notebook.Notebook) []*notebook.Cell {
	var cells []*notebook.Cell
	for _, c := range n.Cells {
		if c.Runs() {
			cells = append(cells, c)
		}
	}
	return cells
}

// Execute runs the notebook's cells up to the first that fails and puts their
// outputs in place, replacing those of earlier runs. The error is a *failure.Failure
// if a cell failed, and an ErrInterrupted if ctx ended: then the running cell
// was interrupted, and the outputs that it had are kept.
func (r Run) Execute(ctx context.Context) error {
	r.Notebook.ClearOutputs()
	cells := Cells(r.Notebook)
	if len(cells) == 0 {
		return nil
	}
	if err := r.Kernel.Write(filepath.Join(r.Temp, "data")); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(r.Temp, "runtime"), 0o700); err != nil {
		return err
	}
	j := job{Kernel: kernelspec.Name, Cwd: r.Dir, Timeout: r.Timeout.Seconds()}
	for _, c := range cells {
		tags := c.Tags
		if tags == nil {
			tags = []string{}
		}
		j.Cells = append(j.Cells, jobCell{c.Source, tags})
	}
	s, err := startSession(r.Python, environ(r.Env, r.Temp), r.Guard, j)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKernel, err)
	}
	defer func() {
		if ctx.Err() != nil {
			s.kill() // there is nothing left to be polite about
		}
		s.close()
	}()
	if err := r.await(ctx, s); err != nil {
		return err
	}
	for i := range cells {
		if ctx.Err() != nil {
			return ErrInterrupted
		}
		if err := r.cell(ctx, s, cells, i); err != nil {
			return err
		}
	}
	return nil
}

// await waits until the kernel is ready.
func (r Run) await(ctx context.Context, s *session) error {
	select {
	case e, ok := <-s.events:
		switch {
		case !ok:
			return fmt.Errorf("%w: %w", ErrKernel, s.problem())
		case e.Event != "started":
			return fmt.Errorf("%w: %s\n%s", ErrKernel, e.Evalue, strings.TrimSpace(s.log.String()))
		}
		return nil
	case <-ctx.Done():
		s.kill()
		return ErrInterrupted
	}
}

// cell runs cells[i].
func (r Run) cell(ctx context.Context, s *session, cells []*notebook.Cell, i int) error {
	c, number := cells[i], i+1
	r.Progress.Begin(number, c.Source)
	if err := s.tell(fmt.Sprintf("run %d", i)); err != nil {
		return fmt.Errorf("%w: %w", ErrKernel, s.problem())
	}
	interrupt := ctx.Done()
	for {
		select {
		case <-interrupt:
			interrupt = nil
			r.Progress.Note("interrupting")
			if err := s.tell("interrupt"); err != nil {
				s.kill()
			}
		case e, ok := <-s.events:
			switch {
			case !ok && ctx.Err() != nil:
				r.Progress.End("INTERRUPTED")
				return ErrInterrupted
			case !ok:
				r.Progress.End("FAILED")
				return &failure.Failure{Cell: number, Message: "the kernel is gone: " + s.problem().Error()}
			case e.Event == "note":
				r.Progress.Note(e.Text)
				continue
			case e.Event != "done":
				e.Status = "broken"
			}
			for k, outputs := range e.Outputs {
				if k >= 0 && k <= i {
					cells[k].SetOutputs(outputs, k+1)
				}
			}
			if e.Interrupted || ctx.Err() != nil {
				r.Progress.End("INTERRUPTED")
				return ErrInterrupted
			}
			verdict, failed := "ok", failureOf(number, e, r.Timeout)
			if failed != nil && c.Has(notebook.TagRaises) && (e.Status == "ok" || e.Status == "error") {
				verdict, failed = "ok (failed, as it may)", nil
			}
			if failed == nil && r.Done != nil {
				if err := r.Done(c); err != nil {
					failed = &failure.Failure{Cell: number, Message: err.Error()}
				}
			}
			if failed != nil {
				r.Progress.End("FAILED")
				return failed
			}
			r.Progress.End(verdict)
			return nil
		}
	}
}

// failureOf returns how the cell with the number failed, nil if it did not.
func failureOf(number int, e event, limit time.Duration) *failure.Failure {
	f := &failure.Failure{Cell: number, Name: failure.Kernel}
	switch e.Status {
	case "ok":
		return nil
	case "error":
		if e.Failure != nil {
			return e.Failure
		}
		f.Message = e.Evalue
	case "timeout":
		f.Message = fmt.Sprintf("took longer than %v, the limit for a cell; --timeout sets another", limit)
	case "dead":
		f.Message = "the kernel died"
	case "stuck":
		f.Message = "did not end after it was interrupted"
	default:
		f.Message = strings.TrimSpace("the kernel could not be talked to: " + e.Evalue)
	}
	return f
}
