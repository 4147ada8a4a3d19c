package store

import (
	"os"
	"path/filepath"
	"slices"

	"circuitbook/sparsenn/cache"
)

// RootVariable names the environment variable that says where runs live.
const RootVariable = "CIRCUITBOOK_RUNS"

// NotebookRootVariable names the environment variable with the folder of the
// runs that are committed beside the notebooks, read-only: the kernel sets it
// to notebooks/runs of the engine's module, so that a cell names no path.
const NotebookRootVariable = "CIRCUITBOOK_NOTEBOOK_RUNS"

// Root returns the directory of the user's own runs: $CIRCUITBOOK_RUNS, else
// runs in the cache directory (package cache). It need not exist yet.
func Root() (string, error) {
	if dir := os.Getenv(RootVariable); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := cache.Dir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "runs"), nil
}

// Roots returns where a finished run is looked for: the user's own root, then
// the read-only ones given, then $CIRCUITBOOK_NOTEBOOK_RUNS if it is set. Those
// that do not exist are no error, and the notebooks' is not named twice.
func Roots(readOnly ...string) ([]string, error) {
	own, err := Root()
	if err != nil {
		return nil, err
	}
	roots := append([]string{own}, readOnly...)
	notebooks := os.Getenv(NotebookRootVariable)
	if notebooks == "" {
		return roots, nil
	}
	if notebooks, err = filepath.Abs(notebooks); err != nil {
		return nil, err
	}
	named := func(root string) bool {
		root, err := filepath.Abs(root)
		return err == nil && root == notebooks
	}
	if !slices.ContainsFunc(roots, named) {
		roots = append(roots, notebooks)
	}
	return roots, nil
}
