package notebooks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// program is what a cell for a reader does not have: what belongs into a package.
var program = regexp.MustCompile(`(?m)^\s*func \w|\bbook\.(Must|Check)\b|\bcontext\.|^import\b|^%%`)

// TestCellsAreRead: a notebook is read, so that no cell is long and none is a program.
func TestCellsAreRead(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.ipynb")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d notebooks, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var n struct {
			Cells []struct {
				Type   string   `json:"cell_type"`
				Source []string `json:"source"`
				Count  *int     `json:"execution_count"`
			}
		}
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var lines []int
		sum := 0
		for i, c := range n.Cells {
			if c.Type != "code" {
				continue
			}
			source := strings.Join(c.Source, "")
			k := strings.Count(source, "\n") + 1
			lines, sum = append(lines, k), sum+k
			if k > 15 {
				t.Errorf("%s: cell %d has %d lines", file, i, k)
			}
			if found := program.FindString(source); found != "" {
				t.Errorf("%s: cell %d has %q; a package holds that", file, i, strings.TrimSpace(found))
			}
			if c.Count == nil {
				t.Errorf("%s: cell %d is not executed", file, i)
			}
		}
		slices.Sort(lines)
		if m := lines[len(lines)/2]; m > 4 || sum > 150 {
			t.Errorf("%s: %d lines of code, half of the cells have %d or more", file, sum, m)
		}
		for _, folder := range []string{home, os.TempDir()} {
			if strings.Contains(string(text), folder+"/") {
				t.Errorf("%s names %s, a folder of the machine that executed it", file, folder)
			}
		}
	}
}
