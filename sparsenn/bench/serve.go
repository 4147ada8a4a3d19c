package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// workerCommand is the sub-command that makes this program a contestant.
const workerCommand = "worker"

// contestant is one repetition, and what it computed.
type contestant struct {
	run   func() error
	ready Ready
}

// serve is a worker's life: it prepares, tells that it is ready, and does what it
// is asked until its input ends.
func serve(ctx context.Context, arg string, in io.Reader, out io.Writer, prepare func(context.Context, Task) (contestant, error)) error {
	t, err := parseTask(arg)
	if err != nil {
		return err
	}
	c, err := prepare(ctx, t)
	if err != nil {
		fmt.Fprintln(out, "error", strings.ReplaceAll(err.Error(), "\n", "; "))
		return err
	}
	ready, err := json.Marshal(c.ready)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "ready %s\n", ready); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		warm, reps, err := parseRequest(lines.Text())
		if err != nil {
			return err
		}
		answer := "ns"
		for i := -warm; i < reps; i++ {
			start := time.Now()
			if err := c.run(); err != nil {
				return err
			}
			if d := time.Since(start); i >= 0 {
				answer += fmt.Sprint(" ", d.Nanoseconds())
			}
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return lines.Err()
}
