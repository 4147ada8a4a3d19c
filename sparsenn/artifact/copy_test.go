package artifact

import (
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// finished makes a finished run and returns its directory.
func finished(t *testing.T, root string, steps int) string {
	t.Helper()
	r, err := Lock(root, "train", testConfig{Steps: steps})
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

// gzipped packs a text of a finished run as copies did before there were archives.
func gzipped(t *testing.T, dir, name string) {
	t.Helper()
	r, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := r.Latest()
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err = zip.Write(text)
	if err := errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	m := c.manifest
	m.Format, m.Files = packedVersion, slices.Clone(m.Files)
	for i, f := range m.Files {
		if f.Name == name {
			sum := sha256.Sum256(packed.Bytes())
			m.Files[i] = manifestFile{Name: name + packSuffix, Size: int64(packed.Len()), SHA256: hex.EncodeToString(sum[:]), Packed: &packedFile{name, f.Size, f.SHA256}}
		}
	}
	encoded, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(c.Dir(), name)), os.WriteFile(filepath.Join(c.Dir(), name+packSuffix), packed.Bytes(), 0o644),
		os.WriteFile(filepath.Join(c.Dir(), manifestName), encoded, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// TestGzippedCopies: what was copied before there were archives is read, and copied on
// as it was saved; damage of it is noticed.
func TestGzippedCopies(t *testing.T) {
	dir := finished(t, t.TempDir(), 9)
	saved := contentOf(t, dir)
	gzipped(t, dir, "metrics.jsonl")
	for _, copy := range []func(dir, root string) (bool, error){Copy, Pack} {
		root := t.TempDir()
		if done, err := copy(dir, root); err != nil || !done {
			t.Fatal(done, err)
		}
		if d := cmp.Diff(saved, contentOf(t, filepath.Join(root, filepath.Base(dir)))); d != "" {
			t.Error(d)
		}
	}
	flip(t, filepath.Join(dir, "checkpoint-0000000009", "metrics.jsonl.gz"), 20, 1)
	r, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c, problems, err := r.Latest(); c != nil && c.Step == 9 || len(problems) != 1 || problems[0].File != "metrics.jsonl.gz" {
		t.Errorf("damaged it gives %v, %v, %v", c, problems, err)
	}
}

// contentOf is all that a run holds: its config, and the files and the manifest of its
// newest checkpoint.
func contentOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	r, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, problems, err := r.Latest()
	if c == nil || len(problems) > 0 || err != nil {
		t.Fatal(c, problems, err)
	}
	all := map[string]string{"config": string(r.Config()), "checkpoint": filepath.Base(c.Dir())}
	for _, name := range c.Names() {
		text, err := c.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	text, err := c.asSaved().encode()
	if err != nil {
		t.Fatal(err)
	}
	all[manifestName] = string(text)
	return all
}

// TestPackedManifestIsChecked: what a manifest made by hand says of a packed file.
func TestPackedManifestIsChecked(t *testing.T) {
	entry := func(name, of string, size int64) manifestFile {
		return manifestFile{Name: name, Packed: &packedFile{Name: of, Size: size}}
	}
	for want, m := range map[string]manifest{
		"":                              {Format: 2, Files: []manifestFile{entry("a.json.gz", "a.json", 1)}},
		"of format 1":                   {Format: 1, Files: []manifestFile{entry("a.json.gz", "a.json", 1)}},
		`"a.json.gz" does not pack "b"`: {Format: 2, Files: []manifestFile{entry("a.json.gz", "b", 1)}},
		"of -1 bytes":                   {Format: 2, Files: []manifestFile{entry("a.json.gz", "a.json", -1)}},
		"begins with a dot":             {Format: 2, Files: []manifestFile{entry("a.gz", "../a", 1)}},
		"which is no text":              {Format: 2, Files: []manifestFile{entry("a.safetensors.gz", "a.safetensors", 1)}},
		"at most 67108864":              {Format: 2, Files: []manifestFile{entry("a.json.gz", "a.json", 2<<30)}},
		"at most 268435456":             {Format: 2, Files: []manifestFile{entry("a.jsonl.gz", "a.jsonl", 2<<30)}},
		"at most 1048576":               {Format: 2, Files: []manifestFile{{Name: "provenance.json", Size: 2 << 20}}},
		"packed and as it is":           {Format: 2, Files: []manifestFile{{Name: "a.json"}, entry("a.json.gz", "a.json", 1)}},
	} {
		err := m.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%+v gives %v, want %q", m, err, want)
		}
	}
}

// A run is not copied unless it is finished and whole, nor over anything else.
func TestCopyRefuses(t *testing.T) {
	for _, copy := range []func(dir, root string) (bool, error){Copy, Pack} {
		copyRefuses(t, copy)
	}
}

func copyRefuses(t *testing.T, copy func(dir, root string) (bool, error)) {
	own, root := t.TempDir(), t.TempDir()
	r, err := Lock(own, "train", testConfig{Steps: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	save(t, r, 2, false)
	if _, err := copy(r.Dir(), root); err == nil || !strings.Contains(err.Error(), "not finished") {
		t.Error(err)
	}
	dir := finished(t, own, 4)
	if err := os.MkdirAll(filepath.Join(root, filepath.Base(dir)), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := copy(dir, root); err == nil || !strings.Contains(err.Error(), "remove it first") {
		t.Error(err)
	}
	if _, err := copy(filepath.Join(own, "notes"), root); err == nil {
		t.Error("a folder that is no run was copied")
	}
}

// Whatever fails on the way, the folder holds the whole run or nothing.
func TestCopyIsAtomic(t *testing.T) {
	for _, copy := range []func(files disk.System, dir, root string) (bool, error){copyRun, packRun} {
		copyIsAtomic(t, copy)
	}
}

func copyIsAtomic(t *testing.T, copy func(files disk.System, dir, root string) (bool, error)) {
	dir := finished(t, t.TempDir(), 3)
	broken := errors.New("the disk is broken")
	for at := 0; ; at++ {
		root := t.TempDir()
		files := newFaulty(at, broken, false)
		_, err := copy(files, dir, root)
		if !files.reached() {
			if err != nil || at < 6 {
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
