package typing

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"circuitbook/kernel/internal/cell"
)

// A checked file, as far as it could be.
type checked struct {
	file *ast.File
	pkg  *types.Package
	info *types.Info
}

// check parses and checks a file; errors in it are of no interest. It is nil
// if nothing of it parses.
func (c *Checker) check(ctx context.Context, source []byte) *checked {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "cell.go", source, parser.SkipObjectResolution|parser.AllErrors)
	if file == nil {
		return nil
	}
	f := &checked{file: file, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	conf := types.Config{Importer: importing{ctx, c.Exports}, Error: func(error) {}, FakeImportC: true}
	f.pkg, _ = conf.Check("main", fset, []*ast.File{file}, f.info)
	return f
}

// at is the expression that a name stands in, as what comes after its point or
// as the key of its literal, and nil if it is neither.
func (f *checked) at(name string) (path []ast.Node) {
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == name {
				path = []ast.Node{n}
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if id, ok := e.(*ast.Ident); ok && id.Name == name {
					path = []ast.Node{n}
				}
			}
		}
		return true
	})
	return path
}

// main is the function of the cell's statements, where the place in question
// may be, or in one that the cell declares.
func (f *checked) inMain(id *ast.Ident) bool {
	for _, d := range f.file.Decls {
		if d.Pos() <= id.Pos() && id.Pos() < d.End() {
			_, ok := d.(*ast.FuncDecl)
			return ok
		}
	}
	return false
}

// isOurs reports whether the name stands where the prepared cell, and not its
// author, put it: in the assignment that uses all variables.
func (f *checked) isOurs(id *ast.Ident) bool {
	ours := id.Name == cell.ResultFunc
	ast.Inspect(f.file, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || a.Tok != token.ASSIGN || id.Pos() < a.Pos() || id.Pos() >= a.End() {
			return !ours
		}
		for _, l := range a.Lhs {
			if blank, ok := l.(*ast.Ident); !ok || blank.Name != "_" {
				return true
			}
		}
		ours = true
		return false
	})
	return ours
}

// qualifier writes packages by their names, and the cells' own by none.
func (f *checked) qualifier(p *types.Package) string {
	if p == f.pkg {
		return ""
	}
	return p.Name()
}

// describe says what an object is.
func (f *checked) describe(obj types.Object) Object {
	if p, ok := obj.(*types.PkgName); ok {
		return Object{Text: "package " + p.Imported().Name(), Package: p.Imported().Path()}
	}
	o := Object{Text: strings.ReplaceAll(types.ObjectString(obj, f.qualifier), "interface{}", "any")}
	if obj.Pkg() == nil || obj.Pkg() == f.pkg {
		return o
	}
	o.Package = obj.Pkg().Path()
	switch {
	case obj.Parent() == obj.Pkg().Scope():
		o.Name = obj.Name()
	default:
		if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil {
			if t := named(fn.Signature().Recv().Type()); t != nil {
				o.Name = t.Obj().Name() + "." + obj.Name()
			}
		}
	}
	return o
}

// named is the type with a name that t is or points to; nil if it is none.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}
