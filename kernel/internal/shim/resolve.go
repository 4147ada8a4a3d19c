package shim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Resolve adds to a Go file, which need not be whole, the imports of the
// packages that it uses by name: where several have the name, the first that
// has all that is used of it, else the first. Names in ignore are not used. It
// is what goimports and the shim do for a whole cell, without a process, the verbs
// included.
func (l *Lookup) Resolve(source []byte, ignore ...string) []byte {
	source = l.withVerbs(source)
	file, _ := parser.ParseFile(token.NewFileSet(), "main.go", source, parser.AllErrors)
	if file == nil || !file.Name.Pos().IsValid() {
		return source
	}
	imported := map[string]bool{}
	for _, imp := range file.Imports {
		if p, err := strconv.Unquote(imp.Path.Value); err == nil {
			imported[path.Base(p)] = true
		}
		if imp.Name != nil {
			imported[imp.Name.Name] = true
		}
	}
	open := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		open[id] = true
	}
	uses := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && open[id] && !imported[id.Name] {
				list := uses[id.Name]
				if !slices.Contains(ignore, sel.Sel.Name) {
					list = append(list, sel.Sel.Name)
				}
				uses[id.Name] = list
			}
		}
		return true
	})
	var add strings.Builder
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if p := l.choose(name, uses[name]); p != "" {
			add.WriteString("; import " + strconv.Quote(p))
		}
	}
	at := int(file.Name.End()) - int(file.FileStart)
	if at > len(source) {
		return source // a name that the parser made up
	}
	return slices.Insert(slices.Clone(source), at, []byte(add.String())...)
}

// choose is the import path that a name stands for, "" if there is none.
func (l *Lookup) choose(name string, members []string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.paths(name)
	for _, p := range all {
		exports, ok := l.pkgs.exportsOf(p)
		if ok && !slices.ContainsFunc(members, func(m string) bool { return !exports[m] }) {
			return p
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return ""
}
