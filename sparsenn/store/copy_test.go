package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// finished makes a finished run and returns its directory.
func finished(t *testing.T, root string, steps int) string {
	t.Helper()
	r, err := Open(root, "train", testConfig{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	save(t, r, 1, false)
	save(t, r, steps, true)
	return r.Dir()
}

func TestCopy(t *testing.T) {
	dir := finished(t, t.TempDir(), 3)
	root := filepath.Join(t.TempDir(), "notebooks", "runs")
	if done, err := Copy(dir, root); err != nil || !done {
		t.Fatal(done, err)
	}
	copied, err := OpenReadOnly([]string{root}, "train", testConfig{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	c, problems, err := copied.Latest()
	if err != nil || len(problems) > 0 || c.Step != 3 || !c.Done {
		t.Fatal(c, problems, err)
	}
	if list, _ := os.ReadDir(copied.Dir()); len(list) != 2 {
		t.Errorf("more than the config and one checkpoint: %v", list)
	}
	if list, _ := os.ReadDir(root); len(list) != 1 {
		t.Errorf("something is left over: %v", list)
	}
	if done, err := Copy(dir, root); err != nil || done {
		t.Errorf("a second copy: %v, %v", done, err)
	}
}

// A run is not copied unless it is finished and whole, nor over anything else.
func TestCopyRefuses(t *testing.T) {
	own, root := t.TempDir(), t.TempDir()
	r, err := Open(own, "train", testConfig{Steps: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	save(t, r, 2, false)
	if _, err := Copy(r.Dir(), root); err == nil || !strings.Contains(err.Error(), "not finished") {
		t.Error(err)
	}
	dir := finished(t, own, 4)
	if err := os.MkdirAll(filepath.Join(root, filepath.Base(dir)), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(dir, root); err == nil || !strings.Contains(err.Error(), "remove it first") {
		t.Error(err)
	}
	if _, err := Copy(filepath.Join(own, "notes"), root); err == nil {
		t.Error("a folder that is no run was copied")
	}
}

// Whatever fails on the way, the folder holds the whole run or nothing.
func TestCopyIsAtomic(t *testing.T) {
	dir := finished(t, t.TempDir(), 3)
	broken := errors.New("the disk is broken")
	for at := 0; ; at++ {
		root := t.TempDir()
		files := newFaulty(at, broken, false)
		_, err := copyRun(files, dir, root)
		if !files.reached() {
			if err != nil || at < 8 {
				t.Fatalf("%d calls: %v", at, err)
			}
			return
		}
		if !errors.Is(err, broken) {
			t.Errorf("call %d failed, the error is %v", at, err)
		}
		if list, _ := List(root); len(list) > 1 || len(list) == 1 && (!list[0].Done || list[0].Problem != nil) {
			t.Errorf("call %d failed and left %+v", at, list)
		}
	}
}
