package experiment

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
)

// defaultPerProcess is Options.PerProcess where it is 0: what a process has
// compiled or loaded by then takes some 100 MB.
const defaultPerProcess = 8

// stopWait is how long a process may take to stop by itself.
const stopWait = 10 * time.Second

// Workers is what suits this machine: a process a core, of one thread each. Small
// models leave further threads idle, above all where they are compiled: on two cores
// of a server BenchmarkProcesses took 83 s so and 99 s in one process of two threads,
// and 27 and 28 s where everything had been compiled before. Where models run on a
// GPU it is one process with all cores: several would share the GPU's time and memory.
func Workers() Options { return workers(onGPU()) }

func workers(gpu bool) Options {
	if gpu {
		return Options{Processes: 1}
	}
	return Options{Processes: runtime.NumCPU(), Threads: 1}
}

// onGPU says whether a process would open CUDA, without opening it.
func onGPU() bool {
	choice, err := plugin.ParseChoice(os.Getenv(plugin.BackendEnv))
	if err != nil || choice.Go {
		return false
	}
	p, err := plugin.Query{Platform: choice.Platform}.Find()
	return err == nil && p.Platform == plugin.CUDA
}

// event is what a process says, or that it ended a job.
type event struct {
	process  int
	job      job
	progress *artifact.Progress
	row      *Row
	err      error
}

// inProcesses makes jobs in processes of their own.
func inProcesses(ctx context.Context, jobs []job, o Options, w *watch, made func(job, *Row)) error {
	if o.PerProcess == 0 {
		o.PerProcess = defaultPerProcess
	}
	w.processes = o.Processes
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := &queue{jobs: jobs, busy: map[string]bool{}, models: map[string]bool{}}
	for _, j := range jobs {
		if j.Task == "" {
			q.models[j.model] = true
		}
	}
	q.changed = sync.NewCond(&q.mu)
	context.AfterFunc(ctx, func() { q.close() })
	events := make(chan event)
	var group sync.WaitGroup
	for i := range min(o.Processes, len(jobs)) {
		group.Go(func() { work(ctx, i, q, o, events) })
	}
	go func() {
		group.Wait()
		close(events)
	}()
	var first error
	for e := range events {
		switch {
		case e.progress != nil:
			w.step(e.process, e.job, *e.progress)
		case e.err != nil:
			if first == nil {
				if first = e.err; ctx.Err() != nil { // a process says so in words only
					first = fmt.Errorf("%w: %w", first, ctx.Err())
				}
				cancel()
			}
		default:
			made(e.job, e.row)
			w.done(e.process, e.job)
		}
	}
	if err := context.Cause(ctx); first == nil && err != nil {
		first = fmt.Errorf("sweep: %w", err)
	}
	return first
}

// queue hands jobs out: a circuit only when its model is made.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	jobs    []job
	busy    map[string]bool // models that are being made
	models  map[string]bool // models still to be made, busy ones among them
	closed  bool
}

// next waits for a job, best one of the model that a process has at hand. ok is
// false when there will be none.
func (q *queue) next(model string) (j job, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && len(q.jobs) > 0 {
		best := -1
		for i, j := range q.jobs {
			ready := !q.models[j.model] || j.Task == "" && !q.busy[j.model]
			if ready && (best < 0 || j.model == model && q.jobs[best].model != model) {
				best = i
			}
		}
		if best >= 0 {
			j = q.jobs[best]
			q.jobs = append(q.jobs[:best:best], q.jobs[best+1:]...)
			if j.Task == "" {
				q.busy[j.model] = true
			}
			return j, true
		}
		q.changed.Wait()
	}
	return job{}, false
}

func (q *queue) done(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j.Task == "" {
		delete(q.models, j.model)
		delete(q.busy, j.model)
	}
	q.changed.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// work feeds one process, and its successors, with jobs.
func work(ctx context.Context, process int, q *queue, o Options, events chan<- event) {
	var c *child
	defer func() {
		if c != nil {
			_ = c.stop()
		}
	}()
	model, served := "", 0
	for {
		j, ok := q.next(model)
		if !ok {
			return
		}
		if c != nil && served >= o.PerProcess {
			if err := c.stop(); err != nil {
				events <- event{process: process, job: j, err: err}
				return
			}
			c, served = nil, 0
		}
		var err error
		if c == nil {
			if c, err = start(ctx, process, o.Threads); err != nil {
				events <- event{process: process, job: j, err: err}
				return
			}
		}
		row, err := c.make(j, func(p artifact.Progress) { events <- event{process: process, job: j, progress: &p} })
		if err != nil {
			events <- event{process: process, job: j, err: err}
			return
		}
		events <- event{process: process, job: j, row: row}
		q.done(j)
		model = j.model
		served++
	}
}

// child is a process that serves points.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	stderr *tail
}

// start starts a process of so many processors, of which it gets its own as far
// as there are enough.
func start(ctx context.Context, process, threads int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("sweep: a process of its own: %w", err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), workerVariable+"=1")
	if threads > 0 {
		cmd.Env = append(cmd.Env, "GOMAXPROCS="+strconv.Itoa(threads))
	}
	// The engine stops by itself, keeping what it has; the kill is for a hang.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopWait
	c := &child{cmd: cmd, stderr: &tail{}}
	cmd.Stderr = c.stderr
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewScanner(out)
	c.out.Buffer(nil, maxLine)
	if err := startOn(cmd, process, threads); err != nil {
		return nil, fmt.Errorf("sweep: a process of its own: %w", err)
	}
	return c, nil
}

// make has the process make a row.
func (c *child) make(j job, progress func(artifact.Progress)) (*Row, error) {
	text, err := json.Marshal(order{Point: j.Point})
	if err != nil {
		return nil, err
	}
	if _, err := c.in.Write(append(text, '\n')); err != nil {
		return nil, c.ended(j, err)
	}
	for c.out.Scan() {
		var a answer
		if err := json.Unmarshal(c.out.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("sweep point %q: the process said %q", j.Name, c.out.Text())
		}
		switch {
		case a.Error != "":
			return nil, errors.New(a.Error)
		case a.Row != nil:
			return a.Row, nil
		case a.Progress != nil:
			progress(*a.Progress)
		}
	}
	return nil, c.ended(j, c.out.Err())
}

// ended says how a process ended that should not have.
func (c *child) ended(j job, err error) error {
	_ = c.in.Close()
	if wait := c.cmd.Wait(); wait != nil {
		err = wait
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("sweep point %q: its process ended: %w%s", j.Name, err, c.stderr)
}

// stop ends an idle process.
func (c *child) stop() error {
	_ = c.in.Close()
	err := c.cmd.Wait()
	if err != nil && c.cmd.ProcessState != nil && c.cmd.ProcessState.Success() {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("sweep: a process ended: %w%s", err, c.stderr)
	}
	return nil
}

// tail keeps the last lines of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - tailSize; extra > 0 {
		t.text = append([]byte(nil), t.text[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(bytes.TrimSpace(t.text)) == 0 {
		return ""
	}
	return "\nits last words: " + strings.TrimSpace(string(t.text))
}
