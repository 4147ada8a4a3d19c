package command

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"circuitbook/kernel/internal/doctor"
	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/supervise"
)

// selftestCmd tries what a notebook needs, for real.
type selftestCmd struct{}

// Help is shown by selftest --help.
func (*selftestCmd) Help() string {
	return `Where doctor looks, selftest tries: three cells go through the kernel as those of any notebook do. One computes in Go, one computes a mask on the backend that notebooks would use, one draws a circuit. What is missing is fetched first, as by run; with $CIRCUITBOOK_OFFLINE=1 it is not.

` + exitCodes
}

// A trial is a cell with what to look for in its outputs.
type trial struct {
	what   string
	source string
	// check returns what to say of the outputs, by MIME type and stream name.
	check func(out map[string]string, machine provision.Machine) (string, error)
}

//go:embed selftest_mask.go.txt
var maskCell string

//go:embed selftest_circuit.go.txt
var circuitCell string

var trials = []trial{
	{"a cell in Go", "6 * 7", checkAnswer},
	{"a mask on the backend", maskCell, checkMask},
	{"a drawn circuit", circuitCell, checkCircuit},
}

// errSelftest is what selftest ends with if a line is marked MISS.
var errSelftest = errors.New("the self-test failed; circuitbook doctor tells more of what is there")

func (s *selftestCmd) Run(a *app) (err error) {
	m, err := findModule("", "")
	if err != nil {
		return err
	}
	machine, err := a.ensure(provision.Needs{Module: m, Python: true})
	if err != nil {
		return err
	}
	say := func(f doctor.Finding) { fmt.Fprintln(a.stdout, f) }
	say(finding(true, "engine", m.Dir, ""))
	say(finding(true, "Go", machine.Tools.Env.GOVERSION+", "+machine.Tools.Go, ""))
	say(finding(true, "GoNB and goimports", machine.Tools.GoNB, ""))
	say(finding(true, "Python environment", machine.Python, ""))
	if machine.PluginErr == nil {
		say(finding(true, "XLA plugin", machine.Plugin.String(), ""))
	} else {
		say(finding(true, "XLA plugin", "none, the slow pure-Go backend serves", ""))
	}

	guard, err := supervise.StartGuard(machine.Program.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guard.Close()) }()
	temp, err := guard.TempDir("selftest")
	if err != nil {
		return err
	}
	n, err := trialNotebook()
	if err != nil {
		return err
	}
	done := 0
	started := time.Now()
	progress := execute.NewProgress(io.Discard, len(trials))
	failed := execute.Run{
		Notebook: n, Dir: temp,
		Python: machine.Python, Env: append(provision.PythonEnviron(), module.Env+"="+m.Dir),
		Kernel:  kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir},
		Timeout: 5 * time.Minute, Progress: progress, Guard: guard, Temp: temp,
		Done: func(c *notebook.Cell) error {
			text, err := trials[done].check(shown(c), machine)
			if err != nil {
				return err
			}
			say(finding(true, trials[done].what, fmt.Sprintf("%s, in %.1f s", text, time.Since(started).Seconds()), ""))
			done++
			started = time.Now()
			return nil
		},
	}.Execute(a.ctx)
	progress.Close()
	if failed == nil {
		return nil
	}
	if a.ctx.Err() != nil {
		return execute.ErrInterrupted
	}
	say(finding(false, trials[done].what, failed.Error(), ""))
	if errors.Is(failed, execute.ErrKernel) {
		return exitError{exitProvision, errSelftest}
	}
	return errSelftest
}

// trialNotebook is a notebook of the trials' cells.
func trialNotebook() (*notebook.Notebook, error) {
	n, err := notebook.Parse([]byte(`{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}`))
	if err != nil {
		return nil, err
	}
	for _, t := range trials {
		n.Cells = append(n.Cells, &notebook.Cell{Type: notebook.Code, Source: t.source})
	}
	return n, nil
}

// shown collects what a cell showed: data by MIME type, streams by name,
// the last of each MIME type and all of a stream.
func shown(c *notebook.Cell) map[string]string {
	all := map[string]string{}
	text := func(v any) string {
		switch v := v.(type) {
		case string:
			return v
		case []any:
			var s strings.Builder
			for _, line := range v {
				fmt.Fprint(&s, line)
			}
			return s.String()
		}
		return ""
	}
	for _, o := range c.Outputs {
		o, ok := o.(map[string]any)
		if !ok {
			continue
		}
		if name, ok := o["name"].(string); ok {
			all[name] += text(o["text"])
		}
		data, _ := o["data"].(map[string]any)
		for kind, v := range data {
			all[kind] = text(v)
		}
	}
	return all
}

func checkAnswer(out map[string]string, _ provision.Machine) (string, error) {
	if got := strings.TrimSpace(out["text/plain"]); got != "42" {
		return "", fmt.Errorf("6 * 7 showed %q, not 42", got)
	}
	return "6 * 7 is 42", nil
}

func checkMask(out map[string]string, machine provision.Machine) (string, error) {
	name, mask, _ := strings.Cut(strings.TrimSpace(out["stdout"]), " ")
	if want := "[[9 8 0] [0 -6 0]]"; mask != want {
		return "", fmt.Errorf("the three greatest of six weights came out as %q, not %q", out["stdout"], want)
	}
	want := "go"
	if machine.PluginErr == nil {
		want = "xla:" + machine.Plugin.Platform
	}
	if name != want {
		return "", fmt.Errorf("the cell computed on %s, not on %s: %s", name, want, strings.TrimSpace(out["stderr"]))
	}
	return "exact, on " + name, nil
}

func checkCircuit(out map[string]string, _ provision.Machine) (string, error) {
	svg := out["image/svg+xml"]
	if !strings.Contains(svg, "<svg") || !strings.Contains(svg, "</svg>") {
		return "", errors.New("the cell showed no SVG")
	}
	return fmt.Sprintf("an SVG of %d bytes", len(svg)), nil
}
