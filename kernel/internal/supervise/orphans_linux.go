package supervise

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lastWait is how long killed processes get to be gone.
var lastWait = 2 * time.Second

// adopt has Linux give this process the orphans of its descendants, in
// whatever session they are. Old kernels lack it; then they go to init.
func adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// endOrphans asks the children of this process but those named to end, and
// their orphans, kills what is left after the time wait, and reaps all.
func endOrphans(wait time.Duration, but ...int) {
	signal := syscall.SIGTERM
	told := map[int]bool{}
	kill, end := time.Now().Add(wait), time.Now().Add(wait+lastWait)
	for {
		left := reapOrphans(true, but...)
		if len(left) == 0 || time.Now().After(end) {
			return
		}
		if signal == syscall.SIGTERM && time.Now().After(kill) {
			signal, told = syscall.SIGKILL, map[int]bool{}
		}
		for _, pid := range left {
			if !told[pid] {
				told[pid] = syscall.Kill(pid, signal) == nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// reapOrphans collects the children that have ended, but those named, for whom
// somebody else waits, and returns those that live. Those of this process's own group
// are the go commands that it asks about code: whoever asks waits for them too, and would
// be told of an error, so they are collected only where own is set.
func reapOrphans(own bool, but ...int) []int {
	var left []int
	for _, p := range processes() {
		if p.parent != os.Getpid() || slices.Contains(but, p.pid) || !own && p.group == syscall.Getpgrp() {
			continue
		}
		if got, err := syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil); err == nil && got == 0 {
			left = append(left, p.pid)
		}
	}
	return left
}

// endMarked kills the processes of this user that have the variable, given as
// NAME=VALUE, in the environment that they started with, this one excepted.
func endMarked(variable string) {
	for end := time.Now().Add(lastWait); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		found := false
		for _, p := range processes() {
			if p.pid == os.Getpid() || p.dead || !hasVariable(p.pid, variable) {
				continue
			}
			// Those that are just starting others are found the next time.
			found = syscall.Kill(p.pid, syscall.SIGKILL) == nil || found
		}
		if !found {
			return
		}
	}
}

// hasVariable reports whether a process started with the variable; of other
// users' processes that cannot be seen.
func hasVariable(pid int, variable string) bool {
	environ, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	return err == nil && slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(v []byte) bool { return string(v) == variable })
}

// A process is a line of the system's list.
type process struct {
	pid, parent, group int
	dead               bool // a zombie
}

// processes lists all of the system's processes that can be seen.
func processes() []process {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var list []process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue // it is gone
		}
		// PID (NAME) STATE PARENT GROUP ..., where NAME may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 3 {
			continue
		}
		parent, err := strconv.Atoi(string(fields[1]))
		if err != nil {
			continue
		}
		group, err := strconv.Atoi(string(fields[2]))
		if err != nil {
			continue
		}
		list = append(list, process{pid: pid, parent: parent, group: group, dead: fields[0][0] == 'Z' || fields[0][0] == 'X'})
	}
	return list
}
