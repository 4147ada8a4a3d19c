package labtest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"circuitbook/kernel/internal/report"
	"circuitbook/sparsenn/suitetest"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// TestOnlyForTests holds that the program has no browser driver in it.
func TestOnlyForTests(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "circuitbook/kernel").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		if strings.HasPrefix(dep, "github.com/chromedp/") || dep == "circuitbook/kernel/internal/labtest" {
			t.Errorf("the program imports %s", dep)
		}
	}
}

// TestWithin holds that no step of a test goes on into its last seconds.
func TestWithin(t *testing.T) {
	d := den{end: time.Now().Add(time.Minute)}
	for _, c := range []struct{ timeout, want time.Duration }{{time.Second, time.Second}, {time.Hour, time.Minute}} {
		ctx, cancel := d.within(context.Background(), c.timeout)
		defer cancel()
		end, _ := ctx.Deadline()
		if left := time.Until(end); left > c.want || left < c.want-10*time.Second {
			t.Errorf("a timeout of %v ends in %v, want %v", c.timeout, left, c.want)
		}
	}
}

// victim is set in the process that TestNothingStays kills.
const victim = "CIRCUITBOOK_LABTEST_VICTIM"

// TestVictim is that process: it has everything running and waits.
func TestVictim(t *testing.T) {
	if os.Getenv(victim) == "" {
		t.Skip("for TestNothingStays")
	}
	b := StartBrowser(t)
	server := Lab{Root: t.TempDir()}.Start(t)
	p := b.Page(t)
	if err := p.Open(server.address("lab")); err != nil {
		t.Fatal(err)
	}
	fmt.Println("dens", b.den.dir, server.den.dir)
	switch os.Getenv(victim) {
	case "killed":
		select {}
	case "out of time":
		go panic("as the testing package does") // no cleanup runs
		select {}
	}
}

// TestNothingStays holds that a test's processes and folders end with it: when
// it ends well, when it is killed, and when it runs out of time.
func TestNothingStays(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at processes in /proc")
	}
	if testing.Short() {
		t.Skip("needs a browser")
	}
	if _, err := report.Browser(); err != nil {
		t.Skip(err)
	}
	for _, how := range []string{"ends", "killed", "out of time"} {
		t.Run(how, func(t *testing.T) {
			if how != "killed" && !suitetest.Long {
				t.Skip("gentler than to be killed: CIRCUITBOOK_LONG=1 runs it")
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
			cmd.Env = append(os.Environ(), victim+"="+how)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
			var dens []string
			var said strings.Builder
			for lines := bufio.NewScanner(out); lines.Scan(); {
				said.WriteString(lines.Text() + "\n")
				if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "dens" {
					dens = f[1:]
					if how == "killed" {
						if len(processes(dens)) < 3 {
							t.Errorf("only %d processes run: this test does not see them", len(processes(dens)))
						}
						_ = cmd.Process.Signal(syscall.SIGKILL)
					}
				}
			}
			if dens == nil {
				t.Fatalf("nothing ran:\n%s", said.String())
			}
			gone(t, dens)
		})
	}
}

// gone waits until no process and no folder of the dens is there.
func gone(t *testing.T, dens []string) {
	t.Helper()
	var left []string
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		left = processes(dens)
		for _, dir := range dens {
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				left = append(left, dir)
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("still there:\n%s", strings.Join(left, "\n"))
}

// processes lists the processes that have one of the folders in their
// arguments or their environment, which holds it as TMPDIR.
func processes(dirs []string) []string {
	var list []string
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range all {
		args, _ := os.ReadFile(filepath.Join(p, "cmdline"))
		env, _ := os.ReadFile(filepath.Join(p, "environ"))
		if slices.ContainsFunc(dirs, func(dir string) bool { return strings.Contains(string(args)+string(env), dir) }) {
			list = append(list, filepath.Base(p)+" "+strings.ReplaceAll(string(args), "\x00", " "))
		}
	}
	return list
}
