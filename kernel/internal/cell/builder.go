package cell

import (
	"go/token"
	"strconv"
	"strings"
)

// A line is one of those that GoNB is given.
type line struct {
	text    string
	from    int  // the line of the cell that it is from, 0 for none
	command bool // it is GoNB's
}

// A builder collects the lines of a cell.
type builder []line

// add adds Go text that begins on a line of the cell, 0 if it is from none.
func (b *builder) add(text string, from int) {
	for i, l := range strings.Split(text, "\n") {
		number := from
		if from > 0 {
			number += i
		}
		*b = append(*b, line{text: l, from: number})
	}
}

// line is the command on a line of its own, a magic without the space before its
// name, over which GoNB stumbles; nothing of one that says nothing, at which it
// ends.
func (c Command) line() line {
	rest := strings.TrimLeft(c.Text[1:], " \t")
	switch {
	case rest == "":
		return line{from: c.Line}
	case c.Name() == "%exec":
		rest = strings.TrimSpace("exec " + strings.TrimSpace(strings.TrimPrefix(rest, "exec")))
		fallthrough
	case c.Name() != "":
		return line{text: "%" + rest, from: c.Line, command: true}
	}
	return line{text: c.Text, from: c.Line, command: true}
}

func (b builder) text() string {
	lines := make([]string, len(b))
	for i, l := range b {
		lines[i] = l.text
	}
	return strings.Join(lines, "\n")
}

// goText is the text without the commands.
func (b builder) goText() string {
	lines := make([]string, len(b))
	for i, l := range b {
		if lines[i] = l.text; l.command {
			lines[i] = blank(l.text)
		}
	}
	return strings.Join(lines, "\n")
}

// isMisread reports whether GoNB would not take a line for Go that is Go: it
// looks at nothing but how a line begins.
func (l line) isMisread() bool {
	return !l.command && (looksLikeCommand(l.text) || strings.HasPrefix(l.text, "package"))
}

// disguised is the cell with what GoNB would misread written in another way
// that means the same, in as many lines, but for the tag of a field.
func (b builder) disguised() builder {
	any := false
	for _, l := range b {
		any = any || l.isMisread()
	}
	if !any {
		return b
	}
	text := b.goText()
	at := []int{0} // where lines begin
	for i := range len(text) {
		if text[i] == '\n' {
			at = append(at, i+1)
		}
	}
	list, _ := scan(text)
	last := len(b) - 1
	for i := len(list) - 1; i >= 0; i-- {
		t := list[i]
		if t.Token != token.STRING || text[t.start] != '`' || text[t.end-1] != '`' || t.end-t.start < 2 {
			continue
		}
		for last > 0 && at[last] >= t.end {
			last--
		}
		first := last
		for at[first] > t.start {
			first--
		}
		b = b.rewritten(first, last, t.start-at[first], t.end-at[last], i == 0 || !endsOperand(list[i-1].Token))
	}
	for i, l := range b {
		if l.isMisread() {
			b[i].text = " " + l.text
		}
	}
	return b
}

// endsOperand reports whether a string behind the token is no operand: the tag
// of a field, or what an import names.
func endsOperand(t token.Token) bool {
	switch t {
	case token.IDENT, token.RPAREN, token.RBRACK, token.RBRACE, token.IMPORT:
		return true
	}
	return false
}

// rewritten cuts a raw string, which goes from a column of line first to one of
// line last, before every line of it that would be misread. Where only a
// literal may stand it becomes one of another kind.
func (b builder) rewritten(first, last, from, to int, operand bool) builder {
	misread := false
	for _, l := range b[first+1 : last+1] {
		misread = misread || l.isMisread()
	}
	switch {
	case !misread:
	case operand:
		b[last].text = b[last].text[:to] + ")" + b[last].text[to:]
		for i := last; i > first; i-- {
			if b[i].isMisread() {
				b[i].text = "`" + b[i].text
				b[i-1].text += "` + \"\\n\" +"
			}
		}
		b[first].text = b[first].text[:from] + "(" + b[first].text[from:]
	default:
		value := b[first : last+1].text()
		end := len(value) - (len(b[last].text) - to)
		raw := strings.ReplaceAll(value[from+1:end-1], "\r", "")
		b[first].text = value[:from] + strconv.Quote(raw) + value[end:]
		b = append(b[:first+1], b[last+1:]...)
	}
	return b
}
