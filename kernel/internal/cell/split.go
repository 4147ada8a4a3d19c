package cell

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"
)

// A kind says what an item of a cell is.
type kind int

const (
	statement kind = iota
	importing
	function // or a method
	typing
	constant
	variable
)

// An item is one declaration or statement on the outermost level of a cell.
type item struct {
	kind       kind
	start, end int  // offsets in the source; what is before it since the last item is its own
	first      int  // the offset of its first token
	closed     bool // by a semicolon that is in the text
}

// tok is a token with its place.
type tok struct {
	token.Token
	text  string
	start int
	end   int
}

// scan returns the tokens of Go source, and whether all of it could be read.
func scan(source string) (list []tok, ok bool) { return tokens(source, 0) }

// tokens is like scan, with comments if the mode says so.
func tokens(source string, mode scanner.Mode) (list []tok, ok bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, mode)
	for {
		pos, t, text := s.Scan()
		if t == token.EOF {
			return list, s.ErrorCount == 0
		}
		start := file.Offset(pos)
		list = append(list, tok{t, text, start, tokenEnd(source, start, t, text)})
	}
}

// tokenEnd is where a token ends that begins at start: not always where its
// text would.
func tokenEnd(source string, start int, t token.Token, text string) int {
	switch {
	case t == token.SEMICOLON && text == "\n":
		return start // it is not in the source
	case t == token.STRING && text[0] == '`': // without its carriage returns
		if n := strings.IndexByte(source[start+1:], '`'); n >= 0 {
			return start + n + 2
		}
		return len(source)
	case t == token.ILLEGAL:
		_, n := utf8.DecodeRuneInString(source[start:])
		return start + n
	case text == "":
		text = t.String()
	}
	return min(start+len(text), len(source))
}

// split cuts Go source into its outermost items. ok is false if it ends within
// one, or closes what it did not open.
func split(source string) (items []item, ok bool) {
	list, ok := scan(source)
	depth, begin, at := 0, 0, 0 // at is where the item's text begins
	for i, t := range list {
		switch t.Token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 { // the rest stays together, for the parser to refuse
				return append(items, item{kind: statement, start: at, first: list[begin].start, end: list[len(list)-1].end}), false
			}
		}
		last := i == len(list)-1
		if (depth > 0 || t.Token != token.SEMICOLON) && !last {
			continue
		}
		tokens := list[begin : i+1]
		closed := t.Token == token.SEMICOLON
		if closed {
			tokens = list[begin:i]
		}
		if closed && !last && t.text == ";" && inHeader(source, tokens) {
			continue
		}
		if len(tokens) > 0 {
			items = append(items, item{
				kind: kindOf(tokens), start: at, first: tokens[0].start, end: tokens[len(tokens)-1].end,
				closed: closed && t.text == ";",
			})
			at = tokens[len(tokens)-1].end
		}
		begin = i + 1
		if closed && t.text == ";" {
			at = t.end
		}
	}
	return items, ok && depth == 0
}

// inHeader reports whether a semicolon behind the tokens is one of those in the
// header of a for, an if or a switch: what is before it is no statement yet.
func inHeader(source string, tokens []tok) bool {
	depth, header := 0, false
	for _, t := range tokens {
		switch t.Token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.FOR, token.IF, token.SWITCH:
			header = header || depth == 0
		}
	}
	if !header {
		return false
	}
	text := source[tokens[0].start:tokens[len(tokens)-1].end]
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {"+text+"\n}", parser.SkipObjectResolution)
	return err != nil
}

// kindOf tells what an item is from its tokens.
func kindOf(tokens []tok) kind {
	switch tokens[0].Token {
	case token.IMPORT:
		return importing
	case token.TYPE:
		return typing
	case token.CONST:
		return constant
	case token.VAR:
		return variable
	case token.FUNC:
		if len(tokens) > 1 && tokens[1].Token == token.IDENT {
			return function
		}
		// A method, unless it is a literal: func (x T) name( against
		// func (x T) result {.
		depth := 0
		for i, t := range tokens[1:] {
			switch t.Token {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			}
			if depth == 0 {
				rest := tokens[i+2:]
				if len(rest) > 1 && rest[0].Token == token.IDENT && rest[1].Token == token.LPAREN {
					return function
				}
				break
			}
		}
	}
	return statement
}

// fileHead is before the text of a file.
const fileHead = "package p\n"

// file parses an item, or several, as Go: declarations as they are, statements
// in a function. It is nil where that is not possible.
func file(text string, statements bool) *ast.File {
	source := fileHead + text
	if statements {
		source = "package p\nfunc _() {\n" + text + "\n}"
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return f
}

// statements returns the statements in text, nil where it does not parse.
func statements(text string) []ast.Stmt {
	f := file(text, true)
	if f == nil || len(f.Decls) != 1 {
		return nil
	}
	return f.Decls[0].(*ast.FuncDecl).Body.List
}

// lineOf is the line, from 1, of an offset.
func lineOf(source string, offset int) int { return strings.Count(source[:offset], "\n") + 1 }
