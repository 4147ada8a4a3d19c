package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a notebook with every kind of cell and both forms of text.
const small = `{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text & <b>"]},
  {"cell_type": "code", "metadata": {"tags": ["parameters", 3]}, "source": "var n = 1",
   "execution_count": 7, "outputs": [
    {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
    {"output_type": "display_data", "metadata": {}, "data": {
      "text/html": "<p>\n</p>", "image/png": "iVBO\nRw==", "application/json": {"x": 1.50}}}]},
  {"cell_type": "raw", "metadata": {}, "source": ""}
 ],
 "metadata": {"kernelspec": {"name": "gonb"}, "big": 123456789012345678901234567890},
 "nbformat": 4, "nbformat_minor": 5, "unknown": null
}`

func parse(t *testing.T, text string) *Notebook {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParse(t *testing.T) {
	n := parse(t, small)
	if len(n.Cells) != 3 {
		t.Fatalf("%d cells", len(n.Cells))
	}
	if got := n.Cells[0].Source; got != "# Title\ntext & <b>" {
		t.Errorf("source %q", got)
	}
	code := n.Cells[1]
	if !code.Has(TagParameters) || code.Has(TagSkip) || !code.Runs() || code.Count != 7 {
		t.Errorf("code cell read as %+v", code)
	}
	if n.Cells[0].Runs() || n.Cells[2].Runs() {
		t.Error("a cell that is not code runs")
	}
}

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want bool
	}{
		{Cell{Type: Code, Source: "x"}, true},
		{Cell{Type: Code, Source: " \n\t"}, false},
		{Cell{Type: Code, Source: "x", Tags: []string{TagSkip}}, false},
		{Cell{Type: Markdown, Source: "x"}, false},
	} {
		if got := c.cell.Runs(); got != c.want {
			t.Errorf("%+v runs: %v", c.cell, got)
		}
	}
}

// TestEncode fixes the bytes: sorted keys, lines, numbers as they were read.
func TestEncode(t *testing.T) {
	n := parse(t, small)
	got, err := n.Encode()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "small.ipynb")
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("encoding changed (-want +got):\n%s", diff)
	}
	again, err := parse(t, string(got)).Encode()
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("the second encoding differs, error %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "empty",
		" \n":              "empty",
		"\xff":             "UTF-8",
		"{":                "not JSON, so not a notebook: it ends in the middle",
		"{\n\"a\": x":      "not JSON, so not a notebook: line 2: ",
		"{\n<<<<<<< HEAD":  "line 2 begins a conflict",
		"# Title":          "not JSON",
		"[]":               "not an object",
		"{}":               "nbformat",
		`{"nbformat":"4"}`: "nbformat",
		`{"nbformat":3,"nbformat_minor":0,"worksheets":[]}`:                                                                    "nbformat 3",
		`{"nbformat":5,"nbformat_minor":0}`:                                                                                    "nbformat 5",
		`{"nbformat":4}`:                                                                                                       "nbformat_minor",
		`{"nbformat":4,"nbformat_minor":5}`:                                                                                    "cells",
		`{"nbformat":4,"nbformat_minor":5,"cells":{}}`:                                                                         "cells",
		`{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":1}`:                                                            "metadata",
		`{"nbformat":4,"nbformat_minor":5,"cells":[]} x`:                                                                       "follows",
		`{"nbformat":4,"nbformat_minor":5,"cells":[1]}`:                                                                        "item 1",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"heading","source":""}]}`:                                      "heading",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":7}]}`:                                          "source",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":[7]}]}`:                                        "source",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"","metadata":[]}]}`:                           "metadata",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":{}}]}`:              "outputs",
		`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":[{},"text"]}]}`:     "outputs",
		`{"nbformat":4.5,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":[{},"text"]}]}`:   "nbformat",
		`{"nbformat":4e999,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":[{},"text"]}]}`: "nbformat",
		`{"nbformat":4,"nbformat_minor":-5,"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":[{},"text"]}]}`:    "nbformat_minor",
	} {
		_, err := Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want one about %q", text, err, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for meta, want := range map[string]string{
		`{}`: "", `{"kernelspec":{"language":"python"}}`: "python", `{"language_info":{"name":"R"}}`: "R", `{"kernelspec":1,"language_info":{"name":2}}`: "",
		`{"kernelspec":{"language":"go"},"language_info":{"name":"R"}}`: "go",
	} {
		n, err := Parse([]byte(`{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":` + meta + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Language(); got != want {
			t.Errorf("%s: %q, want %q", meta, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "none.ipynb")); !os.IsNotExist(err) {
		t.Errorf("a missing file gave %v", err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("a folder was read")
	}
	name := filepath.Join(dir, "a.ipynb")
	if err := os.WriteFile(name, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(name); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("the error does not name the file: %v", err)
	}
}

func TestSourceHash(t *testing.T) {
	n := parse(t, small)
	// sha256 of [["markdown","# Title\ntext & <b>"],["code","var n = 1"],["raw",""]]
	const want = "df8121cf03f9a85c5f0ce09e7ba3089228b8b6cb846a15394595d51a324eaede"
	if got := n.SourceHash(); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	before := n.SourceHash()
	n.ClearOutputs()
	n.SetKernel("other", "Other", "go")
	if n.SourceHash() != before {
		t.Error("outputs or metadata change the hash")
	}
	n.Cells[1].Source += " "
	if n.SourceHash() == before {
		t.Error("a changed source does not change the hash")
	}
}

// FuzzParse holds that any input is refused or gives a notebook that encodes,
// and whose encoding parses to the same notebook.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}`))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":0,"cells":[{"cell_type":"code","source":["a","b\r\n"],"outputs":[{"text":"x\n\ny"}]}]}`))
	f.Add([]byte(`{"nbformat":3}`))
	f.Add([]byte(`nonsense`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if err != nil {
			return
		}
		first, err := n.Encode()
		if err != nil {
			t.Fatalf("does not encode: %v", err)
		}
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("own encoding is refused: %v", err)
		}
		if n.SourceHash() != again.SourceHash() {
			t.Fatal("sources changed")
		}
		second, err := again.Encode()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("encoding is not stable (error %v)", err)
		}
		if _, err := n.Params(); err == nil {
			n.ClearOutputs()
		}
	})
}
