package cell

import (
	"go/scanner"
	"go/token"
)

// A walk reads Go source, between the commands of a cell, up to places in it.
type walk struct {
	source  []byte
	base    int // where the scanner began
	file    *token.File
	s       scanner.Scanner
	next    token.Token // at offset start, not passed yet
	start   int
	depth   int  // brackets that are open
	between bool // a declaration or a statement could begin
}

func newWalk(source string) *walk {
	w := &walk{source: []byte(source), between: true}
	w.goOn(0)
	return w
}

// goOn goes on at an offset: what is between is not Go.
func (w *walk) goOn(offset int) {
	w.base = min(offset, len(w.source))
	text := w.source[w.base:]
	fset := token.NewFileSet()
	w.file = fset.AddFile("", fset.Base(), len(text))
	w.s.Init(w.file, text, func(token.Position, string) {}, scanner.ScanComments)
	w.scan()
}

func (w *walk) scan() {
	pos, t, _ := w.s.Scan()
	w.next, w.start = t, w.base+w.file.Offset(pos)
}

// begins reports whether a declaration or a statement of the outermost level
// could begin at an offset, which is that of a line and not before one that was
// asked for.
func (w *walk) begins(offset int) bool {
	for w.start < offset && w.next != token.EOF {
		switch w.next {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			w.depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			w.depth = max(0, w.depth-1)
		}
		if w.next != token.COMMENT {
			w.between = w.next == token.SEMICOLON
		}
		w.scan()
	}
	return w.start == offset && w.depth == 0 && w.between
}
