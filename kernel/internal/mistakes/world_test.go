package mistakes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/cache"
)

// A world is where mistakes are made: a folder with a notebook and what else
// they need, on a machine that has everything and no network.
type world struct {
	dir, temp string
	module    *module.Module
	machine   provision.Machine
	env       []string
	clean     *strings.Replacer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	machine, err := provision.Ensure(t.Context(), provision.Needs{Module: m, Python: true, Fetch: true}, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	caches, err := cache.Dir()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{dir: t.TempDir(), temp: t.TempDir(), module: m, machine: machine}
	w.clean = strings.NewReplacer(w.dir, "DIR", w.temp, "TEMP", m.Dir, "MODULE", caches, "CACHE", machine.Tools.Env.GOROOT, "GOROOT",
		machine.Tools.Env.GOMODCACHE, "GOMODCACHE")
	w.env = append(provision.PythonEnviron(), "TMPDIR="+w.temp, module.Env+"="+m.Dir, "CIRCUITBOOK_OFFLINE=1", plugin.BackendEnv+"=go", "GOPROXY=off", "GONOSUMDB=*",
		"PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C", artifact.RootVariable+"="+filepath.Join(w.dir, "runs"), "COLUMNS=120")
	return w
}

// write writes a file in the world's folder.
func (w *world) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// damage puts a copy of the committed run that cells open into a folder, with
// a byte of its model changed.
func (w *world) damage(t *testing.T) {
	t.Helper()
	from := filepath.Join(w.module.Dir, "notebooks", "runs", committedRun)
	to := filepath.Join(w.dir, "damaged", committedRun)
	if _, err := artifact.Copy(from, filepath.Dir(to)); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(to, "checkpoint-*", "model.safetensors"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v: %v", names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)-1]++
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// said is what a front end is told of a cell.
type said struct {
	Status, Stdout, Stderr, Result, Message string
	Trace                                   []string
	Count                                   int
}

// cells executes the cells with mistakes.
func (w *world) cells(t *testing.T) (entries []entry) {
	t.Helper()
	w.write(t, "pairs.jsonl", "{\"prompt\": \"x = [1\"}\nnot JSON\n")
	w.damage(t)
	data := filepath.Join(w.temp, "jupyter")
	if err := (kernelspec.Spec{Program: w.machine.Program.Path, Module: w.module.Dir}).Write(data); err != nil {
		t.Fatal(err)
	}
	type cell struct {
		Source    string `json:"source"`
		Interrupt string `json:"interrupt"`
	}
	var list []cell
	for _, c := range cellCases {
		list = append(list, cell{c.source, c.interrupt})
	}
	job, err := json.Marshal(map[string]any{"dir": w.dir, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	// As long as a busy machine takes: an idle one is done in a minute.
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.machine.Python, "kernel.py")
	cmd.Env = append(slices.Clone(w.env), "JUPYTER_PATH="+data, "JUPYTER_DATA_DIR="+data, "JUPYTER_RUNTIME_DIR="+t.TempDir())
	cmd.Stdin = bytes.NewReader(job)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, problems.String())
	}
	var all []said
	if err := json.Unmarshal(out, &all); err != nil || len(all) != len(cellCases) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, c := range cellCases {
		entries = append(entries, entry{group: c.group, what: c.what, done: fence("go", c.source), said: w.text(all[i])})
	}
	return entries
}

// text is what a cell shows.
func (w *world) text(s said) string {
	var b strings.Builder
	part := func(what, text string) {
		if text = w.normal(text); strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, "%s:\n\n%s\n", what, fence("text", text))
		}
	}
	part("It prints", s.Stdout)
	part("On standard error", s.Stderr)
	if s.Status == "ok" {
		part(fmt.Sprintf("The result, `Out[%d]`", s.Count), s.Result)
		if b.Len() == 0 {
			b.WriteString("It does well, and shows nothing.\n")
		}
	} else {
		part(fmt.Sprintf("`In [%d]` fails", s.Count), strings.Join(s.Trace, "\n"))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// maxShown is how many bytes of a long text are kept.
const maxShown = 1200

var (
	seconds = regexp.MustCompile(`\b\d+\.\ds\b|\b\d+\.\d s\b`)
	tested  = regexp.MustCompile(`\(\d+\.\d\ds\)|\d+\.\d{3}s`)
	date    = regexp.MustCompile(`\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?Z?)?\b`)
	goLine  = regexp.MustCompile(`(\w+\.go):\d+`)
	pid     = regexp.MustCompile(`process \d+`)
)

// normal is text without colours and without what differs from time to time.
func (w *world) normal(text string) string {
	text = w.clean.Replace(failure.Plain(text))
	text = seconds.ReplaceAllString(text, "SECONDS")
	text = tested.ReplaceAllString(text, "SECONDS")
	text = date.ReplaceAllString(text, "DATE")
	text = goLine.ReplaceAllString(text, "$1:LINE")
	text = pid.ReplaceAllString(text, "process PID")
	if len(text) <= maxShown {
		return text
	}
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), 20)]
	for i, line := range lines {
		lines[i] = strings.ToValidUTF8(line[:min(len(line), 200)], "")
	}
	return fmt.Sprintf("%s\n… (%d bytes in all)", strings.Join(lines, "\n"), len(text))
}
