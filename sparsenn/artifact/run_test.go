package artifact

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunFromStartToEnd(t *testing.T) {
	root := filepath.Join(t.TempDir(), "deep", "root")
	r := openRun(t, root)
	if problems := wantLatest(t, r, -1); problems != nil {
		t.Fatal(problems)
	}
	for step := range 4 {
		save(t, r, step*10, false)
		wantLatest(t, r, step*10)
	}
	if got, want := listing(t, r.Dir(), false), []string{"checkpoint-0000000020", "checkpoint-0000000030", "config.json"}; !cmp.Equal(got, want) {
		t.Fatalf("the run holds %v, want %v", got, want)
	}
	if _, err := OpenReadOnly([]string{root}, "train", someConfig); !errors.Is(err, ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("an unfinished run: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	// The next process resumes, and finishes with the same step once more.
	r = openRun(t, root)
	wantLatest(t, r, 30)
	save(t, r, 30, true)
	if got, want := listing(t, r.Dir(), false), []string{"checkpoint-0000000030", "checkpoint-0000000030.1", "config.json"}; !cmp.Equal(got, want) {
		t.Fatalf("the run holds %v, want %v", got, want)
	}
	mustContain(t, r.Save(40, false, nil), r.Name(), "finished")
	if err := r.DropPrevious(); err != nil {
		t.Fatal(err)
	}
	if got, want := listing(t, r.Dir(), false), []string{"checkpoint-0000000030.1", "config.json"}; !cmp.Equal(got, want) {
		t.Fatalf("the run holds %v, want %v", got, want)
	}
	if got := listing(t, r.Dir(), true); len(got) > 0 {
		t.Fatalf("left behind: %v", got)
	}

	// Reading needs no lock, and roots that are not there are passed over.
	reader, err := OpenReadOnly([]string{filepath.Join(root, "none"), t.TempDir(), root}, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	wantLatest(t, reader, 30)
	if !reader.ReadOnly() || r.ReadOnly() {
		t.Error("ReadOnly is the wrong way round")
	}
	if err := reader.Save(50, false, nil); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	if err := reader.DropPrevious(); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	if err := errors.Join(reader.Close(), r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(50, false, nil); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	byPath, err := OpenDir(r.Dir())
	if err != nil {
		t.Fatal(err)
	}
	wantLatest(t, byPath, 30)
	if byPath.Kind() != "train" || byPath.Name() != r.Name() || byPath.Hash() != r.Hash() || string(byPath.Config()) != `{"name":"<a&b>","rate":0.1,"steps":40}` {
		t.Error(byPath.Name(), string(byPath.Config()))
	}
}

func TestCheckpointFiles(t *testing.T) {
	r := openRun(t, t.TempDir())
	save(t, r, 2, false)
	c, _, err := r.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Names(), []string{"metrics.jsonl", "model.safetensors"}; !cmp.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	text, err := c.ReadFile("metrics.jsonl")
	if err != nil || string(text) != "{}\n{}\n" {
		t.Errorf("%q, %v", text, err)
	}
	if path, err := c.path("metrics.jsonl"); err != nil || filepath.Dir(path) != c.Dir() {
		t.Error(path, err)
	}
	for _, name := range []string{"none", "manifest.json", "../config.json"} {
		_, err := c.ReadFile(name)
		mustContain(t, err, name, "holds no")
		_, err = c.ReadState(name)
		mustContain(t, err, name)
	}
}

// TestNotFoundNamesWhatIsThere: a run that is passed over is named, and why.
func TestNotFoundNamesWhatIsThere(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 3, false)
	r.Close()
	_, err := OpenReadOnly([]string{t.TempDir(), root}, "train", someConfig)
	mustContain(t, err, r.Name()+" in ", "there is no such finished run; "+r.Dir()+" is at step 3 only")
	r = openRun(t, root)
	save(t, r, 4, true)
	r.Close()
	for _, dir := range []string{"checkpoint-0000000003", "checkpoint-0000000004"} {
		if err := os.WriteFile(filepath.Join(r.Dir(), dir, "metrics.jsonl"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = OpenReadOnly([]string{root}, "train", someConfig)
	mustContain(t, err, "there is no such finished run; ", filepath.Join(r.Dir(), "checkpoint-0000000004", "metrics.jsonl"))
}

func TestConfigIsCompared(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, true)
	r.Close()
	path := filepath.Join(r.Dir(), "config.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ say, text string }{
		{"steps is 41 in the file and 40 in this run", strings.Replace(string(good), "40", "41", 1)},
		{"is only in the file", strings.Replace(string(good), "{", `{"more": 1,`, 1)},
		{"is damaged", ""},
		{"is damaged", string(good[:20])},
		{"is damaged", string(good) + "x"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Lock(root, "train", someConfig)
		mustContain(t, err, path, c.say)
		_, err = OpenReadOnly([]string{root}, "train", someConfig)
		mustContain(t, err, path, c.say)
		_, err = OpenDir(r.Dir())
		mustContain(t, err, path)
	}
	// Spaces are not a difference. The failures above gave up the lock.
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(good), "\n", "  ")), 0o600); err != nil {
		t.Fatal(err)
	}
	wantLatest(t, openRun(t, root), 1)
}

func TestConfigIsRestored(t *testing.T) {
	// A machine that stops right after the folder was made leaves no config.
	root := t.TempDir()
	r := openRun(t, root)
	r.Close()
	if err := os.Remove(filepath.Join(r.Dir(), "config.json")); err != nil {
		t.Fatal(err)
	}
	r = openRun(t, root)
	save(t, r, 1, false)
	if _, err := OpenDir(r.Dir()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, kind := range []string{"", "Train", "a-b", "../x", "a/b", "1a"} {
		_, err := Lock(t.TempDir(), kind, someConfig)
		mustContain(t, err, "kind")
		_, err = OpenReadOnly(nil, kind, someConfig)
		mustContain(t, err, "kind")
	}
	_, err := Lock(t.TempDir(), "train", func() {})
	mustContain(t, err, "config of a train run")
	_, err = OpenDir(t.TempDir())
	mustContain(t, err, "KIND-HASH")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Lock(file, "train", someConfig)
	mustContain(t, err, file)
}

func TestSecondWriterIsTold(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	_, err := Lock(root, "train", someConfig)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || locked.Host == "" || locked.Since.IsZero() {
		t.Fatalf("the second writer was told: %v", err)
	}
	mustContain(t, err, r.Name(), fmt.Sprint("process ", os.Getpid()))
	// Other runs are not held up.
	other, err := Lock(root, "train", testConfig{})
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	// Without the note of who it is.
	if err := os.WriteFile(filepath.Join(root, locksDir, r.Name()+".holder"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Lock(root, "train", someConfig)
	mustContain(t, err, "another process")
	// The first one is not disturbed, and gives the run up in the end.
	save(t, r, 1, false)
	r.Close()
	openRun(t, root)
}

func init() {
	children["hold"] = func(args []string) error {
		r, err := Lock(args[0], "train", someConfig)
		if err != nil {
			return err
		}
		fmt.Println("held")
		_, err = bufio.NewReader(os.Stdin).ReadString('\n')
		return errors.Join(err, r.Close())
	}
}

func TestSecondWriterInAnotherProcess(t *testing.T) {
	root := t.TempDir()
	cmd := childCommand(t, "hold", root)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatal(line, err)
	}
	_, err = Lock(root, "train", someConfig)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.PID != cmd.Process.Pid {
		t.Fatalf("the holder is process %d, the second writer was told: %v", cmd.Process.Pid, err)
	}
	// A holder that is killed gives the run up.
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	openRun(t, root)
}

// TestFinished: whoever gets the lock of a run after another has finished it is told.
func TestFinished(t *testing.T) {
	root := t.TempDir()
	for step, done := range []bool{false, true} {
		r, err := Lock(root, "train", someConfig)
		if err != nil {
			t.Fatal(err)
		}
		if finished, err := r.Finished(); finished || err != nil {
			t.Errorf("before step %d: %v, %v", step, finished, err)
		}
		if err := r.Save(step+1, done, filesOf(1)); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Lock(root, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if finished, err := r.Finished(); !finished || err != nil {
		t.Errorf("%v, %v", finished, err)
	}
}
