package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"circuitbook/sparsenn/suitetest"

	"github.com/google/go-cmp/cmp"
)

// contents reads an archive as names and texts.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, m := range z.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[m.Name] = string(data)
	}
	return out
}

// The committed sample holds what the command makes; compression may differ
// between releases of Go. It needs the packages, so it is part of the long tests.
func TestSampleIsReproduced(t *testing.T) {
	if !suitetest.Long {
		t.Skip("fetches packages: CIRCUITBOOK_LONG=1 runs it")
	}
	out := filepath.Join(t.TempDir(), "sample.zip")
	if err := run(out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, "../source/sample.zip"), contents(t, out)); diff != "" {
		t.Errorf("the command makes another sample: %.500s", diff)
	}
}

// Without the packages there is an error and no file.
func TestRunWithoutPackages(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	out := filepath.Join(t.TempDir(), "sample.zip")
	if err := run(out); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}
