//go:build unix

package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/train"
)

const (
	// stepsVariable names the file that processes log their training steps in.
	stepsVariable = "SWEEP_STEPS_LOG"
	// interval is the time between checkpoints then.
	interval = 60 * time.Millisecond
)

// Set before any init runs, and so before a worker begins to serve.
var _ = logSteps(os.Getenv(stepsVariable))

// logSteps has every step of training append a line to a file: the step, and when it
// was done.
func logSteps(path string) bool {
	if path == "" {
		return false
	}
	log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	saveEvery = interval
	stepped = func(step int) { fmt.Fprintf(log, "%d %d\n", step, time.Now().UnixNano()) }
	return true
}

// loggedStep is a line of the log.
type loggedStep struct {
	step int
	at   int64 // nanoseconds
}

func readSteps(t *testing.T, path string) (out []loggedStep) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var s loggedStep
		if _, err := fmt.Sscan(line, &s.step, &s.at); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, s)
	}
	return out
}

// longPoint trains long enough to be killed on the way.
func longPoint(t *testing.T) Point {
	c := small(t, 0)
	c.Steps, c.ValidEvery = 300, 300
	return Point{Name: "long", Train: c, Examples: 16}
}

// TestStepsChild is the child of TestKilledRepeatsOneInterval.
func TestStepsChild(t *testing.T) {
	if os.Getenv(stepsVariable) == "" {
		t.Skip("only as a child of TestKilledRepeatsOneInterval")
	}
	if _, err := Run(context.Background(), []Point{longPoint(t)}, Options{Processes: 1, Threads: 1}); err != nil {
		t.Fatal(err)
	}
}

// sweepUntil runs the sweep in a child and kills it, its process with it, when it has
// logged so many steps; with 0 it is left to end. It returns the steps that it did.
func sweepUntil(t *testing.T, log string, steps int) []loggedStep {
	t.Helper()
	before := len(readSteps(t, log))
	cmd := exec.Command(os.Args[0], "-test.run=^TestStepsChild$")
	cmd.Env = append(os.Environ(), stepsVariable+"="+log)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if steps > 0 {
		for start := time.Now(); len(readSteps(t, log)) < before+steps; time.Sleep(time.Millisecond) {
			if time.Since(start) > suitetest.Patience {
				kill()
				t.Fatal("it does not train")
			}
		}
		kill()
	}
	if err := cmd.Wait(); err != nil && steps == 0 {
		t.Fatalf("left alone it failed: %v", err)
	}
	noWorkers(t)
	did := readSteps(t, log)[before:]
	for k, s := range did {
		if s.step != did[0].step+k {
			t.Fatalf("step %d after step %d", s.step, did[k-1].step)
		}
	}
	return did
}

// TestKilledRepeatsOneInterval: a sweep that is killed in the middle of training, at a
// random step, begins at its last checkpoint when it is started again. It repeats the
// steps since then, which all but the last were done within one interval between
// checkpoints; no other step is done twice.
func TestKilledRepeatsOneInterval(t *testing.T) {
	p := longPoint(t)
	runsIn(t)
	want, err := Run(context.Background(), []Point{p}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	runsIn(t)
	name, err := train.Name(p.Train)
	if err != nil {
		t.Fatal(err)
	}
	log, rng := filepath.Join(t.TempDir(), "steps"), rand.New(rand.NewPCG(5, 6))
	kills := 3
	if suitetest.Long {
		kills = 5
	}
	saved, repeated, onTheWay := 0, 0, 0
	for range kills {
		did := sweepUntil(t, log, 20+rng.IntN(40))
		if did[0].step != saved {
			t.Errorf("it begins at step %d, its checkpoint was of %d", did[0].step, saved)
		}
		if saved = lastSaved(t, name); saved > did[0].step && saved < p.Train.Steps {
			onTheWay++
		}
		lost := did[saved-did[0].step:]
		repeated += len(lost)
		if n := len(lost); n > 2 && time.Duration(lost[n-2].at-lost[0].at) > interval {
			t.Errorf("%d steps are lost, done in %v; checkpoints lie %v apart", n, time.Duration(lost[n-1].at-lost[0].at), interval)
		}
	}
	if onTheWay == 0 {
		t.Error("no kill came behind a checkpoint of its own: the test shows nothing")
	}
	if did := sweepUntil(t, log, 0); did[0].step != saved || did[len(did)-1].step != p.Train.Steps-1 {
		t.Errorf("left alone it did steps %d to %d after a checkpoint of %d", did[0].step, did[len(did)-1].step, saved)
	}
	if n := len(readSteps(t, log)); n != p.Train.Steps+repeated {
		t.Errorf("%d steps were done for a training of %d, and %d lay behind a checkpoint at a kill", n, p.Train.Steps, repeated)
	}
	t.Logf("%d of %d steps repeated after %d kills", repeated, p.Train.Steps, kills)
	got, err := Run(context.Background(), []Point{p}, Options{Progress: func(artifact.Progress) { t.Error("something was left to do") }})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := bare(got[0]), bare(want[0]); !reflect.DeepEqual(a, b) {
		t.Errorf("killed\n%+v\nundisturbed\n%+v", a, b)
	}
}

// lastSaved is the number of steps in the newest checkpoint of a training.
func lastSaved(t *testing.T, name string) int {
	t.Helper()
	run, err := artifact.OpenDir(filepath.Join(mustRoot(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	c, problems, err := run.Latest()
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if c == nil {
		return 0
	}
	return c.Step
}
