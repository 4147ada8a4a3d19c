package execute_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/report"
	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/suitetest"
)

// readPDF says of each page of a PDF file what it holds.
const readPDF = `import json, sys
import pypdf
print(json.dumps([page.extract_text() for page in pypdf.PdfReader(sys.argv[1]).pages]))`

// TestPDF prints the report of a notebook that was executed, of each one if
// $CIRCUITBOOK_LONG is 1, and reads what is on paper: every line of every cell, every
// table and figure, and where it all comes from.
func TestPDF(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	if _, err := report.Browser(); errors.Is(err, report.ErrNoBrowser) {
		t.Skip(err)
	}
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	python, err := provision.EnsurePython(t.Context(), &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	packages, err := provision.EnsureTestPackages(t.Context(), python, &log)
	if errors.Is(err, cache.ErrOffline) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	names := []string{filepath.Join(m.Dir, "notebooks", "02_quotes.ipynb")}
	if suitetest.Long {
		if names, err = filepath.Glob(filepath.Join(m.Dir, "notebooks", "*.ipynb")); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { testPDF(t, python, packages, name) })
	}
}

func testPDF(t *testing.T, python, packages, from string) {
	results, err := os.ReadFile(strings.TrimSuffix(from, ".ipynb") + ".results.json")
	if err != nil {
		t.Fatal(err)
	}
	card, err := report.Card(results)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.ArtifactDir() // go test keeps the PDF with -artifacts
	page, pdf := filepath.Join(dir, "a.html"), filepath.Join(dir, "a.pdf")
	left, err := execute.WriteHTML(t.Context(), python, provision.PythonEnviron(), execute.Page{From: from, To: page, Title: filepath.Base(from), Card: card})
	if err != nil || len(left) > 0 {
		t.Fatalf("%q is left out, %v", left, err)
	}
	if err := report.Print(t.Context(), page, pdf, dir); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", readPDF, pdf)
	cmd.Env = append(provision.PythonEnviron(), "PYTHONPATH="+packages)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	if err := json.Unmarshal(out, &pages); err != nil {
		t.Fatal(err)
	}
	for i, text := range pages {
		if strings.TrimSpace(text) == "" {
			t.Errorf("page %d of %d is empty", i+1, len(pages))
		}
	}
	n, err := notebook.Read(from)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pages {
		pages[i] = letters(pages[i])
	}
	lines, rows, figures := 0, 0, 0
	for i, c := range n.Cells {
		if c.Type == notebook.Code {
			for line := range strings.Lines(c.Source) {
				lines++
				if !isPrinted(pages, letters(line)) {
					t.Errorf("cell %d: the line %q is not printed", i+1, line)
				}
			}
		}
		for _, shown := range pagesOf(c) {
			for _, row := range tableRow.FindAllString(shown, -1) {
				rows++
				if text := html.UnescapeString(tag.ReplaceAllString(row, "")); !isPrinted(pages, letters(text)) {
					t.Errorf("cell %d: the row %q of a table is not printed", i+1, text)
				}
			}
		}
		for _, svg := range pictures(t, c) {
			figures++
			for _, word := range wordsOf(t, svg) {
				if !isPrinted(pages, letters(word)) {
					t.Errorf("cell %d: %q of a figure is not printed", i+1, word)
				}
			}
		}
	}
	var top struct {
		Provenance struct {
			Hash string `json:"notebook_sha256"`
		}
	}
	if err := json.Unmarshal(results, &top); err != nil {
		t.Fatal(err)
	}
	if hash := top.Provenance.Hash; hash == "" || !isPrinted(pages, hash) {
		t.Error("where it comes from is not printed")
	}
	t.Logf("%d pages, %d lines of code, %d rows of tables, %d figures", len(pages), lines, rows, figures)
	if len(pages) < 2 || lines == 0 || rows == 0 || figures == 0 {
		t.Error("this looks at nothing")
	}
}

// letters leaves out what a line may be broken at, and what a font may have no
// letter for; a font's ligatures become letters.
func letters(s string) string {
	s = strings.NewReplacer("\ufb00", "ff", "\ufb01", "fi", "\ufb02", "fl", "\ufb03", "ffi", "\ufb04", "ffl").Replace(s)
	return notLetters.ReplaceAllString(s, "")
}

// isPrinted reports whether the letters are on a page, or begin on one and end on
// the next.
func isPrinted(pages []string, text string) bool {
	for i, page := range pages {
		if strings.Contains(page, text) {
			return true
		}
		for k := 1; i+1 < len(pages) && k < len(text); k++ {
			if strings.Contains(page, text[:k]) && strings.Contains(pages[i+1], text[k:]) && min(k, len(text)-k) > 3 {
				return true
			}
		}
	}
	return false
}

var (
	notLetters = regexp.MustCompile(`[^0-9A-Za-z_(){}\[\].,:;=+*/"'<>-]+`)
	embedded   = regexp.MustCompile(`<img src="data:image/svg\+xml;base64,([^"]+)"`)
	tableRow   = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
	tag        = regexp.MustCompile(`<[^>]*>`)
)

// pagesOf are the HTML forms of the cell's outputs, without what is folded away: it
// stays so on paper, and repeats a figure in numbers.
func pagesOf(c *notebook.Cell) (list []string) {
	for _, out := range c.Outputs {
		data, _ := out.(map[string]any)["data"].(map[string]any)
		text, _ := data["text/html"].(string)
		parts, _ := data["text/html"].([]any)
		for _, part := range parts {
			text += part.(string)
		}
		shown, _, _ := strings.Cut(text, "<details>")
		list = append(list, shown)
	}
	return list
}

// pictures are the SVG pictures that a reader of the cell's outputs sees.
func pictures(t *testing.T, c *notebook.Cell) (list [][]byte) {
	t.Helper()
	for _, shown := range pagesOf(c) {
		for _, m := range embedded.FindAllStringSubmatch(shown, -1) {
			svg, err := base64.StdEncoding.DecodeString(m[1])
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, svg)
		}
	}
	return list
}

// wordsOf are the texts that the picture shows.
func wordsOf(t *testing.T, svg []byte) (list []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	depth := 0
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "text" || depth > 0 {
				depth++
			}
		case xml.EndElement:
			depth = max(0, depth-1)
		case xml.CharData:
			if depth == 1 && len(letters(string(token))) > 1 {
				list = append(list, string(token))
			}
		}
	}
	return list
}
