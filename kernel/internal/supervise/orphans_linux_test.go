package supervise

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// TestNoSessionIsLeft: what a cell starts in a session of its own ends with the
// kernel, however the kernel ends. Only where the supervisor itself is killed
// is the kernel's TMPDIR needed to find it.
func TestNoSessionIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		env    []string
		signal syscall.Signal
	}{
		"GoNB ends":    {[]string{"TEST_LEAVE=bare", "TEST_END=well"}, 0},
		"told":         {[]string{"TEST_LEAVE=bare"}, syscall.SIGTERM},
		"hung up":      {[]string{"TEST_LEAVE=bare"}, syscall.SIGHUP},
		"killed":       {[]string{"TEST_LEAVE=marked"}, syscall.SIGKILL},
		"told, marked": {[]string{"TEST_LEAVE=marked"}, syscall.SIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, pgid, dir := start(t, append(c.env, "TEST_ROLE=supervisor")...)
			if c.signal != 0 {
				if len(members(pgid)) == 0 {
					t.Fatal("nothing was started")
				}
				if err := cmd.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
			}
			gone(t, pgid, dir)
		})
	}
}

// TestOrphansAreReaped: an orphan that ends while the kernel runs leaves no
// entry in the system's list.
func TestOrphansAreReaped(t *testing.T) {
	cmd, _, dir := start(t, "TEST_ROLE=supervisor", "TEST_LEAVE=until told")
	saw := false // the orphan
	var list []process
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		list = slices.DeleteFunc(processes(), func(p process) bool { return p.parent != cmd.Process.Pid })
		if !saw && len(list) == 3 { // with GoNB and the guard
			saw = true
			if err := os.WriteFile(filepath.Join(dir, untilTold), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if saw && len(list) == 2 {
			return
		}
	}
	t.Errorf("the orphan was seen: %v; children of the supervisor: %+v", saw, list)
}

// TestOwnAreWaitedFor: what this process starts, and waits for, is not taken from it
// while the kernel runs, but what others started in a group of their own is.
func TestOwnAreWaitedFor(t *testing.T) {
	for _, own := range []bool{true, false} {
		cmd := exec.Command("true")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !own}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := func(p process) bool { return p.pid == cmd.Process.Pid && p.dead }
		for end := time.Now().Add(suitetest.Patience); !slices.ContainsFunc(processes(), ended) && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		reapOrphans(false)
		if err := cmd.Wait(); (err == nil) != own {
			t.Errorf("own %v: %v", own, err)
		}
	}
}

// TestEndMarked holds that exactly the variable counts, and that a process
// that has it may have any name.
func TestEndMarked(t *testing.T) {
	const mark = "TEST_MARK=a"
	var list []*exec.Cmd
	for _, env := range []string{mark, mark + "b", "X" + mark, ""} {
		cmd := exec.Command("sleep", "3600")
		cmd.Env = append(os.Environ(), env)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		list = append(list, cmd)
	}
	// Between fork and exec a process has the environment of its parent.
	for end := time.Now().Add(suitetest.Patience); !hasVariable(list[0].Process.Pid, mark) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	defer func(was time.Duration) { lastWait = was }(lastWait)
	lastWait = suitetest.Patience
	start := time.Now()
	endMarked(mark)
	if time.Since(start) > lastWait {
		t.Error("it waits although all are gone")
	}
	_ = list[0].Wait()
	if status := list[0].ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Errorf("the marked process ended with %v", status)
	}
	for i, cmd := range list[1:] {
		if err := cmd.Process.Signal(syscall.Signal(0)); err != nil || !slices.ContainsFunc(processes(), func(p process) bool { return p.pid == cmd.Process.Pid && !p.dead }) {
			t.Errorf("process %d, which is not marked, is gone: %v", i+1, err)
		}
	}
}

// TestProcesses finds this process, under its parent.
func TestProcesses(t *testing.T) {
	want := process{pid: os.Getpid(), parent: os.Getppid(), group: syscall.Getpgrp()}
	if list := processes(); !slices.Contains(list, want) {
		t.Errorf("%+v is not in %+v", want, list)
	}
}
