package sparsenn_test

import (
	"bufio"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// deps lists what a pattern of packages imports, directly or not.
func deps(t *testing.T, pattern string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", pattern)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// TestImportsPointOneWay holds the direction of data flow: the engine knows
// neither figures nor the kernel, figures know nothing that computes, and what
// is pure Go stays so. A pattern bans what begins with it; with "$" behind, only
// that package; with "!" before, that package is let through whatever bans it.
func TestImportsPointOneWay(t *testing.T) {
	const gomlx, xla = "github.com/gomlx/", "github.com/gomlx/go-xla/"
	for pattern, banned := range map[string][]string{
		"./sparsenn/...":                {"circuitbook/viz", "circuitbook/kernel", "circuitbook/notebooks"},
		"./sparsenn/model":              {"circuitbook/sparsenn/train", "circuitbook/sparsenn/task", "circuitbook/sparsenn/corpus"},
		"./sparsenn/train":              {"circuitbook/sparsenn/task"},
		"./sparsenn/topk":               {"circuitbook/", xla},
		"./sparsenn/artifact":           {gomlx, "circuitbook/sparsenn/model"},
		"./sparsenn/tensorfile":         {gomlx, "circuitbook/sparsenn/artifact"},
		"./sparsenn/corpus":             {gomlx, "circuitbook/sparsenn/model"},
		"./sparsenn/task":               {gomlx, "circuitbook/sparsenn/model"},
		"./sparsenn/circuit":            {gomlx, "circuitbook/sparsenn/model"},
		"./sparsenn/stat":               {gomlx, "circuitbook/"},
		"./sparsenn/bridge":             {"circuitbook/sparsenn/prune", "circuitbook/sparsenn/verify", "circuitbook/sparsenn/task", "circuitbook/sparsenn/steer"},
		"./sparsenn/steer":              {"circuitbook/sparsenn/prune", "circuitbook/sparsenn/verify", "circuitbook/sparsenn/experiment"},
		"./sparsenn/experiment":         {"circuitbook/sparsenn/bridge", "circuitbook/sparsenn/steer"},
		"./sparsenn/patch":              {"circuitbook/sparsenn/verify", "circuitbook/sparsenn/prune", "circuitbook/sparsenn/experiment"},
		"./sparsenn/probe":              {"circuitbook/sparsenn/train", "circuitbook/sparsenn/prune", "circuitbook/sparsenn/verify"},
		"./sparsenn/backend/plugin/...": {gomlx, "circuitbook/sparsenn/backend$"},
		"./viz/...":                     {gomlx, "circuitbook/kernel", "circuitbook/notebooks", "circuitbook/sparsenn", "!circuitbook/sparsenn/circuit", "!circuitbook/sparsenn/stat", "!circuitbook/sparsenn/tensorfile/lookalike"},
		"./viz/charts":                  {"circuitbook/viz/circuits", "circuitbook/viz/tokenview", "circuitbook/viz/book"},
		"./viz/tokenview":               {"circuitbook/viz/circuits", "circuitbook/viz/charts", "circuitbook/viz/book"},
		"./notebooks/...":               {"circuitbook/kernel"},
		"./notebooks/lab/...":           {"circuitbook/notebooks/brackets", "circuitbook/notebooks/dilution", "circuitbook/notebooks/variabletype", "circuitbook/notebooks/sizes", "circuitbook/notebooks/turning"},
		"./kernel/...":                  {gomlx, "circuitbook/viz", "circuitbook/sparsenn/model", "circuitbook/sparsenn/train", "circuitbook/sparsenn/topk"},
	} {
		self := strings.TrimSuffix(strings.TrimSuffix(strings.Replace(pattern, ".", "circuitbook", 1), "/..."), "/")
		for _, d := range deps(t, pattern) {
			if slices.Contains(banned, "!"+d) {
				continue
			}
			for _, b := range banned {
				exact, whole := strings.CutSuffix(b, "$")
				if d != self && (whole && d == exact || !whole && strings.HasPrefix(d, b)) {
					t.Errorf("%s imports %s", pattern, d)
				}
			}
		}
	}
}

// TestFilesAreShort: no hand-written file has more than 500 lines.
func TestFilesAreShort(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := 0
		for s := bufio.NewScanner(f); s.Scan(); {
			lines++
		}
		if lines > 500 {
			t.Errorf("%s has %d lines", path, lines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPackagesAreSmall: a package is read whole. Two are larger by now, and may not grow.
func TestPackagesAreSmall(t *testing.T) {
	most := map[string]int{"circuitbook/notebooks/lab": 37, "circuitbook/sparsenn/task": 25}
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{len .GoFiles}}", "circuitbook/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name, count, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, _ := strconv.Atoi(count); n > max(20, most[name]) {
			t.Errorf("%s has %d source files", name, n)
		}
	}
}
