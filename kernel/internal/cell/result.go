package cell

import (
	"go/ast"
	"go/parser"
	"slices"
	"strings"
)

// printers are the packages of functions whose results nobody looks at, by
// the beginnings of the functions' names.
var printers = map[string][]string{
	"fmt": {"Print", "Fprint"},
	"log": {""},
}

// silent are the predeclared functions that are called for what they do.
var silent = []string{"print", "println", "panic", "close", "delete", "clear", "copy"}

// isResult reports whether the text is an expression with a value to show.
func isResult(text string, void func(string) bool) bool {
	if _, err := parser.ParseExpr(text); err != nil {
		return false
	}
	name := callee(text)
	if name == "" {
		return true
	}
	if slices.Contains(silent, name) || (void != nil && void(name)) {
		return false
	}
	pkg, member, _ := strings.Cut(name, ".")
	return !slices.ContainsFunc(printers[pkg], func(prefix string) bool { return strings.HasPrefix(member, prefix) })
}

// callee is the name of the function that an expression calls, as written;
// "func" if it has none, and "" if the expression is no call.
func callee(text string) string {
	expr, err := parser.ParseExpr(text)
	if err != nil {
		return ""
	}
	call, ok := ast.Unparen(expr).(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return "func"
}
