package notebooks

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"circuitbook/sparsenn/task"
)

// cookbook are the cells of the manual's page.
func cookbook(t *testing.T) (cells []string) {
	t.Helper()
	text, err := os.ReadFile("COOKBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```go\n(.*?)\n```").FindAllStringSubmatch(string(text), -1) {
		cells = append(cells, m[1])
	}
	return cells
}

// TestCookbook: every cell has at most three lines, and all of them run, one after the
// other, at the smallest scale; and so does the README's, as it is.
func TestCookbook(t *testing.T) {
	dir := t.TempDir()
	type cell struct {
		Type     string   `json:"cell_type"`
		ID       string   `json:"id"`
		Metadata struct{} `json:"metadata"`
		Source   string   `json:"source"`
		Outputs  []any    `json:"outputs"`
		Count    *int     `json:"execution_count"`
	}
	var cells []cell
	for i, source := range cookbook(t) {
		if n := strings.Count(source, "\n") + 1; n > 3 {
			t.Errorf("%d lines:\n%s", n, source)
		}
		// Models of the smallest scale are narrow.
		source = strings.NewReplacer(`"laptop"`, `"tiny"`, "[240]", "[24]", "Head(1, 6,", "Head(0, 1,").Replace(source)
		cells = append(cells, cell{Type: "code", ID: fmt.Sprintf("cell-%d", i), Source: source, Outputs: []any{}})
	}
	if len(cells) < 12 {
		t.Fatalf("%d cells", len(cells))
	}
	cells = append(cells, cell{Type: "code", ID: "readme", Source: snippet(t, "a test runs this cell"), Outputs: []any{}})
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "cells": cells,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": "circuitbook", "display_name": "Go (Circuitbook)", "language": "go"}}})
	if err != nil {
		t.Fatal(err)
	}
	var pairs []task.Pair
	for i := range 240 {
		pairs = append(pairs, task.Pair{Prompt: fmt.Sprintf("ages = [%d", i), Counter: fmt.Sprintf("ages = {%d", i), Target: ",", Alt: ":"})
	}
	jsonl, err := task.FormatJSONL(pairs)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cookbook.ipynb": text, "ages.jsonl": jsonl, "mine.py": []byte(strings.Repeat("def f(x):\n    return x\n", 50))} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("go", "run", "./kernel", "run", filepath.Join(dir, "cookbook.ipynb"), "--out", filepath.Join(dir, "out"))
	run.Dir = ".."
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	for _, name := range []string{"exported/model.safetensors", "quotes.neuronpedia.json", "quotes.csv", "quotes.svg", "heads.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("a cell did not write it: %v", err)
		}
	}
}
