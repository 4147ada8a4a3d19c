package cell

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A State says whether a cell is ready to be executed.
type State string

// The states of a cell, as Jupyter names them.
const (
	Complete   State = "complete"
	Incomplete State = "incomplete"
	Invalid    State = "invalid"
)

// IsComplete reports whether source could be executed, goes on after its end,
// or is wrong however it goes on; and how far the next line would be indented.
// A cell that is not Go goes on until an empty line.
func IsComplete(source string) (state State, indent string) {
	if strings.HasSuffix(source, "\\") && len(Commands(source)) > 0 {
		return Incomplete, ""
	}
	if IsForeign(source) {
		if strings.HasSuffix(source, "\n") && strings.Count(strings.TrimSpace(source), "\n") > 0 {
			return Complete, ""
		}
		return Incomplete, ""
	}
	all := Commands(source)
	goText := withoutCommands(source, all)
	open, cut := depth(goText)
	switch {
	case open < 0:
		return Invalid, ""
	case open > 0 || cut:
		return Incomplete, strings.Repeat("\t", max(open, 1))
	}
	if goesOn(goText) {
		return Incomplete, "\t"
	}
	items, ok := split(goText)
	if !ok {
		return Invalid, ""
	}
	var imports, declarations, body strings.Builder
	for _, i := range items {
		to := &declarations
		switch i.kind {
		case importing: // first, to be parsed
			to = &imports
		case statement, variable:
			to = &body
		}
		to.WriteString(goText[i.start:i.end] + "\n")
	}
	program := "package p\n" + imports.String() + declarations.String() + "func _() {\n" + body.String() + "\n}\n"
	if _, err := parser.ParseFile(token.NewFileSet(), "", program, parser.SkipObjectResolution); err != nil {
		return Invalid, ""
	}
	return Complete, ""
}

// depth returns how many brackets are open at the end of the text, less than
// 0 if one is closed that was not opened so, and whether the text ends within
// a comment or a raw string.
func depth(text string) (open int, cut bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	wrong := false
	var s scanner.Scanner
	s.Init(file, []byte(text), func(_ token.Position, msg string) {
		if strings.Contains(msg, "not terminated") && (strings.Contains(msg, "comment") || strings.Contains(msg, "raw string")) {
			cut = true
		} else {
			wrong = true
		}
	}, 0)
	pairs := map[token.Token]token.Token{token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK, token.RBRACE: token.LBRACE}
	var stack []token.Token
	for {
		_, t, _ := s.Scan()
		switch t {
		case token.EOF:
			if wrong {
				return -1, false
			}
			return len(stack), cut
		case token.LPAREN, token.LBRACK, token.LBRACE:
			stack = append(stack, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(stack) == 0 || stack[len(stack)-1] != pairs[t] {
				return -1, false
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// goesOn reports whether the text ends with a token that something must
// follow.
func goesOn(text string) bool {
	list, _ := scan(text)
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1]
	switch t := last.Token; {
	case t == token.SEMICOLON:
		return false
	case t == token.BREAK, t == token.CONTINUE, t == token.FALLTHROUGH, t == token.RETURN, t == token.INC, t == token.DEC,
		t == token.RPAREN, t == token.RBRACK, t == token.RBRACE:
		return false
	default:
		return t.IsOperator() || t.IsKeyword()
	}
}
