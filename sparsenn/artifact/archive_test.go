package artifact

import (
	"archive/zip"
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// saveRow makes a small finished run, as a row of a sweep is, and returns its folder.
func saveRow(t *testing.T, root string, steps int, files map[string]func(io.Writer) error) string {
	t.Helper()
	r, err := open(unsynced{}, root, "point", testConfig{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Save(1, true, files); err != nil {
		t.Fatal(err)
	}
	return r.Dir()
}

// unsynced waits for no disk.
type unsynced struct{ disk.OS }

type unsyncedFile struct{ disk.Writable }

func (unsyncedFile) Sync() error { return nil }

func (f unsynced) Create(path string) (disk.Writable, error) {
	file, err := f.OS.Create(path)
	return unsyncedFile{file}, err
}

func (unsynced) SyncDir(string) error { return nil }

// packed makes so many rows and packs them into a root.
func packed(t *testing.T, rows int) (root string, dirs []string) {
	t.Helper()
	own, root := t.TempDir(), t.TempDir()
	for i := range rows {
		dirs = append(dirs, saveRow(t, own, i+1, map[string]func(io.Writer) error{"row.json": content(`{"name":"row"}`), "gates.safetensors": filesOf(i)["model.safetensors"]}))
		if done, err := Pack(dirs[i], root); err != nil || !done {
			t.Fatal(done, err)
		}
	}
	return root, dirs
}

func TestPack(t *testing.T) {
	root, dirs := packed(t, 3)
	if list, _ := os.ReadDir(root); len(list) != 2 || list[1].Name() != "point.zip" { // and the locks
		t.Errorf("the root holds %v", list)
	}
	for i, dir := range dirs {
		r, err := OpenReadOnly([]string{t.TempDir(), root}, "point", testConfig{Steps: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(root, "point.zip", filepath.Base(dir)); r.Dir() != want {
			t.Errorf("it lies in %s, want %s", r.Dir(), want)
		}
		c, _, err := r.Latest()
		if err != nil {
			t.Fatal(err)
		}
		if s, err := c.ReadState("gates.safetensors"); err != nil || s.Sparse[0].Values[0] != float32(i) {
			t.Errorf("%+v, %v", s, err)
		}
		if done, err := Pack(dir, root); done || err != nil {
			t.Errorf("a second time: %v, %v", done, err)
		}
	}
	if _, err := OpenReadOnly([]string{root}, "point", testConfig{Steps: 4}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a row that nobody made: %v", err)
	}
	list, err := List(root)
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	for _, info := range list {
		if info.Problem != nil || !info.Done || info.Step != 1 || info.Size == 0 || info.Changed.IsZero() {
			t.Errorf("%+v", info)
		}
	}
	// A row of one's own is made beside them, and found first.
	saveRow(t, root, 2, map[string]func(io.Writer) error{"row.json": content("{}")})
	if r, err := OpenDir(dirs[1]); err != nil || strings.Contains(r.Dir(), disk.ArchiveSuffix) {
		t.Error(r, err)
	}
	if list, _ = List(root); len(list) != 3 {
		t.Errorf("a run that is there twice is listed twice: %v", list)
	}
}

// TestPackLarge: a large run has an archive of its own.
func TestPackLarge(t *testing.T) {
	root := t.TempDir()
	weights := tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("w", []int{sharedBelow}, make([]float32, sharedBelow))}}
	dir := saveRow(t, t.TempDir(), 1, map[string]func(io.Writer) error{"model.safetensors": weights.Write})
	if done, err := Pack(dir, root); err != nil || !done {
		t.Fatal(done, err)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.Base(dir)+disk.ArchiveSuffix)); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(contentOf(t, dir), contentOf(t, filepath.Join(root, filepath.Base(dir)))); d != "" {
		t.Error(d)
	}
}

// TestPackProperty: whatever runs hold, in whatever order they are packed, every byte is
// read again, a copy out of the archive is the folder as it was, and the archive's bytes do not
// tell the order.
func TestPackProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(root)
		own, first, second, back := filepath.Join(root, "own"), filepath.Join(root, "first"), filepath.Join(root, "second"), filepath.Join(root, "back")
		var dirs []string
		for i := range rapid.IntRange(1, 3).Draw(rt, "runs") {
			values := rapid.SliceOf(rapid.Float32Range(-3, 3)).Draw(rt, "values")
			support := make([]bool, len(values))
			for i := range support {
				support[i] = rapid.Bool().Draw(rt, "support")
				if !support[i] {
					values[i] = 0
				}
			}
			s, err := tensorfile.Sparsify("w", []int{len(values)}, values, support)
			if err != nil {
				rt.Fatal(err)
			}
			files := map[string]func(io.Writer) error{"gates.safetensors": tensorfile.State{Sparse: []tensorfile.Sparse{s}}.Write}
			for _, name := range []string{"row.json", "trials.jsonl", "notes"} {
				if rapid.Bool().Draw(rt, name) {
					files[name] = content(rapid.String().Draw(rt, "text"))
				}
			}
			dirs = append(dirs, saveRow(t, own, i, files))
		}
		order := rapid.Permutation(dirs).Draw(rt, "order")
		for i := range dirs {
			if _, err := packRun(unsynced{}, order[i], first); err != nil {
				rt.Fatal(err)
			}
			if _, err := packRun(unsynced{}, dirs[i], second); err != nil {
				rt.Fatal(err)
			}
		}
		a, _ := os.ReadFile(filepath.Join(first, "point.zip"))
		b, _ := os.ReadFile(filepath.Join(second, "point.zip"))
		if len(a) == 0 || !bytes.Equal(a, b) {
			rt.Error("the bytes tell the order")
		}
		for _, dir := range dirs {
			packed := filepath.Join(first, filepath.Base(dir))
			if d := cmp.Diff(contentOf(t, dir), contentOf(t, packed)); d != "" {
				rt.Error(d)
			}
			if done, err := copyRun(unsynced{}, packed, back); err != nil || !done {
				rt.Fatal(done, err)
			}
		}
		if d := cmp.Diff(filesIn(t, own), filesIn(t, back)); d != "" {
			rt.Error(d)
		}
	})
}

