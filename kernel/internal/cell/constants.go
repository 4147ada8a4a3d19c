package cell

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// spelled writes out the groups of constants in which a line has several names.
// GoNB puts each name on a line of its own, where iota counts otherwise and a
// value that is left out is that of another name. Lines stay where they are.
func spelled(text string, items []item) string {
	var out strings.Builder
	at := 0
	for _, i := range items {
		if i.kind != constant {
			continue
		}
		own := text[i.first:i.end]
		for _, e := range spelledGroup(own) {
			out.WriteString(text[at:i.first+e.from] + e.text)
			at = i.first + e.to
		}
	}
	return out.String() + text[at:]
}

// An edit puts a text in the place of another.
type edit struct {
	from, to int
	text     string
}

// spelledGroup are the edits of a declaration of constants, none if GoNB reads it
// well, or if it is not simple enough.
func spelledGroup(text string) (edits []edit) {
	f := file(text, false)
	if f == nil || len(f.Decls) != 1 || strings.Contains(text, "`") {
		return nil
	}
	gen, ok := f.Decls[0].(*ast.GenDecl)
	if !ok {
		return nil
	}
	offset := func(p token.Pos) int { return int(p-f.FileStart) - len(fileHead) }
	part := func(n ast.Node) string { return text[offset(n.Pos()):offset(n.End())] }
	several := false
	var last *ast.ValueSpec // with values
	for i, s := range gen.Specs {
		spec := s.(*ast.ValueSpec)
		several = several || len(spec.Names) > 1
		if len(spec.Values) > 0 {
			last = spec
		}
		if last == nil || len(last.Values) != len(spec.Names) {
			return nil // the compiler says what is wrong
		}
		var each []string
		for k, name := range spec.Names {
			if name.Name == "iota" {
				return nil
			}
			kind := ""
			if last.Type != nil {
				kind = " " + part(last.Type)
			}
			each = append(each, name.Name+kind+" = "+counted(part(last.Values[k]), i))
		}
		whole := part(spec)
		line := strings.ReplaceAll(strings.Join(each, "; "), "\n", " ")
		if strings.Contains(line, "//") || strings.Contains(line, "/*") {
			return nil
		}
		edits = append(edits, edit{offset(spec.Pos()), offset(spec.End()), line + strings.Repeat("\n", strings.Count(whole, "\n"))})
	}
	if !several || !gen.Lparen.IsValid() && !strings.Contains(text, "iota") {
		return nil
	}
	if !gen.Lparen.IsValid() { // only a group takes several
		edits[0].text = "(" + edits[0].text + ")"
	}
	return edits
}

// counted is an expression with the number that iota stands for.
func counted(text string, iota int) string {
	list, _ := scan(text)
	var out strings.Builder
	at := 0
	for i, t := range list {
		if t.Token == token.IDENT && t.text == "iota" && (i == 0 || list[i-1].Token != token.PERIOD) {
			out.WriteString(text[at:t.start] + strconv.Itoa(iota))
			at = t.end
		}
	}
	return out.String() + text[at:]
}
