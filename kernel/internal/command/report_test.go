package command

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"circuitbook/kernel/internal/report"
)

// TestRunPDF: --pdf writes the report beside its page. Package execute's tests read
// what is in such a file. A run that the outputs name has the hashes of its data in the
// results and in the report.
func TestRunPDF(t *testing.T) {
	provided(t)
	if _, err := report.Browser(); errors.Is(err, report.ErrNoBrowser) {
		t.Skip(err)
	}
	p := newPlace(t)
	committed, err := filepath.Glob(filepath.Join(p.module, "notebooks", "runs", "train-*.zip"))
	if err != nil || len(committed) == 0 {
		t.Fatalf("no committed runs: %v", err)
	}
	name := strings.TrimSuffix(filepath.Base(committed[0]), ".zip")
	p.notebook(t, "a.ipynb", testCell{Source: "fmt.Println(6*7, \"" + name + "\")"})
	code, out := p.run(t, "run", "--report", "a.ipynb", "--pdf")
	if code != exitOK || !strings.Contains(out, "circuitbook-out/a.pdf\n") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	if pdf := p.read(t, "circuitbook-out/a.pdf"); !strings.HasPrefix(pdf, "%PDF-") || !regexp.MustCompile(`/Type\s*/Page\b`).MatchString(pdf) {
		t.Errorf("the file has no page: %.40q", pdf)
	}
	var results struct{ Provenance report.Provenance }
	if err := json.Unmarshal([]byte(p.read(t, "circuitbook-out/a.results.json")), &results); err != nil {
		t.Fatal(err)
	}
	hash := results.Provenance.Runs[name].Data["corpus"]
	if len(hash) != 64 || !strings.Contains(p.read(t, "circuitbook-out/a.html"), "<code>"+hash+"</code>") {
		t.Errorf("the corpus of %s has the hash %q, which the report lacks: %+v", name, hash, results.Provenance.Runs)
	}

	// A browser that prints nothing is told, with what it said; what was executed is kept.
	p.write(t, "broken", "#!/bin/sh\necho no display >&2\nexit 3\n")
	if err := os.Chmod(filepath.Join(p.dir, "broken"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(report.BrowserEnv, filepath.Join(p.dir, "broken"))
	code, out = p.run(t, "run", "a.ipynb", "--pdf", "--out", "two")
	if code == exitOK || !strings.Contains(out, "printing the report with ") || !strings.Contains(out, "exit status 3: no display") || !strings.Contains(p.read(t, "two/a.html"), ">42") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestRunPDFWithoutBrowser: that there is no browser is told before anything runs.
func TestRunPDFWithoutBrowser(t *testing.T) {
	p := newPlace(t)
	p.notebook(t, "a.ipynb", testCell{Source: "fmt.Println(6 * 7)"})
	t.Setenv(report.BrowserEnv, "no-such-browser")
	code, out := p.run(t, "run", "a.ipynb", "--pdf")
	if code != exitUsage || !strings.Contains(out, "--pdf: $"+report.BrowserEnv) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "circuitbook-out", "a.ipynb")); err == nil {
		t.Error("the notebook ran")
	}
	t.Setenv(report.BrowserEnv, "")
	t.Setenv("PATH", p.dir)
	code, out = p.run(t, "run", "a.ipynb", "--pdf")
	if _, err := os.Stat("/Applications"); err == nil {
		t.Skip("a Mac may have a browser at a fixed place")
	}
	if code != exitUsage || !strings.Contains(out, "--pdf: no Chromium or Chrome on PATH: install one") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
