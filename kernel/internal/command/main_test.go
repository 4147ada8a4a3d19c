package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/shim"
	"circuitbook/sparsenn/suitetest"
)

// The test binary plays the program.
func TestMain(m *testing.M) {
	if shim.Called(os.Args[0]) != "" || (len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.")) {
		os.Exit(Main(os.Args))
	}
	os.Exit(m.Run())
}

// offline is the environment of runs after everything was provided: nothing
// can be fetched.
var offline = []string{"GOPROXY=off", "PIP_INDEX_URL=http://127.0.0.1:9/", "PIP_NO_INDEX=1", "CIRCUITBOOK_OFFLINE=1"}

// provided makes sure, once for all tests, that the cache has everything.
func provided(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a kernel")
	}
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if _, err := provision.Ensure(t.Context(), provision.Needs{Module: m, Python: true, Fetch: true}, &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
}

// A place is a folder to run the program in, with a TMPDIR of its own, by
// which the processes and folders that a run leaves are found.
type place struct {
	dir, temp string
	module    string
}

func newPlace(t *testing.T) place {
	t.Helper()
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	p := place{t.TempDir(), t.TempDir(), m.Dir}
	t.Cleanup(func() { p.clean(t) })
	return p
}

// command is the program, not yet started.
func (p place) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+p.temp, module.Env+"="+p.module, "PWD="+p.dir)
	cmd.Env = append(cmd.Env, offline...)
	return cmd
}

// run runs the program and returns its exit code and what it printed.
func (p place) run(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	text, err := p.command(args...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	} else if err != nil {
		code = exit.ExitCode()
	}
	return code, string(text)
}

// clean fails the test if processes or folders of a run stay.
func (p place) clean(t *testing.T) {
	t.Helper()
	var processes string
	var folders []string
	for end := time.Now().Add(suitetest.Patience); ; time.Sleep(20 * time.Millisecond) {
		processes = p.processes()
		folders, _ = filepath.Glob(filepath.Join(p.temp, "*"))
		if processes == "" && len(folders) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Errorf("still there: %v\n%s", folders, processes)
			return
		}
	}
}

// processes lists the living processes that name the place's TMPDIR: GoNB by
// its connection file, cells by their program.
func (p place) processes() string {
	out, _ := exec.Command("ps", "-e", "-o", "pid=,ppid=,stat=,args=").Output()
	var found strings.Builder
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) > 3 && !strings.HasPrefix(f[2], "Z") && strings.Contains(line, p.temp) {
			found.WriteString(line)
		}
	}
	return found.String()
}

// A testCell is a cell of a notebook for a test.
type testCell struct {
	Source string
	Tags   []string
}

// notebook writes a notebook and returns its name.
func (p place) notebook(t *testing.T, name string, cells ...testCell) string {
	t.Helper()
	list := []any{}
	for _, c := range cells {
		kind := "code"
		if strings.HasPrefix(c.Source, "# ") {
			kind = "markdown"
		}
		cell := map[string]any{"cell_type": kind, "metadata": map[string]any{"tags": append([]string{}, c.Tags...)}, "source": c.Source}
		if kind == "code" {
			cell["outputs"], cell["execution_count"] = []any{}, nil
		}
		list = append(list, cell)
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name, string(text))
	return name
}

func (p place) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p place) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// await waits until a file is there.
func (p place) await(t *testing.T, name string) {
	t.Helper()
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
			return
		}
	}
	t.Fatalf("%s does not appear", name)
}
