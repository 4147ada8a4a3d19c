package execute_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/command"
	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/supervise"
	"circuitbook/sparsenn/suitetest"
)

// The test binary plays the program: as the kernel, its guard and its shim.
func TestMain(m *testing.M) {
	if shim.Called(os.Args[0]) != "" || (len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.")) {
		os.Exit(command.Main(os.Args))
	}
	os.Exit(m.Run())
}

// newRun returns a Run of cells with the given sources in a real kernel.
func newRun(t testing.TB, sources ...string) execute.Run {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a kernel")
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
	guard, err := supervise.StartGuard(machine.Program.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guard.Close(); err != nil {
			t.Error(err)
		}
	})
	temp, err := guard.TempDir("test")
	if err != nil {
		t.Fatal(err)
	}
	progress := execute.NewProgress(io.Discard, len(sources))
	t.Cleanup(progress.Close)
	// Where nothing may be fetched any more, kernels must work all the same.
	env := append(provision.PythonEnviron(), "CIRCUITBOOK_OFFLINE=1", "GOPROXY=off", module.Env+"="+m.Dir)
	return execute.Run{
		Notebook: newNotebook(t, sources), Dir: t.TempDir(), Python: machine.Python, Env: env,
		Kernel:   kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir},
		Progress: progress, Guard: guard, Temp: temp,
	}
}

