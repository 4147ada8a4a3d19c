package task

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// opens lists the places of a file that lead to the report split: names that do,
// and an import of what measures on it.
func opens(t testing.TB, path string, source any) []string {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			// Table measures on the report split, too.
			if slices.Contains([]string{"Reported", "Report", "ForMeasuring", "Table"}, n.Name) {
				out = append(out, files.Position(n.Pos()).String()+": "+n.Name)
			}
		case *ast.ImportSpec:
			if strings.HasPrefix(n.Path.Value, `"circuitbook/sparsenn/verify`) {
				out = append(out, files.Position(n.Pos()).String()+": import of "+n.Path.Value)
			}
		}
		return true
	})
	return out
}

// TestSelectingCodeDoesNotOpenReport: what chooses nodes, sizes and settings cannot
// see what its circuits are measured on. Of verify that is what measures effects for
// choosing; of experiment all but the rows, which are numbers to print, and whose name is a
// hash of their prompts; and MainPath drops the effects of a proof, which its own test shows.
func TestSelectingCodeDoesNotOpenReport(t *testing.T) {
	for _, folder := range []string{"../prune", "../ablate", "../patch", "../experiment"} {
		files := 0
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			if folder == "../experiment" && slices.Contains([]string{"measure.go", "point.go"}, filepath.Base(path)) {
				return nil
			}
			for _, place := range opens(t, path, nil) {
				if folder == "../experiment" && strings.Contains(place, "import of") {
					continue // it has circuits verified, and hands the proofs on
				}
				t.Errorf("%s: it selects, and must use Examples only", place)
			}
			return nil
		})
		if err != nil || files < 3 {
			t.Errorf("%d files in %s, %v", files, folder, err)
		}
	}
	for _, path := range []string{"../verify/effects.go", "../verify/prover.go"} {
		for _, place := range opens(t, path, nil) {
			t.Errorf("%s: nodes are chosen by the effects that it measures; it must use Examples only", place)
		}
	}
}

func TestOpens(t *testing.T) {
	for source, want := range map[string][]string{
		`func f(t task.Task) { t.Examples(Fit, nil, o); t.Examples(Select, nil, o) } // Report`: nil,
		`func f(t task.Task) { t.Report(nil, o) }`:                                              {"a.go:1:35: Report"},
		`func f(t task.Task) { g := t.Report; _ = g }`:                                          {"a.go:1:40: Report"},
		`func f(r task.Reported) { r.ForMeasuring() }`:                                          {"a.go:1:25: Reported", "a.go:1:39: ForMeasuring"},
		`var x = task.Table`:                   {"a.go:1:24: Table"},
		`import "circuitbook/sparsenn/verify"`: {`a.go:1:18: import of "circuitbook/sparsenn/verify"`},
		`import "circuitbook/sparsenn/task"; import x "go/ast"; var Reporter x.Ident`: nil,
	} {
		if d := cmp.Diff(want, opens(t, "a.go", "package a;"+source)); d != "" {
			t.Errorf("%s: %s", source, d)
		}
	}
}

// TestReported: it has the examples of its split, counts and measures them.
func TestReported(t *testing.T) {
	tok := tokenizer(t, 512)
	o := Options{N: 5, Seed: 3}
	r, err := BracketCounting().Report(tok, o)
	if err != nil {
		t.Fatal(err)
	}
	list := r.ForMeasuring()
	if r.Len() != 5 || len(list) != 5 {
		t.Fatalf("%d examples, says %d", len(list), r.Len())
	}
	m := knows{512, map[string]int32{}}
	for _, e := range list {
		if splitOf("bracket_counting", e.Filling) != reporting {
			t.Errorf("%q is not of the report split", e.Filling)
		}
		m.right[key(e.Prompt)], m.right[key(e.Counter)] = e.Target, e.Alt
	}
	if s, err := r.Measure(m); err != nil || s.Loss.N != 5 || s.Accuracy < 0.999 {
		t.Errorf("%+v, %v", s, err)
	}
	if r, err = BracketCounting().Report(tok, Options{}); err == nil || r.Len() != 0 {
		t.Errorf("%d examples, %v", r.Len(), err)
	}
}
