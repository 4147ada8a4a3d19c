package cell

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// Program is the Go file that a cell is compiled as, after the cells before it:
// their declarations, the last of every name, and the cell's statements in
// main. Lines are not kept. What does not parse is left out, but for the
// statements, which are taken as they are.
func Program(earlier []string, current string) string {
	var imports []string
	texts := map[string]string{}
	var order []string
	put := func(names []string, text string) {
		key := strings.Join(names, " ")
		for _, old := range order {
			// A later declaration of one of its names replaces an earlier one.
			if old != key && overlap(strings.Fields(old), names) {
				delete(texts, old)
			}
		}
		if _, ok := texts[key]; !ok {
			order = append(order, key)
		}
		texts[key] = text
	}
	add := func(source string) (statements string) {
		declarations, statements := parts(source)
		items, _ := split(declarations)
		for _, i := range items {
			text := declarations[i.first:i.end]
			if i.kind == importing {
				imports = append(imports, text)
				continue
			}
			if names := declared(text); len(names) > 0 {
				put(names, text)
			}
		}
		return statements
	}
	for _, source := range earlier {
		add(source)
	}
	body := add(current)
	var out strings.Builder
	out.WriteString("package main\n")
	for _, text := range imports {
		out.WriteString(text + "\n")
	}
	seen := map[string]bool{}
	for _, key := range order {
		if text, ok := texts[key]; ok && !seen[key] {
			seen[key] = true
			out.WriteString(text + "\n")
		}
	}
	out.WriteString("func main() {\n" + body + "\n}\nfunc " + ResultFunc + "(...any) {}\n")
	return out.String()
}

// overlap reports whether two lists share a name.
func overlap(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// parts are the declarations of a cell and the statements of its program.
func parts(source string) (declarations, statements string) {
	if IsForeign(source) {
		return "", ""
	}
	prepared := Prepare(source, nil)
	text := withoutCommands(prepared.Source, Commands(prepared.Source))
	if prepared.Body == 0 {
		return text, ""
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[:prepared.Body-1], "\n"), strings.Join(lines[prepared.Body:], "\n")
}

// declared are the names that a declaration gives, methods with their types;
// none if it does not parse.
func declared(text string) (names []string) {
	for _, n := range namesIn(text) {
		if n.name != "_" && n.name != "main" {
			names = append(names, n.name)
		}
	}
	return names
}

// receiver is the name of the type that a method is of.
func receiver(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// Closed returns text with the brackets closed that are open at its end; ok is
// false if it ends in a comment or a string.
func Closed(text string) (closed string, ok bool) {
	list, clean := scan(text)
	var stack []string
	for _, t := range list {
		switch t.Token {
		case token.LPAREN:
			stack = append(stack, ")")
		case token.LBRACK:
			stack = append(stack, "]")
		case token.LBRACE:
			stack = append(stack, "}")
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(stack) == 0 || stack[len(stack)-1] != t.Token.String() {
				return text, false
			}
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) > 0 && endsInLineComment(text) {
		text += "\n"
	}
	for _, s := range slices.Backward(stack) {
		if s == "}" {
			text += "\n"
		}
		text += s
	}
	return text, clean
}

// endsInLineComment reports whether what follows the text on its last line would
// belong to a comment.
func endsInLineComment(text string) bool {
	list, _ := tokens(text, scanner.ScanComments)
	for _, t := range slices.Backward(list) {
		if t.Token == token.COMMENT {
			return strings.HasPrefix(t.text, "//") && !strings.Contains(text[t.start:], "\n")
		}
	}
	return false
}
