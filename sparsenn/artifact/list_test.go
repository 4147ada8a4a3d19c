package artifact

import (
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestListAndRemove(t *testing.T) {
	own, committed := t.TempDir(), t.TempDir()
	running := openRun(t, own)
	save(t, running, 1, false)
	empty, err := Lock(own, "prune", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	empty.Close()
	done, err := Lock(committed, "train", testConfig{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	save(t, done, 3, true)
	done.Close()
	// Neither is a run.
	for _, name := range []string{"notes", "train-123", "train-" + "ABCDEFABCDEFABCD"} {
		if err := os.Mkdir(filepath.Join(own, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(own, "train-0123456789abcdef"), nil, 0o600); err != nil {
		t.Fatal(err)
	}

	infos, err := List(own, filepath.Join(own, "none"), committed)
	if err != nil || len(infos) != 3 {
		t.Fatal(infos, err)
	}
	for i, want := range []struct {
		run  *Run
		step int
		done bool
	}{{empty, -1, false}, {running, 1, false}, {done, 3, true}} {
		got := infos[i]
		if got.Dir() != want.run.Dir() || got.Name != want.run.Name() || got.Kind != want.run.Kind() || got.Step != want.step || got.Done != want.done || got.Problem != nil {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
		if got.Size < 40 || got.Size > 10_000 || time.Since(got.Changed) > time.Hour {
			t.Errorf("%d: %+v", i, got)
		}
	}

	// A run being written is not removed; names lead nowhere else.
	var locked *LockedError
	if err := Remove(own, running.Name()); !errors.As(err, &locked) {
		t.Error(err)
	}
	for _, name := range []string{"", "..", "notes", "../x", "train-0123456789abcdef/.."} {
		mustContain(t, Remove(own, name), "not the name of a run")
	}
	if err := Remove(committed, running.Name()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := os.Mkdir(filepath.Join(own, disk.Temporary+"removed-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	running.Close()
	for _, r := range []*Run{running, empty} {
		if err := Remove(own, r.Name()); err != nil {
			t.Fatal(err)
		}
	}
	if infos, err := List(own); err != nil || len(infos) != 0 {
		t.Error(infos, err)
	}
	if got := listing(t, own, true); len(got) != 1 || got[0] != locksDir {
		t.Errorf("left behind: %v", got)
	}
	// It can be made again.
	wantLatest(t, openRun(t, own), -1)
}

func TestListSaysWhatIsWrong(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, false)
	save(t, r, 2, false)
	manifest := filepath.Join(r.Dir(), "checkpoint-0000000002", manifestName)
	flip(t, manifest, 200, 1)
	infos, err := List(root)
	if err != nil || infos[0].Step != 1 {
		t.Fatal(infos, err)
	}
	mustContain(t, infos[0].Problem, manifest, "checksum")
	flip(t, manifest, 200, 1)
	config := filepath.Join(r.Dir(), configName)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	flip(t, config, bytes.Index(text, []byte("40")), 1) // 50
	if infos, err = List(root); err != nil || infos[0].Step != 2 {
		t.Fatal(infos, err)
	}
	mustContain(t, infos[0].Problem, configName, "edited")
}
