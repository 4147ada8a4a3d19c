package shim

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verbsSetup is a Setup whose module has three verbs.
func verbsSetup(t *testing.T) Setup {
	t.Helper()
	s := Setup{Module: t.TempDir(), GoRoot: t.TempDir()}
	lab := filepath.Join(s.Module, "notebooks", "lab")
	if err := os.MkdirAll(lab, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a.go":      "package lab\nfunc Train(what any) *Model { return nil }\nfunc hidden() {}\nfunc Of[T any](x T) T { return x }\n",
		"b.go":      "package lab\ntype Model struct{}\nfunc (m *Model) Find() {}\nconst Chance = 0.693\n",
		"b_test.go": "package lab\nfunc Tested() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(lab, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestVerbs holds which names of a program are verbs: those that it uses and that no
// file of it declares.
func TestVerbs(t *testing.T) {
	s := verbsSetup(t)
	for name, c := range map[string]struct {
		main, beside string
		want         []string
	}{
		"none":                    {main: "func main() { println(1) }"},
		"a verb":                  {main: "func main() { m := Train(1); _ = m }", want: []string{"var Train = circuitbookVerbs.Train"}},
		"a type and a constant":   {main: "func f(m *Model) float64 { return Chance }", want: []string{"const Chance = circuitbookVerbs.Chance", "type Model = circuitbookVerbs.Model"}},
		"twice":                   {main: "func main() { Train(1); Train(2) }", want: []string{"var Train = circuitbookVerbs.Train"}},
		"a variable of the cell":  {main: "func main() { Train := 1; _ = Train }"},
		"a function of the cells": {main: "func Train(x int) {}\nfunc main() { Train(1) }"},
		"a kept value":            {main: "func main() { println(Train) }", beside: "var Train = 1"},
		"a field":                 {main: "type P struct{ Model int }\nfunc main() { _ = P{Model: 1}.Model }"},
		"generic":                 {main: "func main() { Of(1) }"},
		"not exported":            {main: "func main() { hidden() }"},
		"of a test":               {main: "func main() { Tested() }"},
		"from a dot import":       {main: "import . \"circuitbook/notebooks/lab\"\nfunc main() { Train(1) }"},
		"does not parse":          {main: "func main() { Train(1 }"},
	} {
		t.Chdir(t.TempDir())
		files := map[string]string{"main.go": "package main\n" + c.main, verbsFile: "package main // of the cell before"}
		if c.beside != "" {
			files[valuesFile] = "package main\n" + c.beside
		}
		for f, text := range files {
			if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.addVerbs(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := os.ReadFile(verbsFile)
		if name == "does not parse" {
			continue // the compiler has the word
		}
		if (err == nil) != (c.want != nil) {
			t.Errorf("%s: the file: %q, %v", name, text, err)
			continue
		}
		if err != nil {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), verbsFile, text, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")[4:]
		if !slices.Equal(lines, c.want) {
			t.Errorf("%s: got %q, want %q", name, lines, c.want)
		}
	}
}

// TestVerbsResolve: the type checker sees verbs as names of the program.
func TestVerbsResolve(t *testing.T) {
	l := NewLookup(verbsSetup(t))
	if got := l.Verbs(); !slices.Equal(got, []string{"Chance", "Model", "Train"}) {
		t.Errorf("verbs: %q", got)
	}
	got := string(l.Resolve([]byte("package main\nfunc main() { Train(1)")))
	for _, want := range []string{"package main; import circuitbookVerbs \"circuitbook/notebooks/lab\"\n", "\nvar Train = circuitbookVerbs.Train\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if got := string(l.Resolve([]byte("package main\nfunc main() {}"))); got != "package main\nfunc main() {}" {
		t.Errorf("without a verb: %q", got)
	}
}
