package main

import (
	"context"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/topk"
	"circuitbook/sparsenn/train"
)

// TestSelections: the contestants in Go keep what the definition in Go keeps.
func TestSelections(t *testing.T) {
	const rows, cols = 16, 64
	input := filepath.Join(t.TempDir(), "x")
	if err := writeMatrix(input, rows*cols); err != nil {
		t.Fatal(err)
	}
	v, err := readFloats(input, rows*cols)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ours, "gomlx.TopK", "gomlx.TopK+mask"} {
		for op, k := range map[string]int{opMask: 100, opAbsTopK: 16} {
			task := Task{Contestant: name, Op: op, Rows: rows, Cols: cols, K: k, Input: input}
			c, err := prepare(t.Context(), task)
			if op == opMask && name == "gomlx.TopK+mask" {
				if err == nil {
					t.Error("there is a contestant that no case has")
				}
				continue
			}
			if err != nil {
				t.Fatal(name, op, err)
			}
			want := topk.Select(v, k)
			if op == opAbsTopK {
				want = nil
				for r := range rows {
					want = append(want, topk.SelectVector(v[r*cols:(r+1)*cols], k)...)
				}
			}
			kept, sum := 0, 0
			for i, in := range want {
				if in {
					kept, sum = kept+1, sum+i
				}
			}
			if c.ready.Kept != kept || c.ready.Sum != sum || c.ready.Versions["gomlx"] == "" && c.ready.Versions["go"] == "" {
				t.Errorf("%s %s: %+v, not %d with sum %d", name, op, c.ready, kept, sum)
			}
			if err := c.run(); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := prepare(t.Context(), Task{Contestant: ours, Op: opMask, Rows: 3, Cols: 3, K: 1, Input: input}); err == nil {
		t.Error("a file of another size is read")
	}
}

// TestStep lets a run of scale tiny do its steps one by one, and its dense twin.
func TestStep(t *testing.T) {
	t.Setenv("CIRCUITBOOK_RUNS", t.TempDir())
	config, err := train.Scale("tiny", 0)
	if err != nil {
		t.Fatal(err)
	}
	config.Schedule, config.Steps = train.Constant, 1000
	s, err := describe(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ours, oursDense} {
		ctx, cancel := context.WithCancel(t.Context())
		c, err := prepare(ctx, Task{Contestant: name, Op: opStep, Step: s})
		if err != nil {
			t.Fatal(err)
		}
		if l := c.ready.Losses; len(l) != s.Checked || l[0] < 5 || l[0] > 7 || l[0] == l[1] {
			t.Errorf("%s: losses %v", name, l)
		}
		if err := c.run(); err != nil {
			t.Error(err)
		}
		cancel()
		for range 2 { // one step may be under way
			err = c.run()
		}
		if err == nil {
			t.Errorf("%s: it goes on after the run was stopped", name)
		}
	}
	if _, err := prepare(t.Context(), Task{Contestant: ours, Op: opStep}); err == nil {
		t.Error("a step without a config")
	}
}
