package experiment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
)

// TestWorkerError: what goes wrong in a process names the point and says why.
func TestWorkerError(t *testing.T) {
	runsIn(t)
	list := points(t)[:1]
	list[0].Train.LR = 1e30
	_, err := Run(context.Background(), list, Options{Processes: 1})
	if err == nil || !strings.Contains(err.Error(), list[0].Name) || !strings.Contains(err.Error(), "learning rate") {
		t.Errorf("a model that diverges: %v", err)
	}
}

// TestWorkerWaits: a process that waits for a row that is being written elsewhere says so,
// and ends when the sweep is told to.
func TestWorkerWaits(t *testing.T) {
	runsIn(t)
	list := points(t)[1:2]
	id, err := list[0].identity()
	if err != nil {
		t.Fatal(err)
	}
	held, err := artifact.Lock(mustRoot(t), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithCancel(context.Background())
	_, err = Run(ctx, list, Options{Processes: 1, Progress: func(p artifact.Progress) {
		if strings.Contains(p.Note, "waiting for process") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a row that is being written: %v", err)
	}
}

// TestProcessDies: the end of a process is an error with its last words.
func TestProcessDies(t *testing.T) {
	runsIn(t)
	c, err := start(context.Background(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	// What it cannot read ends it.
	if _, err := c.in.Write([]byte("no order\n")); err != nil {
		t.Fatal(err)
	}
	_, err = c.make(job{Point: points(t)[1]}, nil)
	if err == nil || !strings.Contains(err.Error(), `"a"`) || !strings.Contains(err.Error(), "no JSON") {
		t.Errorf("%v", err)
	}
}

// TestServe: the end of the input ends a worker, which is how it learns that its
// parent is gone.
func TestServe(t *testing.T) {
	runsIn(t)
	var out bytes.Buffer
	text, err := json.Marshal(order{Point: points(t)[1]})
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- serve(context.Background(), r, &out) }()
	if _, err := w.Write(append(text, '\n')); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	// It was stopped within a step, or had the row just finished.
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var last answer
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	if last.Row == nil && !strings.Contains(last.Error, "cancel") {
		t.Errorf("at the end of the input it said %+v", last)
	}
}

func TestGuarded(t *testing.T) {
	runsIn(t)
	p := points(t)[1]
	p.Train.Corpus.Parts = nil // is caught by Validate
	if _, err := guarded(context.Background(), order{Point: p}, nil); err == nil {
		t.Error("a corpus of nothing")
	}
}

// TestQueue: no circuit before its model, no model twice, and everything once,
// whoever asks.
func TestQueue(t *testing.T) {
	var jobs []job
	for _, m := range []string{"x", "y", "z"} {
		jobs = append(jobs, job{model: m, Point: Point{Name: m}})
		for _, task := range []string{"1", "2", "3"} {
			jobs = append(jobs, job{model: m, Point: Point{Name: m + task, Task: task}})
		}
	}
	q := &queue{jobs: jobs, busy: map[string]bool{}, models: map[string]bool{"x": true, "y": true, "z": true}}
	q.changed = sync.NewCond(&q.mu)
	var mu sync.Mutex
	made, got := map[string]bool{}, map[string]int{}
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			at := ""
			for {
				j, ok := q.next(at)
				if !ok {
					return
				}
				mu.Lock()
				got[j.Name]++
				if j.Task != "" && !made[j.model] {
					t.Errorf("%s before its model", j.Name)
				}
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				if j.Task == "" {
					made[j.model] = true
				}
				mu.Unlock()
				q.done(j)
				at = j.model
			}
		})
	}
	group.Wait()
	for _, j := range jobs {
		if got[j.Name] != 1 {
			t.Errorf("%s was handed out %d times", j.Name, got[j.Name])
		}
	}
}

// TestQueuePrefers: a process goes on with the model that it has.
func TestQueuePrefers(t *testing.T) {
	q := &queue{jobs: []job{{model: "x", Point: Point{Task: "1"}}, {model: "y", Point: Point{Task: "2"}}}, busy: map[string]bool{}, models: map[string]bool{}}
	q.changed = sync.NewCond(&q.mu)
	if j, ok := q.next("y"); !ok || j.model != "y" {
		t.Errorf("%+v", j)
	}
	q.close()
	if _, ok := q.next("y"); ok {
		t.Error("a closed queue gives jobs")
	}
}

func TestTail(t *testing.T) {
	var s tail
	if s.String() != "" {
		t.Error("nothing said, and yet something")
	}
	for range 1000 {
		_, _ = s.Write([]byte("twelve bytes"))
	}
	_, _ = s.Write([]byte("the end"))
	if len(s.text) > tailSize || !strings.HasSuffix(s.String(), "the end") {
		t.Errorf("%d bytes", len(s.text))
	}
}

// TestWorkers: a GPU is for one process at a time.
func TestWorkers(t *testing.T) {
	if o := workers(true); o.Processes != 1 || o.Threads != 0 {
		t.Errorf("on a GPU: %+v", o)
	}
	for _, asked := range []string{"go", "xla:cpu", "nonsense"} {
		t.Setenv(plugin.BackendEnv, asked)
		if o := Workers(); o.Processes != runtime.NumCPU() || o.Threads != 1 {
			t.Errorf("$%s=%s: %+v", plugin.BackendEnv, asked, o)
		}
	}
}
