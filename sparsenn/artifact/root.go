package artifact

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"circuitbook/sparsenn/cache"
)

// RootVariable names the environment variable that says where runs live.
const RootVariable = "CIRCUITBOOK_RUNS"

// NotebookRootVariable names the environment variable with the folder of the
// runs that are committed beside the notebooks, read-only: the kernel sets it
// to notebooks/runs of the engine's module, so that a cell names no path.
const NotebookRootVariable = "CIRCUITBOOK_NOTEBOOK_RUNS"

// Root returns the directory of the user's own runs: $CIRCUITBOOK_RUNS, else
// runs in the cache directory (package cache). It need not exist yet; a file in
// its place is an error.
func Root() (string, error) {
	if dir := os.Getenv(RootVariable); dir != "" {
		return folder(RootVariable, dir)
	}
	dir, err := cache.Dir()
	if err != nil {
		return "", err
	}
	return folder(RootVariable, filepath.Join(dir, "runs"))
}

// folder makes dir absolute. If something else than a folder is there, or on the
// way, the error names the variable to set.
func folder(variable, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() || errors.Is(err, syscall.ENOTDIR) {
		return "", fmt.Errorf("runs cannot live in %s, which is not a folder: set $%s to one", dir, variable)
	}
	return dir, nil
}

// Roots returns where a finished run is looked for: the user's own root, then
// $CIRCUITBOOK_NOTEBOOK_RUNS if it is set and another folder. Those that do not exist are
// no error.
func Roots() ([]string, error) {
	own, err := Root()
	if err != nil {
		return nil, err
	}
	notebooks := os.Getenv(NotebookRootVariable)
	if notebooks == "" {
		return []string{own}, nil
	}
	if notebooks, err = folder(NotebookRootVariable, notebooks); err != nil || notebooks == own {
		return []string{own}, err
	}
	return []string{own, notebooks}, nil
}