func newNotebook(t testing.TB, sources []string) *notebook.Notebook {
	t.Helper()
	cells := []any{}
	for _, s := range sources {
		cells = append(cells, map[string]any{
			"cell_type": "code", "metadata": map[string]any{}, "source": s, "outputs": []any{}, "execution_count": nil,
		})
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	n, err := notebook.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFailures runs, in one kernel, a cell for each way in which a cell can
// fail, and holds what is said about it.
func TestFailures(t *testing.T) {
	t.Parallel()
	cases := []struct{ source, want string }{
		{"func at(i int) int {\n\tvar a []int\n\treturn a[i]\n}", ""},
		{"%%\nfmt.Println(\"exit status 1\")", ""},
		{"%%\n// first\nfmt.Println(nosuch)", "cell 3, line 3: undefined: nosuch"},
		{"%%\nfmt.Println(1", "cell 4, line 2: the ( is not closed"},
		{"%%\nat(3)", "cell 5 (in what cell 1, line 3 declares): panic: runtime error: index out of range"},
		{"%%\nvar m map[string]int\nm[\"a\"] = 1", "cell 6, line 3: panic: assignment to entry in nil map"},
		{"%%\nfmt.Fprintln(os.Stderr, \"cannot do it\")\nos.Exit(4)", "cell 7: cannot do it (exit status 4)"},
		{"%%\nos.Exit(0)", ""},
		{"!echo a\n!false", "cell 9: one of the commands in lines 1, 2 failed: exit status 1"},
		{"!exit 7", "cell 10, line 1: !exit 7: exit status 7"},
		{"!echo a >&2", ""},
		{"%%bash\necho x\nexit 3", "cell 12, line 1: %%bash: exit status 3"},
		{"%nosuch x\n%%\nfmt.Println(1)", "cell 13, line 1: there is no magic %nosuch"},
		{"%%bsh\nif true; then echo x; fi", "cell 14, line 1: there is no magic %%bsh; a cell can be for"},
		{"import . \"math\"\n%%\nfmt.Println(Pi)", ""},
		{"%%\nfmt.Println(2)", ""}, // the dot import above is not used here
		{"%%\nfmt.Println(at)", ""},
		{"%%\nfmt.Fprintln(os.Stderr, \"exit status 1\")", ""},
		{"log.SetFlags(log.LstdFlags | log.Lshortfile)\nlog.Fatal(\"no luck\")", "cell 19, line 2: 20"}, // which once ended GoNB
		{"fmt.Fprintln(os.Stderr, \"12:00:01 main.go:99999: a:b:c main.go:0\")", ""},
	}
	var sources []string
	for _, c := range cases {
		sources = append(sources, c.source)
	}
	got, err := newRun(t, sources...).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		f := got[i].Failure
		switch {
		case c.want == "" && f != nil:
			t.Errorf("cell %d failed: %v\n%s", i+1, f, c.source)
		case c.want != "" && f == nil:
			t.Errorf("cell %d did not fail\n%s", i+1, c.source)
		case c.want != "" && !strings.HasPrefix(f.Error(), c.want):
			t.Errorf("cell %d: %q, want %q", i+1, f.Error(), c.want)
		}
	}
}

// TestEngineByName holds that a cell finds the engine's packages without an
// import, and not those of the same name that GoMLX has.
func TestEngineByName(t *testing.T) {
	t.Parallel()
	r := newRun(t, "%%\nfmt.Println(cache.Dir())\nfmt.Println(plugin.FileName(plugin.CPU))")
	if err := r.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := r.Notebook.Encode()
	if err != nil || !strings.Contains(string(text), "pjrt_c_api_cpu_plugin") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestNoInput holds that what reads its input finds its end, so that no cell
// waits for somebody to type.
func TestNoInput(t *testing.T) {
	t.Parallel()
	cases := []struct{ source, want string }{
		{"!read x", "cell 1, line 1: !read x: exit status 1"},
		{"%with_inputs\n!cat", ""},
		{"%%bash\nread x\nthis is read\necho \"$x\"", ""},
		{"%%\nvar s string\n_, err := fmt.Scanln(&s)\nif err == nil || err.Error() != \"unexpected newline\" && err != io.EOF {\n\tpanic(err)\n}", ""},
		{"%%\ntext, err := io.ReadAll(os.Stdin)\nfmt.Printf(\"%q %v\", text, err)\nif len(text) > 0 || err != nil {\n\tos.Exit(3)\n}", ""},
		{"%%\ncmd := exec.Command(\"sh\", \"-c\", \"! read x\")\ncmd.Stdin = os.Stdin\nif err := cmd.Run(); err != nil {\n\tpanic(err)\n}", ""},
		{"%test\nfunc TestReads(t *testing.T) {\n\tif text, err := io.ReadAll(os.Stdin); len(text) > 0 || err != nil {\n\t\tt.Error(err)\n\t}\n}", ""},
	}
	var sources []string
	for _, c := range cases {
		sources = append(sources, c.source)
	}
	r := newRun(t, sources...)
	r.Timeout = suitetest.Patience
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		f := got[i].Failure
		if c.want == "" && f != nil || c.want != "" && (f == nil || !strings.HasPrefix(f.Error(), c.want)) {
			t.Errorf("cell %d: %v, want %q\n%s", i+1, f, c.want, c.source)
		}
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	// A busy machine takes its time until the cell prints.
	for limit := 3 * time.Second; ; limit *= 2 {
		r := newRun(t, "%%\nfmt.Println(\"before\")\ntime.Sleep(time.Hour)", "%%\nfmt.Println(2)")
		r.Timeout = limit
		err := r.Execute(t.Context())
		if f, ok := err.(*failure.Failure); !ok || f.Cell != 1 || !strings.Contains(f.Message, "longer than") {
			t.Fatalf("got %v", err)
		}
		text, err := r.Notebook.Encode()
		if err == nil && strings.Contains(string(text), "before\\n") {
			return
		}
		if err != nil || limit > suitetest.Patience/2 {
			t.Fatalf("what the cell printed is lost: %v\n%s", err, text)
		}
	}
}

// TestKernelDies kills GoNB during a cell.
func TestKernelDies(t *testing.T) {
	t.Parallel()
	r := newRun(t, "!kill -9 $PPID")
	err := r.Execute(t.Context())
	if f, ok := err.(*failure.Failure); !ok || !strings.Contains(f.Message, "kernel died") {
		t.Errorf("got %v", err)
	}
}

func TestNoPython(t *testing.T) {
	r := newRun(t, "%%\nfmt.Println(1)")
	r.Python = filepath.Join(t.TempDir(), "python")
	if err := r.Execute(t.Context()); err == nil || !strings.Contains(err.Error(), "could not be started") {
		t.Errorf("got %v", err)
	}
}
