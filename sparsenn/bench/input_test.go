package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/topk"
)

// TestDescribe: what the peers are told is the step that the comparison promises.
func TestDescribe(t *testing.T) {
	s, err := describe(stepConfig())
	if err != nil {
		t.Fatal(err)
	}
	if s.Batch != 32 || s.Seq != 128 || s.Layers != 2 || s.Heads*s.DHead != 128 || !s.Sparse {
		t.Errorf("%+v", s)
	}
	n := 0
	for _, p := range s.Params {
		size := 1
		for _, d := range p.Shape {
			size *= d
		}
		n += size
		switch p.Name {
		case "transformer.wte.weight", "lm_head.weight":
			if p.K != 31457 || p.Floor != 0 || !p.Decay {
				t.Errorf("%+v", p)
			}
		case "transformer.h.1.mlp.c_proj.weight":
			if p.K != 1966 || p.Floor != 2 || p.Axis != int(topk.Columns) || !p.Decay {
				t.Errorf("%+v", p)
			}
		case "transformer.h.0.mlp.c_fc.weight":
			if p.K != 1966 || p.Floor != 2 || p.Axis != int(topk.Rows) {
				t.Errorf("%+v", p)
			}
		case "bigram_table":
			if p.K != 0 || p.Decay || size != 2048*2048 {
				t.Errorf("%+v", p)
			}
		}
	}
	if w := s.initial(); len(w) != n {
		t.Errorf("%d initial values of %d", len(w), n)
	} else {
		nonzero, size := 0, 2048*128 // wte is the first
		for _, v := range w[:size] {
			if v != 0 {
				nonzero++
			}
		}
		if nonzero != s.Params[0].K {
			t.Errorf("%d of %d nonzeros at the start", nonzero, s.Params[0].K)
		}
	}
	dense, err := describe(stepConfig().Dense())
	if err != nil || dense.Sparse || dense.Params[0].K != 0 {
		t.Errorf("dense: %+v, %v", dense, err)
	}
}

// TestTaskTravels: a worker gets what it was sent.
func TestTaskTravels(t *testing.T) {
	s, err := describe(stepConfig())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(Task{Contestant: ours, Op: opStep, Step: s})
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseTask(string(data))
	if err != nil || got.Step == nil || got.Train.Validate() != nil || len(got.Params) != len(s.Params) {
		t.Errorf("%+v, %v", got, err)
	}
	again, err := json.Marshal(got)
	if err != nil || string(again) != string(data) {
		t.Errorf("%s\nbecame\n%s", data, again)
	}
}

func TestMatrixFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	if err := writeMatrix(path, 4096); err != nil {
		t.Fatal(err)
	}
	v, err := readFloats(path, 4096)
	if err != nil {
		t.Fatal(err)
	}
	mean, square := 0.0, 0.0
	for _, x := range v {
		mean += float64(x) / 4096
		square += float64(x) * float64(x) / 4096
	}
	if mean < -0.1 || mean > 0.1 || square < 0.9 || square > 1.1 {
		t.Errorf("mean %v, mean square %v", mean, square)
	}
	if _, err := readFloats(path, 4097); err == nil {
		t.Error("a short file is read")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := readFloats(path, 4096); err == nil {
		t.Error("a missing file is read")
	}
}

// TestInputs: two cases of one size share their file.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	c := Case{Op: opAbsTopK, Rows: 8, Cols: 16, K: 4}
	a, err := c.inputs(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(a.Input)
	if err != nil || before.Size() != 4*8*16 {
		t.Fatal(before, err)
	}
	b, err := Case{Op: opMask, Rows: 16, Cols: 8, K: 3}.inputs(t.Context(), dir)
	if err != nil || a.Input != b.Input {
		t.Errorf("%s, %s, %v", a.Input, b.Input, err)
	}
	after, err := os.Stat(a.Input)
	if err != nil || after.ModTime() != before.ModTime() {
		t.Error("the file was written again")
	}
}
