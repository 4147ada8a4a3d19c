package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// setup is what workers are started with.
type setup struct {
	dir    string // temporary: inputs, scripts, the C program, runs
	python string // of the peers' environment
	self   string // this program
	env    []string
}

// worker is a contestant's process. It does nothing until it is asked.
type worker struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	ready Ready
}

// command returns what to start for a task.
func (s setup) command(ctx context.Context, t Task) (*exec.Cmd, error) {
	arg, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	var cmd *exec.Cmd
	switch owner, _, _ := strings.Cut(t.Contestant, "."); owner {
	case handC:
		cmd = exec.CommandContext(ctx, filepath.Join(s.dir, "mask"), t.Op, fmt.Sprint(t.Rows), fmt.Sprint(t.Cols), fmt.Sprint(t.K), t.Input)
	case "jax", "torch":
		cmd = exec.CommandContext(ctx, s.python, filepath.Join(s.dir, owner+"peer.py"), string(arg))
	default:
		cmd = exec.CommandContext(ctx, s.self, workerCommand, string(arg))
	}
	cmd.Env = s.env
	return cmd, nil
}

// start starts a worker and waits until it is prepared: compiled, and run once.
// What it writes to standard error goes to a file beside the inputs.
func (s setup) start(ctx context.Context, t Task) (*worker, error) {
	cmd, err := s.command(ctx, t)
	if err != nil {
		return nil, err
	}
	logs, err := os.Create(filepath.Join(s.dir, strings.NewReplacer("/", "_", "÷", "_").Replace(t.Contestant)+".log"))
	if err != nil {
		return nil, err
	}
	defer logs.Close()
	cmd.Stderr = logs
	cmd.WaitDelay = 5 * time.Second
	w := &worker{name: t.Contestant, cmd: cmd}
	if w.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Contestant, err)
	}
	line, err := w.line()
	if err == nil {
		w.ready, err = parseReady(line)
	}
	if err != nil {
		w.stop()
		return nil, fmt.Errorf("%s: %w%s", t.Contestant, err, tail(logs.Name()))
	}
	return w, nil
}

func (w *worker) line() (string, error) {
	line, err := w.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("it ended without a word (%w)", err)
	}
	return strings.TrimSpace(line), nil
}

// run has the worker do warm repetitions unmeasured and reps measured, and returns
// their times in nanoseconds.
func (w *worker) run(warm, reps int) ([]float64, error) {
	if _, err := fmt.Fprintf(w.in, "run %d %d\n", warm, reps); err != nil {
		return nil, fmt.Errorf("%s: %w", w.name, err)
	}
	line, err := w.line()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.name, err)
	}
	times, err := parseTimes(line, reps)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.name, err)
	}
	return times, nil
}

// stop ends the process; it never fails.
func (w *worker) stop() {
	_ = w.in.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.cmd.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		_ = w.cmd.Process.Kill()
		<-ended
	}
}

// tail is the end of a log, for an error.
func tail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 {
		return ""
	}
	return "\n" + strings.TrimSpace(string(data[max(0, len(data)-2000):]))
}
