package relay_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"circuitbook/kernel/internal/command"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/shim"
	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/suitetest"
)

// The test binary plays the program: as the kernel, its guard and its shim.
func TestMain(m *testing.M) {
	if shim.Called(os.Args[0]) != "" || (len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.")) {
		os.Exit(command.Main(os.Args))
	}
	os.Exit(m.Run())
}

// python runs a script of this folder against real kernels and returns what it
// prints. Nothing may be left in its TMPDIR.
func python(t *testing.T, limit time.Duration, script string, args ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs kernels")
	}
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	machine, err := provision.Ensure(t.Context(), provision.Needs{Module: m, Python: true, Fetch: true}, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	packages, err := provision.EnsureTestPackages(t.Context(), machine.Python, &log)
	if errors.Is(err, cache.ErrOffline) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, temp := t.TempDir(), t.TempDir()
	if err := (kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir}).Write(data); err != nil {
		t.Fatal(err)
	}
	if end, ok := t.Deadline(); ok { // before the test binary ends without a word of the script's
		limit = min(limit, time.Until(end)-20*time.Second)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, machine.Python, append([]string{"-X", "faulthandler", script}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGABRT) } // it says where it is
	cmd.WaitDelay = 10 * time.Second                                         // a kernel that is left may hold its output
	cmd.Env = append(provision.PythonEnviron(), "PYTHONPATH="+packages, "JUPYTER_PATH="+data, "JUPYTER_DATA_DIR="+data, "JUPYTER_RUNTIME_DIR="+t.TempDir(),
		"TMPDIR="+temp, "CIRCUITBOOK_OFFLINE=1", "GOPROXY=off", module.Env+"="+m.Dir, "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", script, args, err, out)
	}
	var left []string
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if left, _ = filepath.Glob(filepath.Join(temp, "circuitbook-*")); len(left) == 0 {
			break
		}
	}
	if len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "BAD") {
			t.Error(line)
		}
	}
	return string(out)
}

// number is how often something is done: more where there is time.
func number(short, long int) string {
	if suitetest.Long {
		return strconv.Itoa(long)
	}
	return strconv.Itoa(short)
}

// TestConformance runs the tests of jupyter-kernel-test.
func TestConformance(t *testing.T) {
	out := python(t, 8*time.Minute, "conformance.py", "-v")
	if !strings.Contains(out, "OK (skipped=2)") {
		t.Errorf("%s", out)
	}
}

// TestKills ends kernels in every way there is, and holds that no process and
// no file of any is left.
func TestKills(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	n := number(15, 200)
	if out := python(t, 20*time.Minute, "real.py", "kill", n); !strings.Contains(out, "done "+n) {
		t.Errorf("%s", out)
	}
}

// TestSoak holds that a kernel does not grow.
func TestSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	n := number(18, 500)
	out := python(t, 20*time.Minute, "real.py", "soak", n)
	if !strings.Contains(out, "done "+n) {
		t.Errorf("%s", out)
	}
	t.Log(out)
}

// TestInterruptLong interrupts a cell with a long literal, whatever it is just
// doing, and holds that it ends and that the kernel goes on with what it had.
func TestInterruptLong(t *testing.T) {
	n := number(5, 40)
	out := python(t, 20*time.Minute, "real.py", "long", n)
	if !strings.Contains(out, "done "+n) {
		t.Errorf("%s", out)
	}
	t.Log(out)
}

// TestEndedWrites ends cells while they write what they leave behind, and holds that the
// state is the one before or the one after.
func TestEndedWrites(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	n := number(4, 100)
	out := python(t, 20*time.Minute, "real.py", "write", n)
	if !strings.Contains(out, "done "+n) {
		t.Errorf("%s", out)
	}
	t.Log(out)
}

// TestTimes says how long things take. It judges none of them: on a busy machine they
// take longer.
func TestTimes(t *testing.T) {
	if !suitetest.Long {
		t.Skip("measures: CIRCUITBOOK_LONG=1 runs it")
	}
	out := python(t, 5*time.Minute, "real.py", "times", kernelspec.Name, "fmt.Println({0})",
		"back, err := backend.Open()\nif err != nil {{\n\tpanic(err)\n}}\nfmt.Println({0}, back.Name())")
	t.Log(out)
	if !strings.Contains(out, `"engine"`) {
		t.Error("nothing was measured")
	}
}
