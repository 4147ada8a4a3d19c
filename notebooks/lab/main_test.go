package lab

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/suitetest"
)

// ended is the error that a verb ended its cell with.
type ended struct{ error }

// TestMain runs against the committed runs, with a folder of its own for what is made.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		panic(err)
	}
	os.Setenv(artifact.RootVariable, dir)
	runs, err := filepath.Abs("../runs")
	if err != nil {
		panic(err)
	}
	os.Setenv(artifact.NotebookRootVariable, runs)
	end = func(err error) { panic(ended{err}) }
	quiet = time.Hour
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// endOf is the error that f ends its cell with, nil if it does not.
func endOf(f func()) (err error) {
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

// heavy leaves a test to the long form: it compiles many programs of the laptop's size. The
// notebooks, which the CI runs at the smallest scale, use what it tests.
func heavy(t *testing.T) {
	t.Helper()
	if !suitetest.Long {
		t.Skip("compiles many programs: CIRCUITBOOK_LONG=1 runs it")
	}
}
