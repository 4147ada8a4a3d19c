package cell

import (
	"go/ast"
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
	prepared := Prepare(source, nil).Source
	all := Commands(prepared)
	text := withoutCommands(prepared, all)
	for _, c := range all {
		if name := c.Name(); name == "%%" || name == "%main" {
			lines := strings.Split(text, "\n")
			return strings.Join(lines[:c.Line-1], "\n"), strings.Join(lines[min(c.Next-1, len(lines)):], "\n")
		}
	}
	return text, ""
}

// declared are the names that a declaration gives, methods with their types;
// none if it does not parse.
func declared(text string) (names []string) {
	f := file(text, false)
	if f == nil {
		return nil
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			names = append(names, specNames(d)...)
		case *ast.FuncDecl:
			switch {
			case d.Name.Name == "main" && d.Recv == nil:
			case d.Recv == nil || len(d.Recv.List) != 1:
				names = append(names, d.Name.Name)
			default:
				names = append(names, receiver(d.Recv.List[0].Type)+"."+d.Name.Name)
			}
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

// Closed returns text with the brackets closed that are open at its end, and
// how many there were; ok is false if it ends in a comment or a string.
func Closed(text string) (closed string, ok bool) {
	list, clean := scan(text)
	var stack []byte
	for _, t := range list {
		switch t.text {
		case "":
			switch t.Token.String() {
			case "(":
				stack = append(stack, ')')
			case "[":
				stack = append(stack, ']')
			case "{":
				stack = append(stack, '}')
			case ")", "]", "}":
				if len(stack) == 0 || stack[len(stack)-1] != t.Token.String()[0] {
					return text, false
				}
				stack = stack[:len(stack)-1]
			}
		}
	}
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i] == '}' {
			text += "\n"
		}
		text += string(stack[i])
	}
	return text, clean
}
