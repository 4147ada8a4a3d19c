package notebooks

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
)

// What the committed runs may take: a little more than they do.
const (
	runsLimit = 42_500_000 // bytes; two thirds are weights of models, a fifth those of bridges
	runsFiles = 55
)

// TestRuns: the committed runs are packed, finished and whole, and together they do not
// grow unnoticed.
func TestRuns(t *testing.T) {
	var size int64
	files := 0
	err := filepath.WalkDir("runs", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == ".locks" {
				return fs.SkipDir
			}
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		files++
		size += info.Size()
		if filepath.Dir(path) != "runs" || filepath.Ext(path) != ".zip" {
			t.Errorf("%s is not packed: copy the run with circuitbook runs copy", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > runsLimit || files > runsFiles {
		t.Errorf("notebooks/runs holds %.1f MB in %d files, more than %.1f in %d: leave out what a notebook can make itself, or raise the limit and say so",
			float64(size)/1e6, files, float64(runsLimit)/1e6, runsFiles)
	}
	list, err := artifact.List("runs")
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range list {
		run, err := artifact.OpenDir(info.Dir())
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

// TestResultsStandOnRuns: every run that the results of a notebook name is committed.
func TestResultsStandOnRuns(t *testing.T) {
	files, err := filepath.Glob("*.results.json")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b[a-z]+-[0-9a-f]{16}\b`)
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllString(string(text), -1) {
			found++
			if run, err := artifact.OpenDir(filepath.Join("runs", name)); err != nil {
				t.Errorf("%s: %v", file, err)
			} else if done, err := run.Finished(); !done {
				t.Errorf("%s: %s is not finished: %v", file, name, err)
			}
		}
	}
	if found == 0 {
		t.Error("no results name a run: the test shows nothing")
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
