// Package supervise starts the processes of a kernel and sees that none of
// them, and none of their folders, outlives the client that asked for them:
// not when the client ends well, not when it is killed.
package supervise

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// GuardCommand is the argument with which the program is started as a guard.
const GuardCommand = "guard"

// TempPrefix begins the names of the folders that a guard may remove.
const TempPrefix = "circuitbook-"

// grace is what processes get between being asked to end and being killed.
const grace = 500 * time.Millisecond

// A Guard is a process that waits for its owner to end, in whatever way, and
// then ends the process groups and removes the folders that the owner named.
// On Linux it also ends the processes that have one of the folders as TMPDIR,
// in whatever group or session they are.
// It hangs on a pipe that the kernel closes with the owner, so that SIGKILL
// is noticed like any other end.
type Guard struct {
	pipe io.WriteCloser
	cmd  *exec.Cmd
}

// StartGuard starts the program self as a guard of the calling process.
func StartGuard(self string) (*Guard, error) {
	cmd := exec.Command(self, GuardCommand)
	cmd.Dir = "/" // so that no file system stays busy
	// Without the mark by which another guard may end the owner's processes.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") })
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard: %w", err)
	}
	return &Guard{pipe: pipe, cmd: cmd}, nil
}

// TempDir makes a folder for temporary files that the guard removes.
func (g *Guard) TempDir(kind string) (string, error) {
	dir, err := os.MkdirTemp("", TempPrefix+kind+"-")
	if err != nil {
		return "", err
	}
	return dir, g.tell("remove", dir)
}

// Kill has the guard end the process group pgid.
func (g *Guard) Kill(pgid int) error { return g.tell("kill", strconv.Itoa(pgid)) }

func (g *Guard) tell(what, arg string) error {
	if strings.ContainsRune(arg, '\n') {
		return fmt.Errorf("a newline in the path %q", arg)
	}
	_, err := fmt.Fprintf(g.pipe, "%s %s\n", what, arg)
	return err
}

// Close has the guard do its work now and waits until it is done.
func (g *Guard) Close() error {
	return errors.Join(g.pipe.Close(), g.cmd.Wait())
}

// GuardMain is the guard's side: it reads orders from r until its end and
// then carries them out.
func GuardMain(r io.Reader) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	var groups []int
	var folders []string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		what, arg, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "kill":
			if pgid, err := strconv.Atoi(arg); err == nil && pgid > 1 {
				groups = append(groups, pgid)
			}
		case "remove":
			if filepath.IsAbs(arg) && strings.HasPrefix(filepath.Base(arg), TempPrefix) {
				folders = append(folders, arg)
			}
		}
	}
	EndGroups(grace, groups...)
	for _, dir := range folders {
		endMarked("TMPDIR=" + dir)
		removeAll(dir)
	}
}

// EndGroups asks the process groups to end, waits for them up to the time
// wait, and kills what is left.
func EndGroups(wait time.Duration, pgids ...int) {
	gone := func(pgid int) bool { return syscall.Kill(-pgid, 0) == syscall.ESRCH }
	pgids = slices.DeleteFunc(slices.Clone(pgids), gone)
	for _, pgid := range pgids {
		_ = syscall.Kill(-pgid, syscall.SIGTERM)
	}
	for end := time.Now().Add(wait); len(pgids) > 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
		pgids = slices.DeleteFunc(pgids, gone)
	}
	for _, pgid := range pgids {
		_ = syscall.Kill(-pgid, syscall.SIGKILL)
	}
}

// removeAll removes dir, also while processes that were just killed still
// write into it.
func removeAll(dir string) {
	for range 20 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
}