// filesIn are all files below a root but for locks, by their paths.
func filesIn(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, locksDir) {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestArchiveDamage: wherever a byte of a row is flipped, the row is told by name and the
// others are as they were.
func TestArchiveDamage(t *testing.T) {
	root, dirs := packed(t, 3)
	path := filepath.Join(root, "point.zip")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, f := range r.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(f.Name, "/")
		bad := slices.Clone(good)
		bad[at+int64(f.CompressedSize64)/2] ^= 0x10
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			info, _, err := Check(root, filepath.Base(dir))
			if err != nil {
				t.Fatal(err)
			}
			if bad := filepath.Base(dir) == name; bad != (info.Problem != nil) {
				t.Errorf("%s is damaged; of %s: %v", f.Name, info.Name, info.Problem)
			} else if bad {
				told++
				if want := filepath.Join(path, name); !strings.Contains(info.Problem.Error(), want) {
					t.Errorf("%v does not name %s", info.Problem, want)
				}
			}
		}
	}
	if want := 4 * 3; told != want {
		t.Errorf("%d rows were told, want %d", told, want)
	}
}

// TestArchiveUnreadable: an archive whose directory is gone is told under its name, and
// by whoever misses a row; what it held can be made again.
func TestArchiveUnreadable(t *testing.T) {
	root, dirs := packed(t, 2)
	path := filepath.Join(root, "point.zip")
	for want, text := range map[string]string{"not a valid zip file": "PK\x03\x04 and no more", "git lfs pull": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := List(root)
		if err != nil || len(list) != 1 || list[0].Name != "point.zip" || list[0].Step >= 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		mustContain(t, list[0].Problem, path, "nor any run in it", want)
		if info, _, err := Check(root, "point.zip"); err != nil || info.Problem == nil {
			t.Errorf("%+v, %v", info, err)
		}
		_, err = OpenReadOnly([]string{root}, "point", testConfig{Steps: 1})
		mustContain(t, err, ErrNotFound.Error(), path, want)
		if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		_, err = Pack(dirs[0], root)
		mustContain(t, err, path)
	}
	if err := Remove(root, "point.zip"); err != nil {
		t.Error(err)
	}
	if done, err := Pack(dirs[0], root); !done || err != nil {
		t.Error(done, err)
	}
	mustContain(t, Remove(root, "point.zip"), "not the name of a run")
}

// TestRemoveFromArchive: a row goes and the others stay; the last one takes the archive
// with it.
func TestRemoveFromArchive(t *testing.T) {
	root, dirs := packed(t, 3)
	for i, dir := range dirs {
		if err := Remove(root, filepath.Base(dir)); err != nil {
			t.Fatal(err)
		}
		if list, err := List(root); err != nil || len(list) != len(dirs)-i-1 {
			t.Errorf("%d rows are left, %v", len(list), err)
		}
		if err := Remove(root, filepath.Base(dir)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a second time: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "point.zip")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestFolderCalledZip: a folder that is named like an archive is none.
func TestFolderCalledZip(t *testing.T) {
	root := filepath.Join(t.TempDir(), "my.zip")
	dir := finished(t, root, 3)
	if err := os.Mkdir(filepath.Join(root, "train.zip"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r, err := OpenReadOnly([]string{root}, "train", testConfig{Steps: 3}); err != nil || r.Dir() != dir {
		t.Error(r, err)
	}
	if list, err := List(root); err != nil || len(list) != 1 || list[0].Problem != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestPackIsKilled: wherever the writing of a shared archive ends for good, the rows that
// were in it are whole, and a row is there or not.
func TestPackIsKilled(t *testing.T) {
	own := t.TempDir()
	row := map[string]func(io.Writer) error{"row.json": content("{}")}
	dir := saveRow(t, own, 2, row)
	broken := errors.New("killed")
	for at := 0; ; at++ {
		root, _ := packed(t, 1)
		files := newFaulty(at, broken, true)
		_, err := packRun(files, dir, root)
		if !files.reached() {
			if err != nil || at < 5 {
				t.Fatalf("%d calls: %v", at, err)
			}
			return
		}
		list, err := List(root)
		if err != nil || len(list) < 1 || len(list) > 2 {
			t.Fatalf("call %d: %v, %v", at, list, err)
		}
		for _, info := range list {
			if info.Problem != nil || !info.Done {
				t.Errorf("call %d: %+v", at, info)
			}
		}
		if done, err := Pack(dir, root); err != nil || done != (len(list) == 1) {
			t.Errorf("after a kill at call %d: %v, %v", at, done, err)
		}
	}
}
