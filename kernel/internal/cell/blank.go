package cell

import (
	"go/token"
	"strings"
)

// withoutCommands blanks the lines that are GoNB's, and package clauses, which
// GoNB puts its own in the place of.
func withoutCommands(source string, all []Command) string {
	lines := strings.Split(source, "\n")
	for _, c := range all {
		for i := c.Line; i < c.Next; i++ {
			lines[i-1] = blank(lines[i-1])
		}
	}
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "package") {
		return text
	}
	list, _ := scan(text)
	depth, out := 0, []byte(text)
	for i, t := range list {
		switch t.Token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		case token.PACKAGE:
			if depth > 0 || i > 0 && list[i-1].Token != token.SEMICOLON {
				continue
			}
			end := t.end
			for _, next := range list[i+1:] {
				if end = next.end; next.Token == token.SEMICOLON {
					break
				}
			}
			copy(out[t.start:end], blank(text[t.start:end]))
		}
	}
	return string(out)
}

// blank is as much space as the text, with its line ends.
func blank(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}
