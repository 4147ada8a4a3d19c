//go:build !linux || !cgo

package executables

import "fmt"

// Keep is for Linux only as yet; elsewhere every process compiles its programs.
func Keep(path, identity string, store Store) error {
	return fmt.Errorf("compiled programs of %s are not kept: that is done on Linux only", path)
}

// Counts is 0, 0, 0.
func Counts() (loaded, compiled, stored int) { return 0, 0, 0 }
