package shim

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// goimports is the goimports command of a kernel. It first settles the
// imports on which it knows better: names of the engine's packages, which
// other modules use too, and dot imports that a cell makes no use of, which a
// notebook keeps from cell to cell and goimports leaves in place. Of the file that
// goimports writes GoNB reads nothing but the imports.
func (s Setup) goimports(args []string) (int, error) {
	if len(args) > 0 && inCell() {
		// goimports looks for packages of names that it does not find; it looks for
		// those of values in the files beside.
		if err := errors.Join(addOwn(), addValues(false)); err != nil {
			return 0, err
		}
		name := args[len(args)-1]
		if src, err := os.ReadFile(name); err == nil {
			fixed, _ := s.fixImports(src)
			if err := os.WriteFile(name, skeleton(fixed), 0o600); err != nil {
				return 0, err
			}
		}
		return 0, become(s.GoImports, args, s.cellEnv())
	}
	return 0, become(s.GoImports, args, os.Environ())
}

// fixImports returns src with the engine's packages imported where their
// names are used but not declared, and without dot imports of which no name
// is used. What does not parse is left to others.
func (s Setup) fixImports(src []byte) (fixed []byte, changed bool) {
	fset := token.NewFileSet()
	// With object resolution, for the names that the file does not declare.
	file, err := parser.ParseFile(fset, "main.go", src, parser.ParseComments)
	if err != nil {
		return src, false
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	unresolved := map[string]bool{}
	open := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		unresolved[id.Name] = true
		open[id] = true
	}
	pkgs := s.packages()

	imported := map[string]bool{}
	out := slices.Clone(src)
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		for _, spec := range gen.Specs {
			imp := spec.(*ast.ImportSpec)
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				continue
			}
			switch {
			case imp.Name == nil:
				imported[path.Base(p)] = true
			case imp.Name.Name != ".":
				imported[imp.Name.Name] = true
			default:
				exports, ok := pkgs.exportsOf(p)
				if !ok || slices.ContainsFunc(slices.Collect(maps.Keys(unresolved)), func(n string) bool { return exports[n] }) {
					continue
				}
				var node ast.Node = imp
				if !gen.Lparen.IsValid() {
					node = gen
				}
				blank(out[offset(node.Pos()):offset(node.End())])
				changed = true
			}
		}
	}

	uses := map[string]map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && open[id] && !imported[id.Name] {
			if uses[id.Name] == nil {
				uses[id.Name] = map[string]bool{}
			}
			uses[id.Name][sel.Sel.Name] = true
		}
		return true
	})
	var add strings.Builder
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if p := pkgs.provider(name, uses[name]); p != "" {
			add.WriteString("; import " + strconv.Quote(p))
		}
	}
	if add.Len() > 0 {
		// On the line of the package clause, so that lines keep their numbers.
		at := offset(file.Name.End())
		out = slices.Insert(out, at, []byte(add.String())...)
		changed = true
	}
	return out, changed
}

// skeleton is a file with the imports of src, and with the uses of packages that
// decide about them. goimports lays out what it reads, and takes time for the
// square of the length of an expression.
func skeleton(src []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", src, 0)
	if err != nil {
		return src
	}
	var out strings.Builder
	out.WriteString("package main\n")
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			out.Write(src[fset.Position(gen.Pos()).Offset:fset.Position(gen.End()).Offset])
			out.WriteString("\n")
		}
	}
	open := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		open[id] = true
	}
	uses := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && open[id] {
				uses["\t_ = "+id.Name+"."+sel.Sel.Name+"\n"] = true
			}
		}
		return true
	})
	out.WriteString("\nfunc main() {\n" + strings.Join(slices.Sorted(maps.Keys(uses)), "") + "}\n")
	return []byte(out.String())
}

// blank overwrites b with spaces, but for its newlines.
func blank(b []byte) {
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
}
