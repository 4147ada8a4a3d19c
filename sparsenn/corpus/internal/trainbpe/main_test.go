package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/suitetest"
)

// The committed ranks are those that the command makes. It needs the packages,
// so it is part of the long tests.
func TestRanksAreReproduced(t *testing.T) {
	if !suitetest.Long {
		t.Skip("fetches packages: CIRCUITBOOK_LONG=1 runs it")
	}
	out := filepath.Join(t.TempDir(), "ranks.tiktoken")
	if err := run(out, 2047); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../ranks.tiktoken")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the command makes other ranks than those committed: were the programs or the kept units changed without it?")
	}
}

// Without the packages there is an error and no file.
func TestRunWithoutPackages(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	out := filepath.Join(t.TempDir(), "ranks.tiktoken")
	if err := run(out, 2047); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}
