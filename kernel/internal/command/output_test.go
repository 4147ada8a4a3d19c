package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"circuitbook/sparsenn/cache/cachetest"
)

// inMounts is the program in a place where a shell script has mounted
// something, which goes away with it. The script runs in the place's folder.
func (p place) inMounts(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("mounts on Linux")
	}
	as := "-m"
	if os.Getuid() != 0 {
		as = "-rm"
	}
	if out, err := exec.Command("unshare", as, "mount", "-t", "tmpfs", "tmpfs", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %v\n%s", err, out)
	}
	cmd := p.command(args...)
	cmd.Args = append([]string{"unshare", as, "sh", "-ec", script + "\nexec \"$0\" \"$@\""}, cmd.Args...)
	path, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip(err)
	}
	cmd.Path, cmd.Err = path, nil
	return cmd
}

// TestRunFullDisk holds that a run onto a disk without room says what to do.
func TestRunFullDisk(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.notebook(t, "a.ipynb", testCell{Source: "%%\nfmt.Println(strings.Repeat(\"x\", 1<<20))"})
	if err := os.Mkdir(filepath.Join(p.dir, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := p.inMounts(t, "mount -t tmpfs -o size=64k tmpfs out", "run", "a.ipynb", "--out", "out")
	text, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(text), "no space left on device: make room on that disk") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestMakeRoom(t *testing.T) {
	if makeRoom(nil) != nil {
		t.Error("an error where there was none")
	}
	for _, c := range []struct {
		err  error
		full bool
	}{
		{&fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}, true},
		{errors.Join(errors.New("x"), syscall.EDQUOT), true},
		{errors.New("the HTML report: OSError: [Errno 28] No space left on device"), true},
		{&fs.PathError{Op: "write", Path: "a", Err: syscall.EACCES}, false},
	} {
		got := makeRoom(c.err)
		if !errors.Is(got, c.err) || strings.Contains(got.Error(), "make room") != c.full {
			t.Errorf("%v became %v", c.err, got)
		}
	}
}

// TestLockOutputs holds that files of one path are written by one run at a
// time, whatever the path is called, and those of others meanwhile.
func TestLockOutputs(t *testing.T) {
	cachetest.Fresh(t)
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("out", "link"); err != nil {
		t.Fatal(err)
	}
	unlock, err := lockOutputs(t.Context(), outputs{notebook: "out/a.ipynb"})
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{"out/a.ipynb", filepath.Join(dir, "out", "a.ipynb"), "link/a.ipynb", "./out/../out/a.ipynb"} {
		if _, err := lockOutputs(t.Context(), outputs{notebook: same}); err == nil || !strings.Contains(err.Error(), "another run is writing "+same) || !strings.Contains(err.Error(), "--out") {
			t.Errorf("%s: %v", same, err)
		}
	}
	for _, other := range []string{"out/b.ipynb", "a.ipynb"} {
		done, err := lockOutputs(t.Context(), outputs{notebook: other})
		if err != nil {
			t.Errorf("%s: %v", other, err)
			continue
		}
		done()
	}
	unlock()
	if unlock, err = lockOutputs(t.Context(), outputs{notebook: "out/a.ipynb"}); err != nil {
		t.Fatal(err)
	}
	// An interrupt is no other run.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lockOutputs(ctx, outputs{notebook: "out/a.ipynb"}); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "another run") {
		t.Errorf("interrupted: %v", err)
	}
	unlock()
	// Where no lock can be had the files are written all the same.
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CIRCUITBOOK_CACHE", filepath.Join(file, "cache"))
	if unlock, err = lockOutputs(t.Context(), outputs{notebook: "out/a.ipynb"}); err != nil {
		t.Fatal(err)
	}
	unlock()
}

// TestSecondRunIsTold starts a run of what is being run.
func TestSecondRunIsTold(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	cmd := p.startLong(t)
	if code, out := p.run(t, "run", "long.ipynb"); code != exitUsage || !strings.Contains(out, "another run is writing circuitbook-out/long.ipynb") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("the first run ended with exit code %d", code)
	}
}

// TestDoctorReadOnly looks at a cache folder on a disk that cannot be written,
// and at runs that cannot be kept.
func TestDoctorReadOnly(t *testing.T) {
	p := newPlace(t)
	if err := os.Mkdir(filepath.Join(p.dir, "cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := p.inMounts(t, "mount -t tmpfs -o mode=755 tmpfs cache\nmount -o remount,ro cache", "doctor")
	cmd.Env = append(cmd.Env, "CIRCUITBOOK_CACHE="+filepath.Join(p.dir, "cache"), "CIRCUITBOOK_RUNS=")
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v", err)
	}
	for _, want := range []string{
		"note cache folder: " + filepath.Join(p.dir, "cache") + ": it cannot be written (read-only file system): what is in it is used",
		"MISS folder of runs: " + filepath.Join(p.dir, "cache", "runs") + " cannot be written: read-only file system; set $CIRCUITBOOK_RUNS",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}

	p.write(t, "file", "")
	for runs, want := range map[string]string{
		filepath.Join(p.dir, "new", "er"): "ok   folder of runs: " + filepath.Join(p.dir, "new", "er") + "\n",
		filepath.Join(p.dir, "file"):      "MISS folder of runs: runs cannot live in " + filepath.Join(p.dir, "file"),
	} {
		cmd := p.command("doctor")
		cmd.Env = append(cmd.Env, "CIRCUITBOOK_RUNS="+runs)
		if text, _ := cmd.CombinedOutput(); !strings.Contains(string(text), want) || strings.Contains(string(text), "nothing can be added") {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if _, err := os.Stat(filepath.Join(p.dir, "new")); !os.IsNotExist(err) {
		t.Error("doctor made the folder of runs")
	}
}
