package main

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/topk"
)

// TestHandWritten compares the C program with the selection in Go, ties included.
func TestHandWritten(t *testing.T) {
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	s, err := newSetup(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	normal := filepath.Join(dir, "normal")
	if err := writeMatrix(normal, 64*64); err != nil {
		t.Fatal(err)
	}
	ties := filepath.Join(dir, "ties") // few values, both signs
	if err := writeWords(ties, 64*64, func(i int) uint32 { return math.Float32bits(float32(i*i%7+1) * float32(1-i%2*2)) }); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{normal, ties} {
		v, err := readFloats(file, 64*64)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []int{1, 4, 40, 64, 409, 4095, 4096} {
			check(t, s, Task{Op: opMask, Rows: 64, Cols: 64, K: k, Input: file}, topk.Select(v, k))
			if k <= 64 {
				var want []bool
				for r := range 64 {
					want = append(want, topk.SelectVector(v[64*r:64*r+64], k)...)
				}
				check(t, s, Task{Op: opAbsTopK, Rows: 64, Cols: 64, K: k, Input: file}, want)
			}
		}
	}
}

func check(t *testing.T, s setup, task Task, want []bool) {
	t.Helper()
	task.Contestant = handC
	w, err := s.start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	defer w.stop()
	if _, err := w.run(1, 2); err != nil {
		t.Error(err)
	}
	kept, sum := 0, 0
	for i, in := range want {
		if in {
			kept, sum = kept+1, sum+i
		}
	}
	if w.ready.Kept != kept || w.ready.Sum != sum {
		t.Errorf("%s %s k=%d: kept %d with sum %d, not %d with sum %d", filepath.Base(task.Input), task.Op, task.K, w.ready.Kept, w.ready.Sum, kept, sum)
	}
}

// TestMeasure runs a whole case against a peer that is a fake.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles")
	}
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	s, err := newSetup(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Name: "mask/small", Op: opMask, Rows: 64, Cols: 64, K: 40, Peers: []string{handC, "jax.top_k"}}
	s.self = filepath.Join(dir, "mask.sh")
	if err := exec.Command("sh", "-c", fmt.Sprintf(`printf '#!/bin/sh\nexec %s/mask mask 64 64 40 %s/normal-4096.f32\n' > %s; chmod +x %s`, dir, dir, s.self, s.self)).Run(); err != nil {
		t.Fatal(err)
	}
	var log writer
	r, err := s.measure(t.Context(), c, 3, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.text)
	}
	hand, jax := r.Peers[0], r.Peers[1]
	if hand.Pairs != 3 || hand.Ratio.Median <= 0 || hand.Note != "" || hand.Differs {
		t.Errorf("%+v", hand)
	}
	if jax.Pairs != 0 || jax.Note == "" {
		t.Errorf("a peer without its environment: %+v", jax)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.measure(ctx, c, 3, &log); err == nil {
		t.Error("it measures after it was cancelled")
	}
}

type writer struct{ text []byte }

func (w *writer) Write(b []byte) (int, error) {
	w.text = append(w.text, b...)
	return len(b), nil
}
