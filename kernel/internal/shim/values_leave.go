package shim

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"

	"circuitbook/kernel/internal/cell"
)

// leave has the program keep, where it ends, its variables and those in keep.
func (p *cellProgram) leave(w *valuesWriter, keep map[string]string) (edits []edit) {
	var local []string // the variables of the statements so far
	call := func(hidden map[string]bool) string {
		var b strings.Builder
		for _, name := range local {
			if !hidden[name] {
				fmt.Fprintf(&b, cell.KeepFunc+"(%q, \"\", %s); ", name, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(keep)) {
			if !slices.Contains(local, name) && !hidden[name] {
				fmt.Fprintf(&b, cell.KeepFunc+"(%q, %q, %s); ", name, keep[name], name)
			}
		}
		return strings.TrimSuffix(b.String(), "; ")
	}
	last := p.main.Body.Lbrace + 1
	ended := false
	for _, s := range p.main.Body.List {
		for _, r := range returns(s) {
			if text := call(declaredWithin(s)); text != "" {
				edits = append(edits, edit{p.offset(r.Pos()), p.offset(r.End()), "{ " + text + "; return }"})
				w.keeps = true
			}
		}
		names, types := cell.Declares(s)
		for _, n := range names {
			if !slices.Contains(local, n) {
				local = append(local, n)
			}
		}
		w.local = append(w.local, types...)
		last = s.End()
		_, ended = s.(*ast.ReturnStmt)
	}
	if text := call(nil); text != "" && !ended {
		at := p.offset(last)
		edits = append(edits, edit{at, at, "; " + text})
		w.keeps = true
	}
	return edits
}

// returns are the statements within one that end the program's main function.
func returns(s ast.Stmt) (list []*ast.ReturnStmt) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			list = append(list, n)
		}
		return true
	})
	return list
}

// declaredWithin are the names that stand within a statement for something of its
// own, as far as they may hide a variable from a return in it.
func declaredWithin(s ast.Stmt) map[string]bool {
	hidden := map[string]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				for _, e := range []ast.Expr{n.Key, n.Value} {
					if id, ok := e.(*ast.Ident); ok {
						hidden[id.Name] = true
					}
				}
			}
		case ast.Stmt:
			names, types := cell.Declares(n)
			for _, name := range append(names, types...) {
				hidden[name] = true
			}
		}
		return true
	})
	return hidden
}
