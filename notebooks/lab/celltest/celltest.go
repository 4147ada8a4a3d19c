// Package celltest has what the tests of verbs and studies share.
package celltest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/suitetest"
	"circuitbook/viz"
)

// ended is the error that a verb ended its cell with.
type ended struct{ error }

// Main runs tests against the committed runs, with a folder of its own for what is made.
// runs is where they are, as the tests' folder sees it.
func Main(m *testing.M, runs string) {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		panic(err)
	}
	os.Setenv(artifact.RootVariable, dir)
	if runs, err = filepath.Abs(runs); err != nil {
		panic(err)
	}
	os.Setenv(artifact.NotebookRootVariable, runs)
	cell.End = func(err error) { panic(ended{err}) }
	cell.Quiet = time.Hour
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// EndOf is the error that f ends its cell with, nil if it does not.
func EndOf(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case ended:
			err = r.error
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// Heavy leaves a test to the long form: it compiles many programs of the laptop's size. The
// notebooks, which the CI runs at the smallest scale, use what it tests.
func Heavy(t *testing.T) {
	t.Helper()
	if !suitetest.Long {
		t.Skip("compiles many programs: CIRCUITBOOK_LONG=1 runs it")
	}
}

// Shown is what a value shows, as text.
func Shown(t *testing.T, f viz.Figure) string {
	t.Helper()
	b, err := f.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if b.HTML == "" || b.Text == "" {
		t.Errorf("%T: a form is missing", f)
	}
	return b.Text
}

// Claimed are the names of what a value states.
func Claimed(t *testing.T, c cell.Claimer) map[string]any {
	t.Helper()
	m := map[string]any{}
	for _, s := range c.Claims() {
		if _, ok := m[s.Name]; ok {
			t.Errorf("%T states %q twice", c, s.Name)
		}
		m[s.Name] = s.Value
	}
	return m
}
