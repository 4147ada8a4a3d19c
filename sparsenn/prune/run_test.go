package prune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train/traintest"
)

// TestRun: a pruning is made once, what it says of its circuit is so, and the
// second call loads it.
func TestRun(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick()
	steps, rounds := 0, 0
	r, err := Run(context.Background(), run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
		if strings.Contains(p.Note, "step ") {
			steps++
		} else if strings.Contains(p.Note, " left") {
			rounds++
		} else if !strings.HasPrefix(p.Note, "1 trials") {
			t.Errorf("after the trial: %+v", p)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if steps != c.Hyper.Steps {
		t.Errorf("%d steps reported, want %d", steps, c.Hyper.Steps)
	}
	if rounds < 2 {
		t.Errorf("%d rounds of elimination reported", rounds)
	}
	if err := r.Circuit.Check(); err != nil {
		t.Error(err)
	}
	if !r.Best.Reached || !r.Best.Eliminated || r.Best.Nodes != len(r.Circuit.Nodes) || r.Best.Edges != len(r.Circuit.Edges) || r.Best.Nodes > r.Best.Ranked {
		t.Errorf("%+v with %d nodes and %d edges", r.Best, len(r.Circuit.Nodes), len(r.Circuit.Edges))
	}
	if len(r.Circuit.Nodes) == 0 {
		t.Error("the circuit is empty: the test shows nothing")
	}
	if !(r.Best.Loss <= c.Target) || len(r.Trials) != 1 || len(r.Tau) == 0 || r.Circuit.Calibrated {
		t.Errorf("%+v, trials %d", r.Best, len(r.Trials))
	}
	if r.Circuit.Task != "bracket_counting" || r.Circuit.Run != run.Name || r.Circuit.Ablation != circuit.MeanAblation {
		t.Errorf("circuit of %s in %s at %s", r.Circuit.Task, r.Circuit.Run, r.Circuit.Ablation)
	}
	again, err := Run(context.Background(), run, brackets(), c, artifact.Options{Progress: func(artifact.Progress) { t.Error("it was made again") }})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Circuit, r.Circuit) || !reflect.DeepEqual(again.Trials, r.Trials) {
		t.Error("loaded otherwise than made")
	}
	if _, err := Open(run, brackets(), c); err != nil {
		t.Error(err)
	}
	c.Seed++
	if _, err := Open(run, brackets(), c); !errors.Is(err, artifact.ErrNotFound) {
		t.Errorf("opening another seed: %v", err)
	}
	c.Seed--
	other := traintest.Moved(t, run, "lm_head.weight")
	if _, err := Open(other, brackets(), c); !errors.Is(err, artifact.ErrNotFound) {
		t.Errorf("opening that of a run of the same name with other weights: %v", err)
	}
}

// TestRunCalibrates: what the circuit is read by is what suits it best, and what
// is said of its loss is so under it.
func TestRunCalibrates(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick()
	c.Calibrate, c.Target = true, 0.6925 // guessing gives 0.6931, whatever the model
	r, err := Run(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSubject(run, brackets(), c)
	if err != nil {
		t.Fatal(err)
	}
	if s.stats, err = ablate.Measure(context.Background(), run); err != nil {
		t.Fatal(err)
	}
	e, err := ablate.NewEvaluator(run.Model, s.stats, s.sel, c.Ablation)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []circuit.Node
	for _, n := range r.Circuit.Nodes {
		nodes = append(nodes, n.Node)
	}
	mask, err := e.Space.MaskOf(nodes)
	if err != nil {
		t.Fatal(err)
	}
	margins, err := e.Margins(mask)
	if err != nil {
		t.Fatal(err)
	}
	want := ablate.Calibrate(margins)
	got := ablate.Calibration{Scale: r.Circuit.LogitScale, Shift: r.Circuit.LogitShift}
	if !r.Circuit.Calibrated || got != want || got == ablate.Plain {
		t.Errorf("%+v, want %+v", got, want)
	}
	if loss, _ := got.Apply(margins).Mean(); !r.Best.Reached || math.Abs(loss-r.Best.Loss) > 1e-9 || loss > c.Target {
		t.Errorf("loss %v of %+v", loss, r.Best)
	}
	again, err := Open(run, brackets(), c)
	if err != nil || !reflect.DeepEqual(again.Circuit, r.Circuit) {
		t.Errorf("opened otherwise than made, %v", err)
	}
}

// TestRunResumes: interrupted between trials it goes on after the last whole one,
// and the trials are those of one that was not.
func TestRunResumes(t *testing.T) {
	run, c := untrained(t), quick()
	c.Budget = 1e6
	c.Eliminate = false
	trials := func(stopAfter ...int) []Trial {
		runsIn(t)
		for _, n := range stopAfter {
			ctx, cancel := context.WithCancel(context.Background())
			_, err := Run(ctx, run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
				if strings.Contains(p.Note, fmt.Sprintf("%d trials", n)) && strings.Contains(p.Note, "step 2 of") {
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("after %d trials: %v", n, err)
			}
		}
		s, err := newSubject(run, brackets(), c)
		if err != nil {
			t.Fatal(err)
		}
		root, err := artifact.Root()
		if err != nil {
			t.Fatal(err)
		}
		a, err := artifact.Lock(root, kind, s.identity)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		checkpoint, _, err := a.Latest()
		if err != nil || checkpoint == nil || checkpoint.Done {
			t.Fatalf("%v, %v", checkpoint, err)
		}
		x, err := read(checkpoint)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.trials {
			x.trials[i].Seconds = 0
		}
		return x.trials
	}
	n := bracketDraws // the next one is the bracket's final
	whole, parts := trials(n), trials(1, 2, n)
	if len(whole) != n || !reflect.DeepEqual(whole, parts) {
		t.Errorf("in one go %+v\nin parts %+v", whole, parts)
	}
}

// TestRunFallsBack: a damaged newest checkpoint costs a trial, no more.
func TestRunFallsBack(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick()
	c.Budget, c.Eliminate = 1e6, false
	stop := func(n int) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		_, err := Run(ctx, run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
			if strings.Contains(p.Note, fmt.Sprintf("%d trials", n)) && strings.Contains(p.Note, "step ") {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	stop(2)
	root, _ := artifact.Root()
	files, err := filepath.Glob(filepath.Join(root, kind+"-*", "checkpoint-*", trialsFile))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := os.WriteFile(files[1], []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	var lines []string
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err = Run(ctx, run, brackets(), c, artifact.Options{Log: func(l string) { lines = append(lines, l); cancel() }})
	if !errors.Is(err, context.Canceled) || len(lines) < 2 || !strings.Contains(lines[0], trialsFile) || !strings.Contains(lines[len(lines)-1], "after 1 trials") {
		t.Errorf("%v, %q", err, lines)
	}
}

// TestRunSearches: a budget goes through draws, the final and changes, keeps the
// smallest of them, and ends.
func TestRunSearches(t *testing.T) {
	runsIn(t)
	c := quick()
	c.Budget = 6
	r, err := Run(context.Background(), untrained(t), brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range r.Trials {
		if x.size() < r.Best.size() {
			t.Errorf("trial %d is smaller than the best: %+v", i, x)
		}
	}
	if len(r.Trials) < 2 || r.Provenance.WallSeconds > 2*c.Budget+5 {
		t.Errorf("%d trials in %v s", len(r.Trials), r.Provenance.WallSeconds)
	}
}

func TestRunOutOfReach(t *testing.T) {
	runsIn(t)
	c := quick()
	c.Target = 1e-3
	r, err := Run(context.Background(), untrained(t), brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Best.Reached || r.Best.Eliminated || len(r.Circuit.Nodes) != len(r.Tau) {
		t.Errorf("%+v with %d nodes", r.Best, len(r.Circuit.Nodes))
	}
}

func TestRunErrors(t *testing.T) {
	runsIn(t)
	run := untrained(t)
	for want, call := range map[string]func(c *Config, tk *task.Task){
		"target is 0":     func(c *Config, _ *task.Task) { c.Target = 0 },
		"confidence is":   func(c *Config, _ *task.Task) { c.Confidence = -1 },
		"fit is 0":        func(c *Config, _ *task.Task) { c.Fit = 0 },
		"select is 1":     func(c *Config, _ *task.Task) { c.Select = 1 },
		"fit_tokens is 0": func(c *Config, _ *task.Task) { c.FitTokens = 0 },
		"max_tokens is":   func(c *Config, _ *task.Task) { c.MaxTokens = -3 },
		"budget is":       func(c *Config, _ *task.Task) { c.Budget = -1 },
		"steps is 0":      func(c *Config, _ *task.Task) { c.Hyper.Steps = 0 },
		"Draw is nil":     func(_ *Config, tk *task.Task) { tk.Draw = nil },
	} {
		c, tk := quick(), brackets()
		call(&c, &tk)
		if _, err := Run(context.Background(), run, tk, c, artifact.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
		if _, err := Open(run, tk, c); err == nil {
			t.Errorf("%s: opened", want)
		}
	}
}
