package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
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

// TestCopyPacks: a large text is packed and read as it was saved, by a copy of the
// copy too; damage of it is noticed, and small files and weights are as they were.
func TestCopyPacks(t *testing.T) {
	own, root, second := t.TempDir(), t.TempDir(), t.TempDir()
	r, err := Open(own, "train", testConfig{Steps: 9})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	large, small := strings.Repeat(`{"step":1,"loss":0.5}`+"\n", 5000), `{"seed":1}`
	weights := Float32Tensor("w", []int{1 << 15}, make([]float32, 1<<15))
	if err := r.Save(9, true, map[string]func(io.Writer) error{"metrics.jsonl": content(large), "provenance.json": content(small),
		"model.safetensors": State{Dense: []Tensor{weights}}.Write}); err != nil {
		t.Fatal(err)
	}
	from := r.Dir()
	for _, to := range []string{root, second} {
		if done, err := Copy(from, to); err != nil || !done {
			t.Fatal(done, err)
		}
		from = filepath.Join(to, filepath.Base(from))
		copied, err := OpenDir(from)
		if err != nil {
			t.Fatal(err)
		}
		c, problems, err := copied.Latest()
		if err != nil || len(problems) > 0 || !c.Done {
			t.Fatal(c, problems, err)
		}
		if names := strings.Join(c.Names(), " "); names != "metrics.jsonl model.safetensors provenance.json" || !c.Has("metrics.jsonl") {
			t.Errorf("the copy holds %s", names)
		}
		for name, want := range map[string]string{"metrics.jsonl": large, "provenance.json": small} {
			if text, err := c.ReadFile(name); err != nil || string(text) != want {
				t.Errorf("%s is %.40q, %v", name, text, err)
			}
		}
		if s, err := c.ReadState("model.safetensors"); err != nil || len(s.Dense) != 1 {
			t.Errorf("weights %v, %v", s, err)
		}
		if _, err := c.Path("metrics.jsonl"); err == nil || !strings.Contains(err.Error(), "packed, as metrics.jsonl.gz") {
			t.Errorf("the path of a packed file: %v", err)
		}
		file := filepath.Join(c.Dir(), "metrics.jsonl.gz")
		if stat, err := os.Stat(file); err != nil || stat.Size() > int64(len(large)/10) {
			t.Errorf("packed it is %v, %v", stat, err)
		}
		if text, _ := os.ReadFile(filepath.Join(c.Dir(), manifestName)); !strings.Contains(string(text), `"format": 2`) {
			t.Errorf("a program that cannot unpack reads this manifest: %s", text)
		}
	}
	flip(t, filepath.Join(from, "checkpoint-0000000009", "metrics.jsonl.gz"), 30, 1)
	copied, err := OpenDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if c, problems, err := copied.Latest(); c != nil || len(problems) != 1 || problems[0].File != "metrics.jsonl.gz" {
		t.Errorf("damaged it gives %v, %v, %v", c, problems, err)
	}
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
	// A file that unpacks to more than it should is not read on.
	dir := t.TempDir()
	f := manifestFile{Name: "a.json", Size: 1 << 20, SHA256: "", Packed: nil}
	text := make([]byte, 1<<20)
	sum := sha256.Sum256(text)
	f.SHA256 = hex.EncodeToString(sum[:])
	if err := os.WriteFile(filepath.Join(dir, "a.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := f.pack(osFiles{}, filepath.Join(dir, "a.json"), dir)
	if err != nil {
		t.Fatal(err)
	}
	p.Packed.Size = 10
	if text, err := p.unpack(filepath.Join(dir, "a.json.gz")); err == nil || text != nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%d bytes, %v", len(text), err)
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
