package notebooks

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/store"
)

// runsLimit bounds the committed runs, in bytes: a little more than they are: the tour's dense model and bridge among them. Five
// eighths are weights of models, a fifth those of bridges.
const runsLimit = 43_500_000

// TestRuns: the committed runs are finished and whole, none holds a large text that a
// copy would have packed, and together they do not grow unnoticed.
func TestRuns(t *testing.T) {
	var size int64
	err := filepath.WalkDir("runs", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		if ext := filepath.Ext(path); (ext == ".json" || ext == ".jsonl") && info.Size() >= 64<<10 {
			t.Errorf("%s has %d bytes: copy the run with circuitbook runs copy, which packs it", path, info.Size())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > runsLimit {
		t.Errorf("notebooks/runs holds %.1f MB, more than %.1f: leave out what a notebook can make itself, or raise the limit and say so", float64(size)/1e6, float64(runsLimit)/1e6)
	}
	list, err := store.List("runs")
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range list {
		run, err := store.OpenDir(info.Dir())
		if err != nil {
			t.Errorf("%s: %v", info.Name, err)
			continue
		}
		c, problems, err := run.Latest()
		if err != nil || len(problems) > 0 || c == nil || !c.Done {
			t.Errorf("%s: %+v, %v, %v", info.Name, c, problems, err)
			continue
		}
		for _, name := range c.Names() {
			if filepath.Ext(name) == ".jsonl" || filepath.Ext(name) == ".json" {
				text, err := c.ReadFile(name)
				if err != nil {
					t.Errorf("%s: %v", info.Name, err)
				} else if name == "circuit.json" {
					sameBytes(t, info.Name, text)
				}
			}
		}
	}
	if len(list) == 0 {
		t.Error("there are no committed runs: the test shows nothing")
	}
}

// sameBytes: a circuit is written as it was when it was stored, since the names of
// proofs are hashes over these bytes.
func sameBytes(t *testing.T, run string, text []byte) {
	t.Helper()
	c, err := circuit.Decode(text)
	if err != nil {
		t.Errorf("%s: %v", run, err)
		return
	}
	again, err := circuit.Encode(c)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("%s: its circuit is written otherwise by now, so that what is named after it is not found: %v", run, err)
	}
}
