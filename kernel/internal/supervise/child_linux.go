package supervise

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Interrupt has GoNB send SIGINT to the program that it runs, and sends it to
// what GoNB leaves alone, a compiler and the children of a shell. Or it kills
// all of them.
func (c *Child) Interrupt(kill bool) {
	cells := c.cells()
	if kill {
		for _, p := range cells {
			_ = syscall.Kill(p, syscall.SIGKILL)
		}
		return
	}
	_ = syscall.Kill(c.pid, syscall.SIGINT)
	for _, p := range cells {
		// A second SIGINT would end a program that is about to end well.
		if parentOf(p) != c.pid || slices.Contains(compilers, command(p)) {
			_ = syscall.Kill(p, syscall.SIGINT)
		}
	}
}

// compilers are what GoNB runs and does not interrupt.
var compilers = []string{"go", "goimports"}

// command is the name of a process.
func command(pid int) string {
	name, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return strings.TrimSpace(string(name))
}

// cells lists the processes that GoNB started, and those that they did, but for
// those that were put into a group of their own.
func (c *Child) cells() []int {
	children := map[int][]int{}
	for _, p := range processes() {
		if !p.dead {
			children[p.parent] = append(children[p.parent], p.pid)
		}
	}
	var list []int
	below := slices.Clone(children[c.pid])
	for len(below) > 0 {
		pid := below[0]
		below = below[1:]
		if group, err := syscall.Getpgid(pid); err != nil || group != c.pid {
			continue
		}
		list = append(list, pid)
		below = append(below, children[pid]...)
	}
	return list
}

// readCall is the number of the system call read, "" where it is not known.
var readCall = map[string]string{"amd64": "0", "arm64": "63", "riscv64": "63", "loong64": "63", "386": "3", "arm": "3"}[runtime.GOARCH]

// CanRead reports whether Reading can know.
func (c *Child) CanRead() bool {
	_, err := os.ReadFile("/proc/self/syscall")
	return err == nil && readCall != ""
}

// Reading looks for a cell that waits to read its standard input, the pipe that
// GoNB gave it, and returns a file by which that can be written; "" for none.
func (c *Child) Reading() string {
	cells := c.cells()
	given := map[string]bool{} // the pipes of those that GoNB started itself
	for _, pid := range cells {
		if pipe := input(pid); pipe != "" && parentOf(pid) == c.pid {
			given[pipe] = true
		}
	}
	for _, pid := range cells {
		if given[input(pid)] && readsInput(pid) {
			return fmt.Sprintf("/proc/%d/fd/0", pid)
		}
	}
	return ""
}

// Left reports whether a process that GoNB started has ended while GoNB does
// not look at that yet, because it reads what others may still write.
func (c *Child) Left() bool {
	return slices.ContainsFunc(processes(), func(p process) bool { return p.parent == c.pid && p.dead })
}

// input is the pipe that is the standard input of a process, "" for none.
func input(pid int) string {
	to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/0", pid))
	if err != nil || !strings.HasPrefix(to, "pipe:") {
		return ""
	}
	return to
}

func parentOf(pid int) int {
	for _, p := range processes() {
		if p.pid == pid {
			return p.parent
		}
	}
	return 0
}

// readsInput reports whether a thread of the process is in read(0, ...).
func readsInput(pid int) bool {
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/syscall")
	if err != nil {
		return false
	}
	for _, name := range tasks {
		text, err := os.ReadFile(name)
		if f := strings.Fields(string(text)); err == nil && len(f) > 1 && f[0] == readCall && f[1] == "0x0" {
			return true
		}
	}
	return false
}
