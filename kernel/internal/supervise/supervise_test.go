package supervise

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// The test binary plays the programs that the tests start.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == GuardCommand:
		GuardMain(os.Stdin)
		return
	case os.Getenv("TEST_ROLE") == "owner":
		owner()
		return
	case os.Getenv("TEST_ROLE") == "supervisor":
		os.Exit(supervisor())
	case os.Getenv("TEST_ROLE") == "gonb":
		gonb()
		return
	}
	os.Exit(m.Run())
}

// owner starts a guard and a child that ignores SIGTERM, says which, and
// waits to be killed.
func owner() {
	g, err := StartGuard(os.Args[0])
	check(err)
	dir, err := g.TempDir("test")
	check(err)
	check(os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	child := exec.Command("sh", "-c", "trap '' TERM; sleep 3600 & sleep 3600; sleep 3600")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	check(child.Start())
	check(g.Kill(child.Process.Pid))
	fmt.Println(child.Process.Pid, dir)
	if os.Getenv("TEST_END") == "well" {
		check(g.Close())
		return
	}
	select {}
}

// supervisor runs a Kernel whose GoNB is this binary.
func supervisor() int {
	check(os.Setenv("TEST_ROLE", "gonb"))
	guard, err := StartGuard(os.Args[0])
	check(err)
	dir, err := guard.TempDir("test")
	check(err)
	code, err := Kernel{Guard: guard, Temp: dir, GoNB: os.Args[0], Env: os.Environ(), Prepare: func() (string, error) { return "c.json", nil }}.Run(context.Background())
	check(guard.Close())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// gonb starts a child, as GoNB does for a cell, and says where things are.
func gonb() {
	if os.Getenv("TEST_END") == "code" {
		os.Exit(7)
	}
	if os.Getenv("TEST_LEAVE") != "" {
		leave()
		return
	}
	child := exec.Command("sleep", "3600")
	check(child.Start())
	fmt.Println(os.Getpid(), os.Getenv("TMPDIR"))
	_ = child.Wait()
}

// untilTold is the file in TMPDIR that ends an orphan.
const untilTold = "told"

// leave starts what a cell can put out of sight, says where it is, and waits
// unless it is to end at once.
func leave() {
	// A shell that ignores SIGTERM, in a session of its own, with a child.
	child := exec.Command("sh", "-c", "trap '' TERM; sleep 3600 & wait")
	switch os.Getenv("TEST_LEAVE") {
	case "until told": // its child outlives it, and ends by itself
		child = exec.Command("sh", "-c", "while [ ! -e \"$TMPDIR/"+untilTold+"\" ]; do sleep 0.02; done &")
	case "bare": // without the kernel's TMPDIR
		child.Env = []string{"PATH=" + os.Getenv("PATH")}
	}
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	check(child.Start())
	fmt.Println(child.Process.Pid, os.Getenv("TMPDIR"))
	if os.Getenv("TEST_END") != "well" {
		_ = child.Wait()
		time.Sleep(time.Hour)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// start runs this binary in a role and returns the line that it prints:
// a process group and a folder.
func start(t *testing.T, env ...string) (cmd *exec.Cmd, pgid int, dir string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if pgid, err = strconv.Atoi(first); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(rest); err != nil {
		t.Fatal(err)
	}
	return cmd, pgid, rest
}

// gone waits for the group's processes and the folder to disappear.
func gone(t *testing.T, pgid int, dir string) {
	t.Helper()
	var alive []string
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		alive = members(pgid)
		if _, err := os.Stat(dir); os.IsNotExist(err) && len(alive) == 0 {
			return
		}
	}
	_, err := os.Stat(dir)
	t.Errorf("still there: processes %v; folder: %v", alive, err)
}

// members lists the living processes of a group.
func members(pgid int) []string {
	out, _ := exec.Command("ps", "-e", "-o", "pgid=,stat=,pid=,args=").Output()
	var list []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) > 2 && f[0] == strconv.Itoa(pgid) && !strings.HasPrefix(f[1], "Z") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

func TestGuard(t *testing.T) {
	for name, kill := range map[string]func(*exec.Cmd) error{
		"killed": func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGKILL) },
		"ended":  func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGTERM) },
		"well":   func(c *exec.Cmd) error { return c.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, pgid, dir := start(t, "TEST_ROLE=owner", "TEST_END="+name)
			if err := kill(cmd); err != nil {
				t.Fatal(err)
			}
			gone(t, pgid, dir)
		})
	}
}

func TestKernelEndsWithEverything(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{
		"killed":  syscall.SIGKILL,
		"told":    syscall.SIGTERM,
		"hung up": syscall.SIGHUP,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, pgid, dir := start(t, "TEST_ROLE=supervisor")
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			gone(t, pgid, dir)
		})
	}
}

// TestKernelNoticesParent has a shell start the supervisor and die.
func TestKernelNoticesParent(t *testing.T) {
	shell := exec.Command("sh", "-c", `"$0" & echo $!; wait`, os.Args[0])
	shell.Env = append(os.Environ(), "TEST_ROLE=supervisor")
	out, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	first, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
	pgid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = shell.Wait()
	gone(t, pgid, dir)
}

func TestKernelExitCode(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEST_ROLE=supervisor", "TEST_END=code")
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("exit code %d (%v), want GoNB's 7", cmd.ProcessState.ExitCode(), err)
	}
}

// TestGuardIsCareful holds that a guard removes only folders of this program
// and signals no group that could be everybody's.
func TestGuardIsCareful(t *testing.T) {
	keep := filepath.Join(t.TempDir(), "precious")
	if err := os.Mkdir(keep, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], GuardCommand)
	cmd.Stdin = strings.NewReader("remove " + keep + "\nremove circuitbook-relative\nkill 0\nkill 1\nkill -1\nkill x\nnonsense\n")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error(err)
	}
}
