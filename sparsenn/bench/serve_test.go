package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServe talks to a worker as the driver does.
func TestServe(t *testing.T) {
	runs := 0
	prepare := func(_ context.Context, task Task) (contestant, error) {
		if task.Op != opMask || task.K != 3 {
			t.Errorf("task %+v", task)
		}
		return contestant{run: func() error { runs++; return nil }, ready: Ready{Kept: 3}}, nil
	}
	var out strings.Builder
	if err := serve(t.Context(), `{"op":"mask","k":3}`, strings.NewReader("run 2 3\nrun 0 1\n"), &out, prepare); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || runs != 6 {
		t.Fatalf("%d runs, %q", runs, lines)
	}
	if r, err := parseReady(lines[0]); err != nil || r.Kept != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	for i, reps := range []int{3, 1} {
		if _, err := parseTimes(lines[i+1], reps); err != nil {
			t.Error(err)
		}
	}
}

func TestServeFails(t *testing.T) {
	bad := errors.New("no memory\nat all")
	fails := func(context.Context, Task) (contestant, error) { return contestant{}, bad }
	var out strings.Builder
	if err := serve(t.Context(), "{}", strings.NewReader(""), &out, fails); !errors.Is(err, bad) || out.String() != "error no memory; at all\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	runs := func(context.Context, Task) (contestant, error) {
		return contestant{run: func() error { return bad }}, nil
	}
	if err := serve(t.Context(), "{}", strings.NewReader("run 0 1\n"), &out, runs); !errors.Is(err, bad) {
		t.Error(err)
	}
	if err := serve(t.Context(), "{}", strings.NewReader("jump\n"), &out, runs); err == nil {
		t.Error("it jumps")
	}
	if err := serve(t.Context(), "{", strings.NewReader(""), &out, runs); err == nil {
		t.Error("half a task is one")
	}
}

// TestWorker drives a contestant that is a shell script, through start, run and stop.
func TestWorker(t *testing.T) {
	dir := t.TempDir()
	script := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "mask"), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s := setup{dir: dir, env: os.Environ()}
	script(`echo 'ready {"kept":5}'; while read run warm reps; do echo ns $warm $reps; done; echo bye >&2`)
	w, err := s.start(t.Context(), Task{Contestant: handC})
	if err != nil {
		t.Fatal(err)
	}
	if times, err := w.run(7, 2); w.ready.Kept != 5 || err != nil || times[0] != 7 {
		t.Errorf("%+v: %v, %v", w.ready, times, err)
	}
	if _, err := w.run(7, 3); err == nil {
		t.Error("two times are three")
	}
	w.stop()

	for text, want := range map[string]string{
		"echo error no such size":         "no such size",
		"echo cannot load libx >&2":       "cannot load libx",
		"echo hello; echo traceback >&2;": "hello",
	} {
		script(text)
		if w, err := s.start(t.Context(), Task{Contestant: handC}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", text, w, err)
		}
	}
}
