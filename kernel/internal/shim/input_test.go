package shim

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// reader is a cell that reads its input as early as a cell can, and then again.
const reader = `package main

import (
	"fmt"
	"io"
	"os"
)

var early, earlyErr = io.ReadAll(os.Stdin)

func main() {
	late, err := io.ReadAll(os.Stdin)
	fmt.Printf("%q %v %q %v", early, earlyErr, late, err)
}
`

// TestNoInput: what is compiled where nobody types finds the end of its input
// although the pipe stays open, and what is compiled elsewhere reads the pipe.
func TestNoInput(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not on Windows")
	}
	c := newCell(t, newSetup(t))
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	files(t, c.dir, map[string]string{"main.go": reader})
	kernel := t.TempDir()
	c.env = append(c.env, KernelDirEnv+"="+kernel)
	for _, mode := range []struct {
		given bool
		want  string
	}{
		{false, `"" <nil> "" <nil>`}, {true, `"typed" <nil> "" <nil>`}, {true, `"typed" <nil> "" <nil>`}, {false, `"" <nil> "" <nil>`},
	} {
		if err := SetInput(kernel, mode.given); err != nil {
			t.Fatal(err)
		}
		c.must(t, "go", "build", "-o", "cell")
		cmd := exec.Command(filepath.Join(c.dir, "cell"))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if mode.given {
			if _, err := in.Write([]byte("typed")); err != nil {
				t.Fatal(err)
			}
			in.Close()
		}
		kill := time.AfterFunc(suitetest.Patience, func() { _ = cmd.Process.Kill() })
		out, err := cmd.Output()
		kill.Stop()
		if err != nil || string(out) != mode.want {
			t.Errorf("given %v: %v, %s, want %s", mode.given, err, out, mode.want)
		}
		in.Close()
	}
}

func TestEndInputFails(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(filepath.Join(inputName, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, empty := range []bool{true, false} {
		if err := endInput(empty); err == nil {
			t.Errorf("endInput(%v): no error although a folder is in the way", empty)
		}
	}
}
