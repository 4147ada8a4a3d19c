package lab

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"circuitbook/sparsenn/store"
)

// ended is the error that a verb ended its cell with.
type ended struct{ error }

// TestMain runs against the committed runs, with a folder of its own for what is made.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		panic(err)
	}
	os.Setenv(store.RootVariable, dir)
	runs, err := filepath.Abs("../runs")
	if err != nil {
		panic(err)
	}
	os.Setenv(store.NotebookRootVariable, runs)
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
