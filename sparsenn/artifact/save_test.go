package artifact

import (
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSaveRefuses(t *testing.T) {
	r := openRun(t, t.TempDir())
	save(t, r, 5, false)
	for name, say := range map[string]string{
		"":               "no name",
		"manifest.json":  "manifest.json",
		".hidden":        "dot",
		"a/b":            "plain",
		`a\b`:            "plain",
		"..":             "dot",
		"c:x":            "plain",
		"x.safetensors":  "not safetensors",
		"y.safetensors/": "plain",
	} {
		mustContain(t, r.Save(6, false, map[string]func(io.Writer) error{name: content("x")}), "step 6", r.Name(), say)
	}
	mustContain(t, r.Save(6, false, map[string]func(io.Writer) error{"a": nil}), "a has no function")
	mustContain(t, r.Save(-1, false, nil), "negative")
	mustContain(t, r.Save(4, false, nil), "step 5", "do not go back")
	wrong := errors.New("wrong")
	err := r.Save(6, false, map[string]func(io.Writer) error{
		"a": content("whole"),
		"b": func(w io.Writer) error { return errors.Join(content("half")(w), wrong) },
	})
	if !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	mustContain(t, err, "b: ")
	// Nothing of all this is to be seen.
	if got := listing(t, r.Dir(), true); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
	wantLatest(t, r, 5)
	save(t, r, 6, false)
}

func TestSaveFromSeveralGoroutines(t *testing.T) {
	r := openRun(t, t.TempDir())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 5 {
				if err := r.Save(1, false, filesOf(1)); err != nil {
					t.Error(err)
				}
				if _, _, err := r.Latest(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	wantLatest(t, r, 1)
}

// TestReaderBesideWriter: a reader without a lock sees whole checkpoints while
// a writer replaces them.
func TestReaderBesideWriter(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 0, false)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for step := 1; ; step++ {
			select {
			case <-stop:
				return
			default:
				if err := r.Save(step, false, filesOf(step)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	seen := -1
	for begin := time.Now(); time.Since(begin) < 500*time.Millisecond; {
		reader, err := OpenDir(r.Dir())
		if err != nil {
			t.Fatal(err)
		}
		c, problems, err := reader.Latest()
		if err != nil || len(problems) > 0 || c == nil || c.Step < seen {
			t.Fatal(c, problems, err)
		}
		seen = c.Step
	}
	close(stop)
	wait.Wait()
}

// TestSaveReplacesDamaged: training goes on from the checkpoint before a
// damaged one, and in the end only whole ones are left.
func TestSaveReplacesDamaged(t *testing.T) {
	for _, next := range []int{15, 20, 25} {
		root := t.TempDir()
		r := openRun(t, root)
		save(t, r, 10, false)
		save(t, r, 20, false)
		r.Close()
		flip(t, filepath.Join(r.Dir(), "checkpoint-0000000020", "metrics.jsonl"), 0, 1)

		r = openRun(t, root)
		if problems := wantLatest(t, r, 10); len(problems) != 1 {
			t.Fatal(problems)
		}
		save(t, r, next, false)
		if problems := wantLatest(t, r, next); problems != nil {
			t.Fatal(problems)
		}
		r.Close()
		r = openRun(t, root)
		if problems := wantLatest(t, r, next); problems != nil {
			t.Fatal(problems)
		}
		if got := listing(t, r.Dir(), false); len(got) != 3 || !slices.Contains(got, "checkpoint-0000000010") {
			t.Errorf("the run holds %v", got)
		}
	}
}

// TestSaveWithoutLatest: Save looks for itself at what is there.
func TestSaveWithoutLatest(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 10, false)
	r.Close()
	r = openRun(t, root)
	mustContain(t, r.Save(5, false, nil), "do not go back")
	save(t, r, 20, false)
	if got := listing(t, r.Dir(), false); len(got) != 3 {
		t.Errorf("the run holds %v", got)
	}
}

func TestOpenCleansUp(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, false)
	r.Close()
	left := filepath.Join(r.Dir(), ".tmp-123")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "model.safetensors"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Files of the user's own stay.
	if err := os.WriteFile(filepath.Join(r.Dir(), "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A reader does not clean.
	if _, err := OpenDir(r.Dir()); err != nil || len(listing(t, r.Dir(), true)) != 1 {
		t.Fatal(err)
	}
	r = openRun(t, root)
	wantLatest(t, r, 1)
	if got := listing(t, r.Dir(), true); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
	if got := strings.Join(listing(t, r.Dir(), false), " "); !strings.Contains(got, "notes.txt") {
		t.Errorf("the run holds %v", got)
	}
}

func BenchmarkSave20MB(b *testing.B) {
	r, s := benchmarkRun(b)
	for i := 0; b.Loop(); i++ {
		if err := r.Save(i, false, map[string]func(io.Writer) error{"model.safetensors": s.Write}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad20MB is what opening a finished run costs: its checksums are
// verified and its tensors read.
func BenchmarkLoad20MB(b *testing.B) {
	r, s := benchmarkRun(b)
	if err := r.Save(1, true, map[string]func(io.Writer) error{"model.safetensors": s.Write}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := OpenReadOnly([]string{filepath.Dir(r.Dir())}, "train", someConfig)
		if err != nil {
			b.Fatal(err)
		}
		c, _, err := r.Latest()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.ReadState("model.safetensors"); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkRun(b *testing.B) (*Run, tensorfile.State) {
	data := make([]float32, 5<<20)
	for i := range data {
		data[i] = float32(i)
	}
	s := tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("w", []int{len(data)}, data)}}
	r, err := Lock(b.TempDir(), "train", someConfig)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { r.Close() })
	b.SetBytes(int64(4 * len(data)))
	return r, s
}
