package typing

import (
	"go/ast"
	"go/types"
	"strings"
)

// members are what may follow a point after an expression.
func (f *checked) members(x ast.Expr) []Member {
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := f.info.Uses[id].(*types.PkgName); ok {
			return f.exported(p.Imported())
		}
	}
	t := f.info.Types[x].Type
	if t == nil {
		return nil
	}
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() != 1 {
			return nil
		}
		t = tuple.At(0).Type()
	}
	var list []Member
	seen := map[string]bool{}
	add := func(obj types.Object, kind string) {
		if seen[obj.Name()] || !obj.Exported() && obj.Pkg() != f.pkg {
			return
		}
		seen[obj.Name()] = true
		list = append(list, f.member(obj, kind))
	}
	set := types.NewMethodSet(t)
	if _, isPointer := t.Underlying().(*types.Pointer); !isPointer && !types.IsInterface(t) {
		set = types.NewMethodSet(types.NewPointer(t))
	}
	for s := range set.Methods() {
		add(s.Obj(), "function")
	}
	if f.info.Types[x].IsType() {
		return list // a method expression
	}
	for _, field := range fields(t) {
		// The one that Go would take: a promoted one may be hidden.
		if obj, _, _ := types.LookupFieldOrMethod(t, true, f.pkg, field.Name()); obj == field {
			add(field, "field")
		}
	}
	return list
}

// exported are the exported names of a package.
func (f *checked) exported(p *types.Package) (list []Member) {
	for _, name := range p.Scope().Names() {
		obj := p.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		kind := "instance"
		switch obj.(type) {
		case *types.Func:
			kind = "function"
		case *types.TypeName:
			kind = "type"
		}
		list = append(list, f.member(obj, kind))
	}
	return list
}

func (f *checked) member(obj types.Object, kind string) Member {
	text := types.TypeString(obj.Type(), f.qualifier)
	if kind == "type" {
		text = types.TypeString(obj.Type().Underlying(), f.qualifier)
		switch obj.Type().Underlying().(type) {
		case *types.Struct, *types.Interface:
			text, _, _ = strings.Cut(text, "{")
		}
	}
	return Member{Name: obj.Name(), Kind: kind, Type: strings.ReplaceAll(text, "interface{}", "any")}
}

// fields are all fields of a struct, or of what a pointer points to, with
// those of embedded structs after them.
func fields(t types.Type) (list []*types.Var) {
	seen := map[types.Type]bool{}
	for level := []types.Type{t}; len(level) > 0; {
		var next []types.Type
		for _, t := range level {
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			s, ok := t.Underlying().(*types.Struct)
			if !ok || seen[t] {
				continue
			}
			seen[t] = true
			for field := range s.Fields() {
				list = append(list, field)
				if field.Embedded() {
					next = append(next, field.Type())
				}
			}
		}
		level = next
	}
	return list
}

// keys are the fields that a literal of a struct does not name yet.
func (f *checked) keys(lit *ast.CompositeLit) (list []Member) {
	t := f.info.Types[lit].Type
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // the type of an element may be left out
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	named := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				named[id.Name] = true
			}
		}
	}
	for field := range s.Fields() {
		if !named[field.Name()] && (field.Exported() || field.Pkg() == f.pkg) {
			list = append(list, f.member(field, "field"))
		}
	}
	return list
}
