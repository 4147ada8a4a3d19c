package typing

import (
	"context"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"circuitbook/kernel/internal/cell"
)

// A Checker answers questions about cells.
type Checker struct {
	Exports *Exports
	// Imports adds to a Go file the imports of the packages that it uses by
	// name; nil adds none.
	Imports func(source []byte) []byte
}

// A Place is a place in a cell.
type Place struct {
	Earlier []string // the sources of the cells before it
	Before  string   // the cell up to the place
}

// A Member is what may stand at a place.
type Member struct {
	Name string
	Kind string // "function", "method" (here: "function"), "field", "instance" or "type", as Jupyter's front ends know them
	Type string // as Go writes it, with packages by their names
}

// Here is the name that stands at the place in question.
const Here = "circuitbookHere"

// endings are what may end the statement that a place is in, so that it parses.
var endings = []string{"", " {}", "; ; {}", ":"}

// Members are what can stand at a place whose last word, if there is one, is
// cut off: after a point the fields and methods of what is before it, within a
// composite literal the fields of its struct. They are sorted by name; none
// where nothing is known.
func (c *Checker) Members(ctx context.Context, p Place) []Member {
	found := look(ctx, c, p, Here, func(f *checked) []Member {
		path := f.at(Here)
		if len(path) == 0 {
			return nil
		}
		switch x := path[0].(type) {
		case *ast.SelectorExpr:
			return f.members(x.X)
		case *ast.CompositeLit:
			return f.keys(x)
		}
		return nil
	})
	slices.SortFunc(found, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// An Object is what a name stands for.
type Object struct {
	Text    string // its declaration, as Go writes it
	Package string // the import path of the package that declares it, "" for the cells themselves
	Name    string // within the package, such as Model.Top; "" for what is local
}

// Describe says what the last word before a place stands for. ok is false
// where nothing is known.
func (c *Checker) Describe(ctx context.Context, p Place) (o Object, ok bool) {
	word := p.Before[len(strings.TrimRightFunc(p.Before, isWord)):]
	if word == "" {
		return o, false
	}
	p.Before = strings.TrimSuffix(p.Before, word)
	found := look(ctx, c, p, word, func(f *checked) []Object {
		// The word may stand in the file often; the last one is meant.
		var last *ast.Ident
		ast.Inspect(f.file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == word && f.inMain(id) && (last == nil || id.Pos() > last.Pos()) && !f.isOurs(id) {
				last = id
			}
			return true
		})
		if last == nil {
			return nil
		}
		obj := f.info.ObjectOf(last)
		if _, isLabel := obj.(*types.Label); isLabel || obj == nil {
			return nil
		}
		return []Object{f.describe(obj)}
	})
	if len(found) == 0 {
		return o, false
	}
	return found[0], true
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}

// look checks the program of a place with a word at it, with one ending after
// the other, until something is found.
func look[T any](ctx context.Context, c *Checker, p Place, word string, find func(*checked) []T) []T {
	for _, ending := range endings {
		text, ok := cell.Closed(p.Before + word + ending)
		if !ok {
			return nil
		}
		source := []byte(cell.Program(p.Earlier, text))
		if c.Imports != nil {
			source = c.Imports(source)
		}
		f := c.check(ctx, source)
		if f == nil || ctx.Err() != nil {
			return nil
		}
		if found := find(f); len(found) > 0 {
			return found
		}
	}
	return nil
}
