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
	"testing"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/suitetest"
)

const killVariable = "SWEEP_KILL_CHILD"

// TestKillChild is the child: it runs the sweep of TestKilled.
func TestKillChild(t *testing.T) {
	if os.Getenv(killVariable) == "" {
		t.Skip("only as a child of TestKilled")
	}
	if _, err := Run(context.Background(), killPoints(t), Options{Processes: 2, Threads: 1, PerProcess: 3}); err != nil {
		t.Fatal(err)
	}
}

func killPoints(t *testing.T) []Point {
	var list []Point
	for seed := range uint64(2) {
		c := small(t, seed)
		list = append(list, Point{Name: fmt.Sprint("model ", seed), Train: c, Examples: 16},
			Point{Name: fmt.Sprint("brackets ", seed), Train: c, Examples: 16, Task: "bracket_counting", Study: guessing(t)})
	}
	return list
}

// TestKilled: a sweep that is killed again and again, its processes with it, loses no
// finished row, ends by being started often enough, and gives the rows of one that
// nobody disturbed.
func TestKilled(t *testing.T) {
	runsIn(t)
	want, err := Run(context.Background(), killPoints(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	runsIn(t)
	rng := rand.New(rand.NewPCG(3, 4))
	kills := 3
	if suitetest.Long {
		kills = 60
	}
	done := map[string]bool{}
	ended := false
	for i := 0; !ended; i++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
		cmd.Env = append(os.Environ(), killVariable+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if i < kills {
			exit := make(chan struct{})
			go func() { _ = cmd.Wait(); close(exit) }()
			select {
			case <-time.After(time.Duration(200+rng.IntN(4000)) * time.Millisecond):
				_ = cmd.Process.Kill()
				<-exit
			case <-exit:
				ended = cmd.ProcessState.Success()
			}
		} else {
			if err := cmd.Wait(); err != nil {
				t.Fatalf("left alone it failed: %v", err)
			}
			ended = true
		}
		noWorkers(t)
		now := finished(t)
		for name := range done {
			if !now[name] {
				t.Fatalf("kill %d: the row %s is gone", i, name)
			}
		}
		done = now
	}
	got, err := Run(context.Background(), killPoints(t), Options{Progress: func(artifact.Progress) { t.Error("something was left to do") }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if a, b := bare(got[i]), bare(want[i]); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: killed\n%+v\nundisturbed\n%+v", b.Name, a, b)
		}
	}
}

// finished lists the rows that are there.
func finished(t *testing.T) map[string]bool {
	out := map[string]bool{}
	for _, p := range killPoints(t) {
		if _, err := Open(p); err == nil {
			out[p.Name] = true
		}
	}
	return out
}

// noWorkers waits until the processes of a killed sweep are gone: they hold locks
// that the next one needs.
func noWorkers(t *testing.T) {
	t.Helper()
	root := "=" + mustRoot(t)
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); {
		left := 0
		environs, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, file := range environs {
			text, _ := os.ReadFile(file)
			if strings.Contains(string(text), workerVariable+"=1") && strings.Contains(string(text), artifact.RootVariable+root) {
				left++
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("processes of a killed sweep outlive it")
}
