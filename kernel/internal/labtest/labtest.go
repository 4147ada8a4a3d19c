// Package labtest opens notebooks in a real browser, for tests: it finds a
// Chromium, drives it headless, runs a JupyterLab with nothing of the user's
// in it, and says what of a notebook's outputs a reader sees. Only tests
// import it.
//
// What it starts ends with the test, however that ends: a guard ends the
// processes and removes the folders also after a test that was killed or that
// ran out of time. The guard is the test binary itself, so a test that uses
// this package has [Main] in its TestMain.
package labtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"circuitbook/kernel/internal/supervise"
)

// Main runs the tests and returns the exit code, or plays the guard if the
// test binary was started as one.
func Main(m *testing.M) int {
	if len(os.Args) == 2 && os.Args[1] == supervise.GuardCommand {
		supervise.GuardMain(os.Stdin)
		return 0
	}
	return m.Run()
}

// A den is a folder for processes that must not outlive the test.
type den struct {
	dir   string
	guard *supervise.Guard
	end   time.Time // when steps of the test must be over, so that cleaning up has time
}

// cleanup is the time that is kept for it before a test's deadline.
const cleanup = 15 * time.Second

// newDen makes a den that is gone after the test.
func newDen(t testing.TB, kind string) *den {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	guard, err := supervise.StartGuard(self)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guard.Close(); err != nil {
			t.Errorf("cleaning up after %s: %v", kind, err)
		}
	})
	d := &den{guard: guard, end: time.Now().Add(time.Hour)}
	if timed, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := timed.Deadline(); ok {
			d.end = end.Add(-cleanup)
		}
	}
	if d.dir, err = guard.TempDir(kind); err != nil {
		t.Fatal(err)
	}
	return d
}

// within returns ctx with the timeout, which is cut where the test must end.
func (d *den) within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, d.by(timeout))
}

// by is when the timeout is over, or the test must end.
func (d *den) by(timeout time.Duration) time.Time {
	if end := time.Now().Add(timeout); end.Before(d.end) {
		return end
	}
	return d.end
}

// sub makes a folder in the den.
func (d *den) sub(t testing.TB, names ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{d.dir}, names...)...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A process runs in a den.
type process struct {
	cmd   *exec.Cmd
	log   string     // a file with what it said
	ended chan error // gets the one result of waiting for it
}

// start starts cmd with a process group of its own, which is ended after the
// test, at the latest. What it says and its temporary files go to the den.
func (d *den) start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, log: filepath.Join(d.dir, "log"), ended: make(chan error, 1)}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(cmd.Environ(), "TMPDIR="+d.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- cmd.Wait() }()
	if err := d.guard.Kill(cmd.Process.Pid); err != nil {
		supervise.EndGroups(0, cmd.Process.Pid)
		return nil, err
	}
	return p, nil
}

// await calls ready until it is true, the process ends, or the time is over.
func (d *den) await(p *process, timeout time.Duration, ready func() bool) error {
	ctx, cancel := d.within(context.Background(), timeout)
	defer cancel()
	for {
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("it ended: %v\n%s", err, p.said())
		case <-ctx.Done():
			return fmt.Errorf("it is not ready in time\n%s", p.said())
		case <-time.After(30 * time.Millisecond):
		}
		if ready() {
			return nil
		}
	}
}

// said is the end of what the process said.
func (p *process) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-8000):])
}
