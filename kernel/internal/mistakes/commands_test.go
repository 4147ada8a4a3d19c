package mistakes

import (
	"bytes"
	"encoding/json"
	"errors"
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

	"circuitbook/sparsenn/suitetest"
)

// committedRun is a run that the notebooks come with: config laptop, seed 1.
const committedRun = "train-6d9f15e61848ebdb"

// A commandCase is a mistake on the command line, or in a file that it names.
type commandCase struct {
	group, what string
	args        []string
	env         []string
	nobody      bool // run without the rights of root, to whom nothing is read-only
	before      func(t *testing.T, w *world) (after func())
}

var commandCases = []commandCase{
	{group: "The command line", what: "a command that is not there", args: []string{"excute", "good.ipynb"}},
	{what: "a notebook without a command", args: []string{"good.ipynb"}},
	{what: "a misspelt flag", args: []string{"run", "good.ipynb", "--outt", "x"}},
	{what: "run without a notebook", args: []string{"run"}},
	{what: "two notebooks", args: []string{"run", "good.ipynb", "text.ipynb"}},
	{what: "a limit that is no duration", args: []string{"run", "good.ipynb", "--timeout", "soon"}},
	{what: "a limit without a unit", args: []string{"run", "good.ipynb", "--timeout", "90"}},
	{what: "a limit below zero", args: []string{"run", "good.ipynb", "--timeout=-3s"}},
	{what: "a flag without its value", args: []string{"run", "good.ipynb", "--out"}},
	{what: "help about what is not there", args: []string{"help", "excute"}},
	{what: "install in two places", args: []string{"install", "--user", "--prefix", "x"}},
	{what: "install into a file", args: []string{"install", "--prefix", "text.ipynb"}},
	{what: "install where nothing may be written", args: []string{"install", "--prefix", "locked"}, nobody: true},
	{what: "uninstall where nothing is", args: []string{"uninstall", "--prefix", "nosuch"}},
	{what: "lab with a folder that is not there", args: []string{"lab", "nosuch"}},
	{what: "lab with a notebook that is not there", args: []string{"lab", "nosuch.ipynb"}},
	{what: "kernel by hand", args: []string{"kernel"}},
	{what: "kernel with a file that is no connection file", args: []string{"kernel", "text.ipynb"}},
	{what: "doctor with an argument", args: []string{"doctor", "please"}},

	{group: "Parameters", what: "a parameter that is not there", args: []string{"run", "good.ipynb", "-p", "step=5"}},
	{what: "text for a number, by -p", args: []string{"run", "good.ipynb", "-p", "steps=many"}},
	{what: "a fraction for a whole number", args: []string{"run", "good.ipynb", "-p", "steps=1.5"}},
	{what: "yes for true", args: []string{"run", "good.ipynb", "-p", "fast=yes"}},
	{what: "a parameter without a value", args: []string{"run", "good.ipynb", "-p", "steps"}},
	{what: "a parameter and its value as two arguments", args: []string{"run", "good.ipynb", "-p", "steps", "5"}},
	{what: "a parameter given twice", args: []string{"run", "good.ipynb", "-p", "steps=1", "-p", "steps=2"}},
	{what: "a parameter of a notebook that has none", args: []string{"run", "plain.ipynb", "-p", "steps=1"}},
	{what: "two cells of parameters", args: []string{"run", "two.ipynb", "-p", "a=2"}},
	{what: "a cell of parameters that computes", args: []string{"run", "computes.ipynb"}},

	{group: "Notebooks", what: "a notebook that is not there", args: []string{"run", "nosuch.ipynb"}},
	{what: "a notebook's name without its extension", args: []string{"run", "good"}},
	{what: "a folder in a notebook's place", args: []string{"run", "folder"}},
	{what: "an empty file", args: []string{"run", "empty.ipynb"}},
	{what: "text that is not JSON", args: []string{"run", "text.ipynb"}},
	{what: "a notebook that was cut off", args: []string{"run", "cut.ipynb"}},
	{what: "JSON that is no notebook", args: []string{"run", "list.ipynb"}},
	{what: "a notebook of format 3", args: []string{"run", "three.ipynb"}},
	{what: "a notebook that is not UTF-8", args: []string{"run", "latin.ipynb"}},
	{what: "a notebook in UTF-16", args: []string{"run", "sixteen.ipynb"}},
	{what: "a notebook with a conflict of git", args: []string{"run", "conflict.ipynb"}},
	{what: "a notebook without cells", args: []string{"run", "none.ipynb"}},
	{what: "a notebook for Python", args: []string{"run", "python.ipynb"}},
	{what: "a program in Go in a notebook's place", args: []string{"run", "program.go"}},
	{what: "a notebook that may not be read", args: []string{"run", "locked/secret.ipynb"}, nobody: true},

	{group: "Runs of notebooks", what: "a cell that fails", args: []string{"run", "fails.ipynb"}},
	{what: "a cell that takes too long", args: []string{"run", "slow.ipynb", "--timeout", "2s"}},
	{what: "a cell that claims what was claimed", args: []string{"run", "claims.ipynb"}},
	{what: "what a report does not show: scripts, and images that are not there", args: []string{"run", "page.ipynb"}},
	{what: "output into a file's place", args: []string{"run", "good.ipynb", "--out", "text.ipynb"}},
	{what: "output below a file", args: []string{"run", "good.ipynb", "--out", "text.ipynb/out"}},
	{what: "output where nothing may be written", args: []string{"run", "good.ipynb", "--out", "locked"}, nobody: true},
	{what: "output over the notebook itself", args: []string{"run", "good.ipynb", "--out", "."}},
	{what: "a second run at the same output", args: []string{"run", "plain.ipynb"}, before: secondRun},
	{what: "a backend that is not there, for a run", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_BACKEND=gpu"}},
	{what: "an engine that is not there", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_MODULE=DIR/folder"}},
	{what: "no engine anywhere", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_MODULE="}},
	{what: "a cache folder that is a file", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_CACHE=DIR/text.ipynb"}},
	{what: "a cache folder that others can write", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_CACHE=DIR/shared"}},
	{what: "C switched off", args: []string{"run", "good.ipynb"}, env: []string{"CGO_ENABLED=0"}},
	{what: "a C compiler that is not there", args: []string{"run", "good.ipynb"}, env: []string{"CC=nosuch"}},
	{what: "neither a home folder nor a cache folder", args: []string{"run", "good.ipynb"}, env: []string{"HOME=", "XDG_CACHE_HOME=", "CIRCUITBOOK_CACHE="}},
	{what: "an empty cache folder and no network", args: []string{"run", "good.ipynb"}, env: []string{"CIRCUITBOOK_CACHE=DIR/new"}},

	{group: "Kept runs", what: "a run that is not there, to show", args: []string{"runs", "show", "train-0123456789abcdef"}},
	{what: "a run that is not there, to remove", args: []string{"runs", "rm", "train-0123456789abcdef"}},
	{what: "a run that comes with the notebooks, to remove", args: []string{"runs", "rm", committedRun}},
	{what: "a misspelt command of runs", args: []string{"runs", "remove", committedRun}},
	{what: "a run to copy, and no folder", args: []string{"runs", "copy", committedRun}},
	{what: "a run to copy into a file", args: []string{"runs", "copy", committedRun, "--to", "text.ipynb"}},
	{what: "a damaged run, to show", args: []string{"runs", "show", committedRun}, env: []string{"CIRCUITBOOK_RUNS=DIR/damaged", "CIRCUITBOOK_MODULE="}},
	{what: "a damaged run, in the list", args: []string{"runs"}, env: []string{"CIRCUITBOOK_RUNS=DIR/damaged", "CIRCUITBOOK_MODULE="}},
	{what: "all runs to check, of which one is damaged", args: []string{"runs", "check", "--all"}, env: []string{"CIRCUITBOOK_RUNS=DIR/damaged", "CIRCUITBOOK_MODULE="}},
	{what: "no run named to check", args: []string{"runs", "check"}},
	{what: "a folder of runs that is a file", args: []string{"runs"}, env: []string{"CIRCUITBOOK_RUNS=DIR/text.ipynb"}},
}

// A code is the source of a code cell, with its tags.
type code struct {
	source string
	tags   []string
}

// notebook writes a notebook.
func (w *world) notebook(t *testing.T, name string, cells ...code) {
	t.Helper()
	list := []any{}
	for _, c := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "metadata": map[string]any{"tags": append([]string{}, c.tags...)}, "source": c.source,
			"outputs": []any{}, "execution_count": nil,
		})
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, name, string(text))
}

// files makes what the commands are given.
func (w *world) files(t *testing.T) {
	t.Helper()
	parameters := []string{"parameters"}
	w.notebook(t, "good.ipynb", code{"var steps = 3\nvar fast = true", parameters}, code{source: "steps"})
	w.notebook(t, "plain.ipynb", code{source: "1 + 1"})
	w.notebook(t, "two.ipynb", code{"var a = 1", parameters}, code{"var b = 1", parameters})
	w.notebook(t, "computes.ipynb", code{"var steps = 3\nvar all = 2 * steps", parameters})
	w.notebook(t, "none.ipynb")
	w.notebook(t, "fails.ipynb", code{source: "list := []int{1, 2}\nlist"}, code{source: "// Print them.\nfor i := range lists {\n\tfmt.Println(i)\n}"})
	w.notebook(t, "slow.ipynb", code{source: "fmt.Println(\"begun\")\ntime.Sleep(time.Hour)"})
	w.notebook(t, "claims.ipynb", code{source: "book.Check(book.Claim(\"loss\", 1))"}, code{source: "book.Check(book.Claim(\"loss\", 2))"})
	w.notebook(t, "held.ipynb", code{source: "os.WriteFile(\"held\", nil, 0o644)\ntime.Sleep(time.Hour)"})
	w.write(t, "text.ipynb", "# Title\n\nfmt.Println(1)\n")
	w.write(t, "empty.ipynb", "")
	w.write(t, "list.ipynb", "[1, 2]")
	w.write(t, "program.go", "package main\n\nfunc main() {}\n")
	w.write(t, "three.ipynb", `{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}`)
	w.write(t, "latin.ipynb", "{\"cells\": [\"caf\xe9\"]}")
	w.write(t, "sixteen.ipynb", "\xff\xfe{\x00")
	w.write(t, "page.ipynb", `{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "metadata": {},
 "source": "![a](figure.png) ![b](https://example.org/b.png) <script>1</script> <script>2</script> <iframe src=\"https://example.org\"></iframe>"}]}`)
	good, err := os.ReadFile(filepath.Join(w.dir, "good.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "cut.ipynb", string(good[:len(good)/2]))
	w.write(t, "conflict.ipynb", "{\n \"nbformat\": 4,\n<<<<<<< HEAD\n \"cells\": []\n=======\n \"cells\": [1]\n>>>>>>> other\n}\n")
	w.write(t, "python.ipynb", `{"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
 "cells": [{"cell_type": "code", "metadata": {}, "source": "import numpy as np\nnp.zeros(3)", "outputs": [], "execution_count": null}]}`)
	w.write(t, "locked/secret.ipynb", string(good))
	if err := os.Mkdir(filepath.Join(w.dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write(t, "shared/planted", "")
	if err := os.Chmod(filepath.Join(w.dir, "shared"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(filepath.Join(w.dir, "locked", "secret.ipynb"), 0), os.Chmod(filepath.Join(w.dir, "locked"), 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(w.dir, "locked"), 0o755) }) // so that it can be removed
}

// secondRun has a run of a notebook of the same name under way.
func secondRun(t *testing.T, w *world) (after func()) {
	cmd := w.command(t, commandCase{args: []string{"run", "held.ipynb"}})
	if err := os.Rename(filepath.Join(w.dir, "held.ipynb"), filepath.Join(w.dir, "folder", "plain.ipynb")); err != nil {
		t.Fatal(err)
	}
	cmd.Args = append(cmd.Args[:1], "run", filepath.Join("folder", "plain.ipynb"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(w.dir, "folder", "held")); err == nil {
			break
		}
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
}

// command is the program with the arguments, not yet started.
func (w *world) command(t *testing.T, c commandCase) *exec.Cmd {
	t.Helper()
	self := os.Args[0]
	if c.nobody && os.Getuid() == 0 {
		self = w.copied(t)
	}
	cmd := exec.Command(self, c.args...)
	cmd.Dir = w.dir
	cmd.Env = append(slices.Clone(w.env), "PWD="+w.dir)
	for _, v := range c.env {
		cmd.Env = append(cmd.Env, strings.ReplaceAll(v, "DIR", w.dir))
	}
	if self != os.Args[0] {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// nobody is a user without rights.
const nobody = 65534

// copied is a copy of the program that others may execute.
func (w *world) copied(t *testing.T) string {
	t.Helper()
	name := filepath.Join(w.dir, "bin", "circuitbook")
	if _, err := os.Stat(name); err == nil {
		return name
	}
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "bin/circuitbook", string(text))
	for dir := w.dir; dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// commands runs the commands with mistakes.
func (w *world) commands(t *testing.T) (entries []entry) {
	t.Helper()
	w.files(t)
	for _, c := range commandCases {
		e := entry{group: c.group, what: c.what}
		var line strings.Builder
		for _, v := range c.env {
			line.WriteString(v + " ")
		}
		line.WriteString("circuitbook")
		for _, a := range c.args {
			line.WriteString(" " + a)
		}
		e.done = fence("sh", line.String())
		code, out, err := w.try(t, c)
		if err != nil {
			e.skip = err.Error()
		}
		e.said = fmt.Sprintf("Exit code %d:\n\n%s", code, fence("text", w.normal(out)))
		entries = append(entries, e)
	}
	return entries
}

// try runs a command; an error says why that cannot be here.
func (w *world) try(t *testing.T, c commandCase) (code int, out string, err error) {
	t.Helper()
	if c.before != nil {
		defer c.before(t, w)()
	}
	cmd := w.command(t, c)
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	err = cmd.Start()
	if c.nobody && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EACCES)) {
		return 0, "", fmt.Errorf("on %s: %w", runtime.GOOS, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(suitetest.Patience, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), text.String(), nil
}
