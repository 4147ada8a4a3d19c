package artifact

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(RootVariable, dir)
	if got, err := Root(); err != nil || got != dir {
		t.Error(got, err)
	}
	t.Setenv(RootVariable, "")
	t.Setenv("CIRCUITBOOK_CACHE", dir)
	if got, err := Root(); err != nil || got != filepath.Join(dir, "runs") {
		t.Error(got, err)
	}
}

func TestRoots(t *testing.T) {
	own, dir := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	t.Setenv(RootVariable, own)
	committed := filepath.Join(dir, "committed")
	for notebooks, want := range map[string][]string{
		"":          {own},
		committed:   {own, committed},
		"committed": {own, committed},
		own:         {own}, // whoever makes the committed runs has them as their own
	} {
		t.Setenv(NotebookRootVariable, notebooks)
		if got, err := Roots(); err != nil || !cmp.Equal(got, want) {
			t.Errorf("$%s=%q: %q, %v; want %q", NotebookRootVariable, notebooks, got, err, want)
		}
	}
}

// TestRootIsNoFile: a variable that leads to a file is told by its name, by
// whoever looks for runs or makes one.
func TestRootIsNoFile(t *testing.T) {
	own := t.TempDir()
	file := filepath.Join(own, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "deeper")} {
		t.Setenv(RootVariable, dir)
		t.Setenv(NotebookRootVariable, "")
		_, err := Root()
		mustContain(t, err, dir, "not a folder", "set $"+RootVariable)
		_, err = Roots()
		mustContain(t, err, "set $"+RootVariable)
		t.Setenv(RootVariable, own)
		t.Setenv(NotebookRootVariable, dir)
		_, err = Roots()
		mustContain(t, err, dir, "not a folder", "set $"+NotebookRootVariable)
	}
	// The default place may be taken too.
	t.Setenv(RootVariable, "")
	t.Setenv("CIRCUITBOOK_CACHE", own)
	if err := os.WriteFile(filepath.Join(own, "runs"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Root()
	mustContain(t, err, "set $"+RootVariable)
}

// TestCommittedRunsAreReadOnly: a run found beside the notebooks is read, needs
// no lock, and leaves its folder as it was, also one that nobody can write.
func TestCommittedRunsAreReadOnly(t *testing.T) {
	own, committed := t.TempDir(), t.TempDir()
	t.Setenv(RootVariable, own)
	t.Setenv(NotebookRootVariable, committed)
	r := openRun(t, committed)
	save(t, r, 3, true)
	r.Close()
	if err := os.RemoveAll(filepath.Join(committed, locksDir)); err != nil {
		t.Fatal(err)
	}
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	got, err := OpenReadOnly(roots, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	wantLatest(t, got, 3)
	if err := got.Save(4, false, nil); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
	if left := listing(t, committed, true); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// The user's own comes first.
	mine := openRun(t, own)
	save(t, mine, 7, true)
	if got, err = OpenReadOnly(roots, "train", someConfig); err != nil || got.Dir() != mine.Dir() {
		t.Error(got.Dir(), err)
	}
}
