package sparsenn

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// given are the variables that snippets have without saying where from.
var given = map[string]string{
	"ctx": "context.Context", "o": "dilution.Options", "points": "[]experiment.Point", "file": "io.Writer", "tokens": "[][]int32", "prompts": "[]steer.Prompt",
	"run": "*train.Result", "sparse": "*train.Result", "dense": "*train.Result", "found": "*experiment.Finding", "b": "*bridge.Bridge", "loss": "float64", "mean": "float64", "lo": "float64", "hi": "float64", "n": "int", "circuitAlone": "*verify.Submodel",
	"examples": "[]task.Example", "wide": "train.Config", "how": "experiment.Config", "data": "*corpus.Corpus", "node": "circuit.Node", "nodes": "[]circuit.Node",
	"m": "*verify.Submodel", "config": "any", "root": "string", "step": "int", "files": "map[string]func(io.Writer) error", "steps": "int", "x": "*train.Result",
}

// TestSnippets: every Go snippet in the documentation of a package compiles.
func TestSnippets(t *testing.T) {
	n := 0
	imports, functions := map[string]bool{}, ""
	for _, root := range []string{".", "../viz", "../notebooks/dilution", "../notebooks/sizes", "../notebooks/variabletype"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.Name() != "doc.go" {
				return err
			}
			body := snippets(t, path)
			if body == "" {
				return nil
			}
			functions += function(t, path, fmt.Sprintf("f%d", n), body, imports)
			n++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 8 {
		t.Errorf("%d packages have snippets", n)
	}
	code := "package main\n\nimport (\n"
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		code += fmt.Sprintf("%q\n", importPath(name))
	}
	code += ")\n\nfunc main() {}\n" + functions
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, code)
	}
}

// snippets are the blocks of a package's documentation that assign something, one after
// the other.
func snippets(t *testing.T, path string) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	block := ""
	for line := range strings.Lines(f.Doc.Text() + "\nend\n") {
		if code, ok := strings.CutPrefix(line, "\t"); ok {
			block += code
		} else if strings.TrimSpace(line) != "" {
			if strings.Contains(block, ":=") {
				blocks = append(blocks, strings.ReplaceAll(block, "\n...\n", "\n"))
			}
			block = ""
		}
	}
	return strings.Join(blocks, "")
}

// function is a function of a name with the snippets of a file as its body, and adds what
// it imports.
func function(t *testing.T, path, name, body string, imports map[string]bool) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, "package p\nfunc f() {\n"+body+"}", 0)
	if err != nil {
		t.Errorf("%s: %v in\n%s", path, err, body)
		return ""
	}
	params, made := map[string]string{}, map[string]bool{}
	for _, name := range f.Unresolved {
		if kind, ok := given[name.Name]; ok && name.Name != packageOf(path) {
			params[name.Name] = kind
		} else if name.Name != "make" && name.Name != "len" && name.Name != "nil" && !isType(name.Name) {
			imports[name.Name] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, x := range a.Lhs {
				made[x.(*ast.Ident).Name] = true
			}
		}
		return true
	})
	for _, kind := range params {
		for pkg := range strings.FieldsFuncSeq(kind, func(r rune) bool { return strings.ContainsRune("[]*() ", r) }) {
			if name, _, ok := strings.Cut(pkg, "."); ok {
				imports[name] = true
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n// %s\nfunc %s(", path, name)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		fmt.Fprintf(&b, "%s %s, ", name, params[name])
	}
	fmt.Fprintf(&b, ") {\n%s", body)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Fprintf(&b, "_ = %s\n", name)
	}
	b.WriteString("}\n")
	return b.String()
}

func packageOf(path string) string { return filepath.Base(filepath.Dir(path)) }

func isType(name string) bool {
	return slices.Contains([]string{"any", "int", "int32", "string", "float32", "float64", "true", "false", "error", "byte"}, name)
}

// importPath is where a package of a snippet is.
func importPath(name string) string {
	switch name {
	case "viz":
		return "circuitbook/viz"
	case "book", "charts", "circuits", "tokenview":
		return "circuitbook/viz/" + name
	}
	for _, root := range []string{"sparsenn", "notebooks"} {
		if _, err := os.Stat(filepath.Join("..", root, name)); err == nil {
			return "circuitbook/" + root + "/" + name
		}
	}
	return name // of the standard library
}
