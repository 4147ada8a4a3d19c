package experiment

import (
	"bufio"
	"circuitbook/sparsenn/artifact"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
)

// workerVariable makes a program that links this package a worker: it serves points
// on its standard input instead of running main.
const workerVariable = "CIRCUITBOOK_SWEEP_WORKER"

// A program cannot know that it will be started anew as a worker, and a notebook
// cell has no main to say so in: hence init.
func init() {
	if os.Getenv(workerVariable) == "" {
		return
	}
	// The end of the input is the end of the sweep, or of its process.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := serve(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// order is what a worker is asked for, a line of JSON.
type order struct {
	Point Point `json:"point"`
}

// answer is a line of what a worker says: progress, and then a row or an error.
type answer struct {
	Progress *artifact.Progress `json:"progress,omitempty"`
	Row      *Row               `json:"row,omitempty"`
	Error    string             `json:"error,omitempty"`
}

// maxLine bounds an order.
const maxLine = 16 << 20

// serve makes one point after the other until in ends, which also stops the one
// under way.
func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan []byte)
	var readErr error
	go func() {
		defer cancel()
		defer close(lines)
		s := bufio.NewScanner(in)
		s.Buffer(nil, maxLine)
		for s.Scan() {
			lines <- append([]byte(nil), s.Bytes()...)
		}
		readErr = s.Err()
	}()
	w := json.NewEncoder(out)
	for line := range lines {
		var q order
		if err := json.Unmarshal(line, &q); err != nil {
			return fmt.Errorf("sweep worker: an order is no JSON of a point: %w", err)
		}
		row, err := guarded(ctx, q, func(p artifact.Progress) { _ = w.Encode(answer{Progress: &p}) })
		a := answer{Row: row}
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := w.Encode(a); err != nil {
			return err
		}
	}
	return readErr
}

// guarded is makeRow with a panic of the engine as an error.
func guarded(ctx context.Context, q order, progress func(artifact.Progress)) (r *Row, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("sweep point %q: %v\n%s", q.Point.Name, p, debug.Stack())
		}
	}()
	return makeRow(ctx, q.Point, artifact.Options{Progress: progress, Log: func(line string) { progress(artifact.Progress{Stage: line}) }})
}
