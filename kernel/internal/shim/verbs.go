package shim

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	engine "circuitbook/kernel/internal/module"
)

// VerbsPath is the package whose exported names a cell may use like its own.
const VerbsPath = engine.Path + "/notebooks/lab"

const (
	verbsFile  = "circuitbook_verbs.go"
	verbsAlias = "circuitbookVerbs"
)

// addVerbs has the cell in the working directory compiled with the verbs that it
// uses and that none of its files declares. Each becomes a name of the program, where
// a dot import would clash with every other name of the package. A cell that uses none
// does not link them.
func (s Setup) addVerbs() error {
	declared := map[string]bool{}
	var open []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		return err
	}
	for _, name := range files {
		if name == verbsFile {
			continue
		}
		// With object resolution, for the names that the file does not declare.
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil // the compiler says it better
		}
		for n := range file.Scope.Objects {
			declared[n] = true
		}
		if name == "main.go" || name == "main_test.go" {
			open = append(open, openNames(file, s.packages())...)
		}
	}
	open = slices.DeleteFunc(open, func(n string) bool { return declared[n] })
	if text := verbs(s.packages().kindsIn(VerbsPath), open); text != "" {
		source := "package main\n\nimport " + verbsAlias + " " + strconv.Quote(VerbsPath) + "\n\n" + text
		return os.WriteFile(verbsFile, []byte(source), 0o600)
	}
	if err := os.Remove(verbsFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// openNames are the names that a file uses and does not declare, but for those that it
// may have from a dot import.
func openNames(file *ast.File, pkgs *packages) (names []string) {
	dotted := map[string]bool{}
	for _, imp := range file.Imports {
		if imp.Name == nil || imp.Name.Name != "." {
			continue
		}
		if path, err := strconv.Unquote(imp.Path.Value); err == nil {
			exports, _ := pkgs.exportsOf(path)
			maps.Copy(dotted, exports)
		}
	}
	for _, id := range file.Unresolved {
		if id.IsExported() && !dotted[id.Name] {
			names = append(names, id.Name)
		}
	}
	return names
}

// verbs declares those of the names that are verbs; kinds has how.
func verbs(kinds map[string]string, names []string) string {
	var b strings.Builder
	for _, n := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if kind := kinds[n]; kind != "" {
			fmt.Fprintf(&b, "%s %s = %s.%s\n", kind, n, verbsAlias, n)
		}
	}
	return b.String()
}

// kindsIn says by which word each exported name of a package is declared under another:
// var, const or type. A generic function has none.
func (p *packages) kindsIn(importPath string) map[string]string {
	kinds := map[string]string{}
	dir := p.dir(importPath)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, _ := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if file == nil {
			continue
		}
		for name, o := range file.Scope.Objects {
			if !ast.IsExported(name) {
				continue
			}
			switch o.Kind {
			case ast.Typ:
				kinds[name] = "type"
			case ast.Con:
				kinds[name] = "const"
			case ast.Fun:
				if f, ok := o.Decl.(*ast.FuncDecl); ok && f.Type.TypeParams == nil {
					kinds[name] = "var"
				}
			}
		}
	}
	return kinds
}

// Verbs lists the names of the verbs, sorted.
func (l *Lookup) Verbs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.load()
	if l.verbs == nil {
		l.verbs = l.pkgs.kindsIn(VerbsPath)
	}
	return slices.Sorted(maps.Keys(l.verbs))
}

// withVerbs adds to a Go file, which need not be whole, the verbs that it uses.
func (l *Lookup) withVerbs(source []byte) []byte {
	file, _ := parser.ParseFile(token.NewFileSet(), "main.go", source, parser.AllErrors)
	if file == nil || !file.Name.Pos().IsValid() {
		return source
	}
	l.Verbs()
	l.mu.Lock()
	defer l.mu.Unlock()
	text := verbs(l.verbs, openNames(file, l.pkgs))
	at := int(file.Name.End()) - int(file.FileStart)
	if text == "" || at > len(source) {
		return source
	}
	source = slices.Insert(slices.Clone(source), at, []byte("; import "+verbsAlias+" "+strconv.Quote(VerbsPath))...)
	return append(append(source, '\n'), text...)
}
