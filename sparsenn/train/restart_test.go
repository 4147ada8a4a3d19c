package train

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
)

// newLoop is a run at its start, as Run has it.
func newLoop(t *testing.T, root string, c Config) *loop {
	t.Helper()
	id, err := c.identity(Extension{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := artifact.Lock(root, kind, id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	data, err := corpus.Open(context.Background(), c.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &loop{ctx: context.Background(), config: c, options: artifact.Options{SaveEvery: 1 << 40, Log: func(string) {}}, run: run, data: data}
	if err := l.start(); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFailedStepLoadsCheckpoint: a step that fails has lost its weights, which
// were given to the program; the run goes on from its checkpoint to the same
// end, and gives up where it fails again.
func TestFailedStepLoadsCheckpoint(t *testing.T) {
	c := small()
	c.Steps, c.ValidEvery = 12, 6
	runsIn(t)
	whole, err := Run(context.Background(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, failures := range []int{1, 2} {
		l := newLoop(t, runsIn(t), c)
		var log []string
		left := failures
		l.options.Log = func(line string) { log = append(log, line) }
		l.options.Progress = func(p artifact.Progress) {
			if p.Done == 5 && left == failures {
				if err := l.save(false); err != nil {
					t.Error(err)
				}
			}
			if p.Done == 8 && left > 0 {
				left--
				if err := l.trainer.weights[0].FinalizeAll(); err != nil {
					t.Error(err)
				}
			}
		}
		err := l.all()
		if failures > 1 {
			if err == nil || !strings.Contains(err.Error(), "failed again after its checkpoint was loaded") {
				t.Errorf("the second failure gave %v", err)
			}
			continue
		}
		if err != nil || left != 0 || len(log) != 2 || !strings.Contains(log[0], "loading the last checkpoint") || !strings.Contains(log[1], "goes on at step 5 of 12") {
			t.Fatalf("error %v, log %q", err, log)
		}
		if err := l.run.DropPrevious(); err != nil {
			t.Fatal(err)
		}
		got, err := result(c, Extension{}, l.run)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(weightsOf(t, got), weightsOf(t, whole)) || withoutTimes(t, got.Metrics) != withoutTimes(t, whole.Metrics) {
			t.Error("after a failed step the run is another one")
		}
	}
}

// TestFinishedMeanwhile: a run that another process finished after the first
// TestBegunOnAnotherCorpus: a run is not gone on with on other data.
func TestBegunOnAnotherCorpus(t *testing.T) {
	root := runsIn(t)
	l := newLoop(t, root, small())
	l.data.Hash = strings.Repeat("0", 64) // as if the text had been another one
	l.provenance.Data["corpus"] = l.data.Hash
	if err := l.save(false); err != nil {
		t.Fatal(err)
	}
	if err := l.run.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), small(), artifact.Options{}); err == nil || !strings.Contains(err.Error(), "was begun on a corpus of hash 0000") {
		t.Errorf("going on with other data gave %v", err)
	}
}
