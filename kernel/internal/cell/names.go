package cell

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Names are what a cell declares for the cells after it, and the functions
// among them that return nothing.
func Names(source string) (names []string, void []string) {
	if IsForeign(source) {
		return nil, nil
	}
	all := Commands(source)
	goText := withoutCommands(source, all)
	for _, c := range all {
		if name := c.Name(); name == "%%" || name == "%main" { // statements follow
			goText = strings.Join(strings.Split(goText, "\n")[:c.Line-1], "\n")
			break
		}
	}
	items, _ := split(goText)
	started := false
	for _, i := range items {
		if i.kind == statement {
			started = true
			continue
		}
		if i.kind == importing || i.kind == variable && started {
			continue
		}
		for _, n := range namesIn(goText[i.first:i.end]) {
			if n.name == "_" || n.name == "main" || n.method {
				continue
			}
			names = append(names, n.name)
			if n.void {
				void = append(void, n.name)
			}
		}
	}
	return names, void
}

// A name is one that a declaration of a cell gives.
type name struct {
	name   string // of a method, Type.Name
	key    string // GoNB's, which keeps one declaration of each
	kind   token.Token
	at     int // its offset in the text
	method bool
	void   bool // a function that returns nothing
}

// namesIn are the names that declarations give, in their order; none if they do
// not parse.
func namesIn(text string) (list []name) {
	f := file(text, false)
	if f == nil {
		return nil
	}
	add := func(id *ast.Ident, kind token.Token) *name {
		at := int(id.Pos()-f.FileStart) - len(fileHead)
		list = append(list, name{name: id.Name, key: id.Name, kind: kind, at: at})
		return &list[len(list)-1]
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(s.Name, token.TYPE)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						add(id, d.Tok)
					}
				}
			}
		case *ast.FuncDecl:
			n := add(d.Name, token.FUNC)
			n.void = d.Recv == nil && d.Type.Results.NumFields() == 0
			if d.Recv == nil || len(d.Recv.List) != 1 {
				continue
			}
			n.method = true
			of := d.Recv.List[0].Type
			n.name = receiver(of) + "." + n.name
			switch x := of.(type) {
			case *ast.Ident:
				n.key = x.Name + "~" + n.key
			case *ast.StarExpr:
				n.key = text[int(x.X.Pos()-f.FileStart)-len(fileHead):int(x.X.End()-f.FileStart)-len(fileHead)] + "~" + n.key
			default:
				n.key = "unknown~" + n.key
			}
		}
	}
	return list
}

// Declaration is the text by which a cell declares the name, with the comment
// before it, "" if it does not.
func Declaration(source, name string) string {
	if IsForeign(source) || name == "" {
		return ""
	}
	goText := withoutCommands(source, Commands(source))
	items, _ := split(goText)
	for _, i := range items {
		if i.kind == importing {
			continue
		}
		own := goText[i.first:i.end]
		declares := slices.Contains(locals(own), name)
		if i.kind != statement {
			names, _ := Names(own)
			declares = declares || slices.Contains(names, name)
		}
		if declares {
			return strings.TrimSpace(goText[i.start:i.end])
		}
	}
	return ""
}

// DeclaredAt is by what %rm takes away the declaration that stands on a line of a
// cell as GoNB was given it, "" if there is none.
func (p Prepared) DeclaredAt(line int) (key string) {
	text := p.declarations()
	items, _ := split(text)
	for _, i := range items {
		if i.kind == importing || i.kind == statement || line < lineOf(text, i.first) || line > lineOf(text, i.end) {
			continue
		}
		for _, n := range namesIn(text[i.first:i.end]) {
			if key == "" || lineOf(text, i.first+n.at) <= line {
				key = n.key
			}
		}
	}
	return key
}
