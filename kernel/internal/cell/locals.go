package cell

import (
	"go/ast"
	"go/token"
)

// locals are the variables that a statement declares for those after it: not those
// within a block of its own.
func locals(text string) (names []string) {
	for _, s := range statements(text) {
		variables, _ := Declares(s)
		names = append(names, variables...)
	}
	return names
}

// Declares are the variables and the types that a statement declares for those after
// it.
func Declares(s ast.Stmt) (variables, types []string) {
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			break
		}
		s = l.Stmt
	}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			variables = append(variables, id.Name)
		}
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, e := range s.Lhs {
				add(e)
			}
		}
	case *ast.DeclStmt:
		gen, _ := s.Decl.(*ast.GenDecl)
		if gen == nil {
			break
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				if gen.Tok == token.VAR {
					for _, id := range spec.Names {
						add(id)
					}
				}
			case *ast.TypeSpec:
				types = append(types, spec.Name.Name)
			}
		}
	}
	return variables, types
}

// mentions reports whether the text uses one of the names other than as a
// field or a member.
func mentions(text string, names map[string]bool) bool {
	list, _ := scan(text)
	for i, t := range list {
		if t.Token == token.IDENT && names[t.text] && (i == 0 || list[i-1].Token != token.PERIOD) {
			return true
		}
	}
	return false
}
