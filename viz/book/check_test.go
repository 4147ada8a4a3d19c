package book

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestTellKernel holds that only a cell's program tells its kernel what was wrong: this test is none.
// What a kernel makes of what it is told is tried where the kernel is.
func TestTellKernel(t *testing.T) {
	dir := t.TempDir()
	if tellKernel(errors.New("no luck"), dir) || tellKernel(errors.New("no luck"), "") {
		t.Error("a program that is no cell told the kernel")
	}
	if _, err := os.Stat(filepath.Join(dir, "result")); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
