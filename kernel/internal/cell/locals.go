package cell

import (
	"go/ast"
	"go/token"
)

// locals are the names that a statement declares for those after it: not those
// within a block of its own.
func locals(text string) []string {
	var names []string
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			names = append(names, id.Name)
		}
	}
	for _, s := range statements(text) {
		for {
			l, ok := s.(*ast.LabeledStmt)
			if !ok {
				break
			}
			s = l.Stmt
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
			if gen == nil || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					add(id)
				}
			}
		}
	}
	return names
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
