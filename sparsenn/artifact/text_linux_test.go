package artifact

import (
	"circuitbook/sparsenn/tensorfile"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipes: a pipe in place of a file is said to be one; opening it would wait for
// somebody to write.
func TestPipes(t *testing.T) {
	pipe := func(path string) {
		t.Helper()
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dir := finished(t, t.TempDir(), 3)
	pipe(filepath.Join(dir, configName))
	_, err := OpenDir(dir)
	mustContain(t, err, "not a regular file, but a pipe")
	dir = finished(t, t.TempDir(), 3)
	checkpoint := filepath.Join(dir, "checkpoint-0000000003")
	names, err := os.ReadDir(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		kept := filepath.Join(t.TempDir(), "kept")
		path := filepath.Join(checkpoint, name.Name())
		if err := os.Rename(path, kept); err != nil {
			t.Fatal(err)
		}
		pipe(path)
		r, err := OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, problems, err := r.Latest()
		if err != nil || len(problems) == 0 || problems[0].File != name.Name() {
			t.Fatalf("%s is a pipe: %v, %v, %v", name.Name(), c, problems, err)
		}
		mustContain(t, problems[0], "not a regular file, but a pipe")
		if err := os.Rename(kept, path); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	pipe(path)
	_, err = tensorfile.Open(path)
	mustContain(t, err, "not a regular file, but a pipe")
}
