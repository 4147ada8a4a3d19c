package cache_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/cache"
)

// childEnv makes this test program do one thing in a process of its own.
const childEnv = "CIRCUITBOOK_CACHE_TEST_CHILD"

func TestMain(m *testing.M) {
	mode, args, _ := strings.Cut(os.Getenv(childEnv), " ")
	switch mode {
	case "":
		os.Exit(m.Run())
	case "lock": // takes the lock and keeps it until killed
		if _, err := cache.Lock(context.Background(), args); err != nil {
			exit(err)
		}
		fmt.Println("locked")
		select {}
	case "fetch": // fetches NAME VERSION FILE SHA256
		f := strings.Fields(args)
		path, err := cache.Wheel{Name: f[0], Version: f[1], File: f[2], SHA256: f[3]}.Fetch(context.Background(), os.Stderr)
		if err != nil {
			exit(err)
		}
		fmt.Println(path)
	case "write": // writes whole files over one another until killed
		for i := 0; ; i++ {
			err := cache.WriteAtomic(args, 0o644, func(f *os.File) error {
				_, err := f.WriteString(content(i))
				return err
			})
			if err != nil {
				exit(err)
			}
			if i == 0 {
				fmt.Println("writing")
			}
		}
	default:
		exit(fmt.Errorf("no child %q", mode))
	}
	os.Exit(0)
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(3)
}

// content is one of the texts that the writing child writes: every line tells
// how many there are.
func content(i int) string {
	n := 1 + i%7*5000
	return strings.Repeat(fmt.Sprintf("line of %d\n", n), n)
}

func child(t *testing.T, what string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"="+what)
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// started starts the child and waits for its first line.
func started(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil && err != io.EOF {
		t.Fatal(err)
	}
}

func TestLockEndsWithItsProcess(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	cmd := child(t, "lock held")
	started(t, cmd)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := cache.Lock(ctx, "held"); err == nil {
		t.Fatal("two processes have the lock")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	unlock, err := cache.Lock(t.Context(), "held")
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestWriteAtomicSurvivesKill(t *testing.T) {
	path := t.TempDir() + "/file"
	for i := range 20 {
		cmd := child(t, "write "+path)
		started(t, cmd)
		time.Sleep(time.Duration(i*i) * 100 * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(b), "\n")
		var n int
		if _, err := fmt.Sscanf(first, "line of %d", &n); err != nil || string(b) != strings.Repeat(first+"\n", n) {
			t.Fatalf("kill %d left a torn file of %d bytes beginning %q", i, len(b), first)
		}
	}
}
