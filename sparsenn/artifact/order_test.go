package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notedFiles notes the calls that decide what outlives a power cut.
type notedFiles struct {
	disk.OS
	calls *[]string
}

func (f notedFiles) note(call, path string) {
	name := filepath.Base(path)
	if strings.HasPrefix(name, disk.Temporary) {
		name = "temporary"
	}
	*f.calls = append(*f.calls, call+" "+name)
}

func (f notedFiles) Create(path string) (disk.Writable, error) {
	w, err := f.OS.Create(path)
	return notedFile{w, f, path}, err
}

func (f notedFiles) Rename(from, to string) error {
	f.note("rename to", to)
	return f.OS.Rename(from, to)
}

func (f notedFiles) SyncDir(path string) error {
	f.note("sync", path)
	return f.OS.SyncDir(path)
}

type notedFile struct {
	disk.Writable
	files notedFiles
	path  string
}

func (f notedFile) Sync() error {
	f.files.note("sync", f.path)
	return f.Writable.Sync()
}

// TestSyncedBeforeNamed: a checkpoint gets its name only when its files and
// their folder are on the disk, and counts as saved when the name is.
func TestSyncedBeforeNamed(t *testing.T) {
	r := openRun(t, t.TempDir())
	var calls []string
	r.fs = notedFiles{calls: &calls}
	err := r.Save(7, false, map[string]func(io.Writer) error{
		"a": func(w io.Writer) error { _, err := io.WriteString(w, "a"); return err },
		"b": func(io.Writer) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"sync a", "sync b", "sync " + manifestName, "sync temporary", "rename to checkpoint-0000000007", "sync " + r.Name()}
	if !slices.Equal(calls, want) {
		t.Errorf("%q, want %q", calls, want)
	}

	calls = nil
	dir := filepath.Join(t.TempDir(), "out")
	if err := export(notedFiles{calls: &calls}, dir, []tensorfile.Tensor{tensorfile.Float32s("x", []int{1}, []float32{1})}, 1); err != nil {
		t.Fatal(err)
	}
	want = []string{"sync " + exportModel, "sync " + configName, "sync temporary", "rename to out", "sync " + filepath.Base(filepath.Dir(dir))}
	if !slices.Equal(calls, want) {
		t.Errorf("%q, want %q", calls, want)
	}

	calls = nil
	if err := disk.Replace(notedFiles{calls: &calls}, filepath.Join(dir, configName), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	want = []string{"sync " + configName, "rename to " + configName, "sync out"}
	if !slices.Equal(calls, want) {
		t.Errorf("%q, want %q", calls, want)
	}
}
