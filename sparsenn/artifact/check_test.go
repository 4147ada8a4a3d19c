package artifact

import (
	"bytes"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheck damages every file of a finished run in every way. Check tells each, List
// whatever shows in a file's size, and neither says that such a run is finished.
func TestCheck(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 3, true)
	r.Close()
	var files []string
	err := filepath.WalkDir(r.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	check := func() (listed, checked RunInfo) {
		t.Helper()
		list, err := List(root)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		checked, whole, err := Check(root, r.Name())
		if err != nil || (whole == nil) != (checked.Step < 0) || list[0].Size != checked.Size || list[0].Name != checked.Name {
			t.Fatal(checked, whole, err)
		}
		return list[0], checked
	}
	if listed, checked := check(); listed.Problem != nil || checked.Problem != nil || !checked.Done || listed != checked {
		t.Fatalf("a whole run: %+v, %+v", listed, checked)
	}
	for _, file := range files {
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(was)
		flipped[len(was)/2] ^= 1
		for what, now := range map[string][]byte{"cut": was[:len(was)/2], "empty": {}, "longer": append(bytes.Clone(was), 'x'), "flipped": flipped, "gone": nil} {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if now != nil {
				if err := os.WriteFile(file, now, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			listed, checked := check()
			if checked.Problem == nil {
				t.Errorf("%s is %s: Check finds nothing", file, what)
			}
			if listed.Problem == nil && what != "flipped" {
				t.Errorf("%s is %s: List finds nothing", file, what)
			}
			if filepath.Dir(file) != r.Dir() && checked.Done {
				t.Errorf("%s is %s: the run is said to be finished", file, what)
			}
			if err := os.WriteFile(file, was, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A folder in a file's place.
	if err := errors.Join(os.Remove(files[0]), os.Mkdir(files[0], 0o700)); err != nil {
		t.Fatal(err)
	}
	if listed, checked := check(); listed.Problem == nil || checked.Problem == nil {
		t.Error("a folder in a file's place is not told")
	}
}

// TestCheckOthers holds what is no damage, and what is no run.
func TestCheckOthers(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	r := openRun(t, elsewhere)
	save(t, r, 3, true)
	if err := os.Symlink(r.Dir(), filepath.Join(root, r.Name())); err != nil {
		t.Fatal(err)
	}
	// What a kill leaves right after a run was made.
	if err := os.Mkdir(filepath.Join(root, "prune-0123456789abcdef"), 0o700); err != nil {
		t.Fatal(err)
	}
	infos, err := List(root)
	if err != nil || len(infos) != 2 || infos[0].Problem != nil || infos[0].Step != -1 || infos[1].Problem != nil || !infos[1].Done || infos[1].Size < 40 {
		t.Errorf("%+v, %v", infos, err)
	}
	// A run that cannot be read does not hide the others.
	if err := os.Mkdir(filepath.Join(root, "prune-0123456789abcdef", "checkpoint-0000000001"), 0); err != nil {
		t.Fatal(err)
	}
	if infos, err = List(root); err != nil || len(infos) != 2 || infos[0].Problem == nil {
		t.Errorf("%+v, %v", infos, err)
	}
	for _, name := range []string{"", "..", "notes", "../x", "train-0123456789abcdef"} {
		if _, _, err := Check(root, name); err == nil {
			t.Errorf("%q is a run", name)
		}
	}
}

// TestLookalikes: what a clone left in place of a file of a run is said.
func TestLookalikes(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 1712368\n"
	for _, name := range []string{"config.json", "manifest.json", "x.safetensors", "metrics.jsonl"} {
		r, err := Lock(t.TempDir(), "train", testConfig{Steps: 9})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Save(9, true, map[string]func(io.Writer) error{"metrics.jsonl": content("{}\n"), "x.safetensors": tensorfile.State{}.Write}); err != nil {
			t.Fatal(err)
		}
		c, _, err := r.Latest()
		if err != nil {
			t.Fatal(err)
		}
		dir := c.Dir()
		if name == configName {
			dir = r.Dir()
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(pointer), 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := OpenDir(r.Dir())
		if name == configName {
			mustContain(t, err, "git-lfs pointer")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, problems, err := again.Latest(); c != nil || err != nil || len(problems) != 1 || !strings.Contains(problems[0].Error(), "git-lfs pointer") {
			t.Errorf("%s: %v, %v, %v", name, c, problems, err)
		}
	}
}
