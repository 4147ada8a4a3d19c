package store

import (
	"os"
	"path/filepath"

	"circuitbook/sparsenn/cache"
)

// RootVariable names the environment variable that says where runs live.
const RootVariable = "CIRCUITBOOK_RUNS"

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
// the read-only ones, such as the committed notebooks/runs. Those that do not
// exist are no error.
func Roots(readOnly ...string) ([]string, error) {
	own, err := Root()
	if err != nil {
		return nil, err
	}
	return append([]string{own}, readOnly...), nil
}
