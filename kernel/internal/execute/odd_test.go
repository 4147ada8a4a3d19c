package execute_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
)

// TestOddNotebook writes the page of a notebook whose every part that a run does not
// need is not as Jupyter's schema has it: no page may fail when all cells have run.
func TestOddNotebook(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs Python")
	}
	type m = map[string]any
	odd := []any{nil, 3, true, "", "text", []any{}, []any{3, "a", "a", ""}, m{}, m{"a": 3}, m{"a": m{}}, m{"a": m{"b": nil}}}
	cells := []any{}
	add := func(kind string, more m) {
		cell := m{"cell_type": kind, "source": "cell", "metadata": m{}, "surplus": 3}
		if kind == notebook.Code {
			cell["outputs"] = []any{}
		}
		for k, v := range more {
			cell[k] = v
		}
		cells = append(cells, cell)
	}
	for _, v := range odd {
		meta := m{"tags": v, "name": v, "collapsed": v, "scrolled": v, "deletable": v, "jupyter": v, "format": v, "raw_mimetype": v, "execution": v, "trusted": v}
		outputs := []any{
			m{"output_type": "stream", "name": v, "text": v}, m{"output_type": "error", "ename": v, "evalue": v, "traceback": v},
			m{"output_type": "display_data", "data": v, "metadata": v}, m{"output_type": "execute_result", "execution_count": 1, "data": v, "metadata": v},
		}
		for _, mime := range []string{"text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml", "application/json", "application/javascript", "application/vnd.jupyter.widget-view+json"} {
			outputs = append(outputs, m{"output_type": "display_data", "data": m{mime: v}, "metadata": m{mime: v}})
		}
		add(notebook.Code, m{"id": v, "metadata": meta, "outputs": outputs, "execution_count": v})
		add(notebook.Raw, m{"id": v, "metadata": meta, "attachments": v})
		add(notebook.Markdown, m{"id": v, "metadata": meta, "attachments": v, "outputs": v, "source": "# x\n\n![a](attachment:a) ![b](attachment:) <img src=\"\"> ![c](.) ![d](/) <img>"})
	}
	add(notebook.Markdown, m{"source": "the end"})
	var log bytes.Buffer
	python, err := provision.EnsurePython(t.Context(), &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	text, err := json.Marshal(m{"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": m{
		"kernelspec": 3, "language_info": m{"name": 3}, "title": odd, "authors": "a", "widgets": 3, "orig_nbformat": "x",
	}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := notebook.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = n.Encode(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.ipynb"), filepath.Join(dir, "a.html")
	if err := os.WriteFile(from, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := execute.WriteHTML(t.Context(), python, provision.PythonEnviron(), execute.Page{From: from, To: to, Title: "t"}); err != nil {
		t.Fatal(err)
	}
	if page, err := os.ReadFile(to); err != nil || !strings.Contains(string(page), "<p>the end</p>") {
		t.Errorf("the page ends early, %v", err)
	}
	// What cannot be shown at all is said in one line.
	from = filepath.Join(dir, "b.ipynb")
	if err := os.WriteFile(from, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = execute.WriteHTML(t.Context(), python, provision.PythonEnviron(), execute.Page{From: from, To: from + ".html"})
	if err == nil || strings.Contains(err.Error(), "Traceback") || strings.Count(err.Error(), "\n") > 1 || !strings.Contains(err.Error(), "nbformat_minor") {
		t.Errorf("got %v", err)
	}
}
