// Package cell reads the source of a notebook's cell: which of its lines are
// GoNB's, which are declarations, which are statements, and what it evaluates
// to. From that it makes the cell that GoNB is given.
package cell

import (
	"slices"
	"strings"
)

// A Command is a line of a cell that is GoNB's and not Go.
type Command struct {
	Line int    // from 1
	Text string // with its % or !, as GoNB reads it
	Next int    // the line after it: a command may take several
}

// scriptMagics are the first words of cells that are given to a program, and
// Magics those of all cells that are not Go.
var (
	scriptMagics = []string{"%%bash", "%%sh", "%%script"}
	Magics       = append([]string{"%%writefile", "%%gx"}, scriptMagics...)
)

// Commands lists the lines of a cell that GoNB takes as its own: shell
// commands, magics, and the first line of a script. The rest of a script is
// not looked at. It follows GoNB's reading: such a line begins in the first
// column, may hide in a comment "//gonb:", and goes on after a backslash.
func Commands(source string) []Command {
	var list []Command
	lines := strings.Split(source, "\n")
	for i := 0; i < len(lines); i++ {
		text := strings.TrimPrefix(lines[i], "//gonb:")
		if len(text) < 2 || (text[0] != '%' && text[0] != '!') {
			continue
		}
		c := Command{Line: i + 1, Text: text}
		if i == 0 && slices.Contains(Magics, FirstWord(text)) {
			c.Next = 2
			return []Command{c}
		}
		for strings.HasSuffix(c.Text, `\`) && i+1 < len(lines) {
			i++
			c.Text = strings.TrimSuffix(c.Text, `\`) + " " + strings.TrimPrefix(lines[i], "//gonb:")
		}
		c.Next = i + 2
		list = append(list, c)
	}
	return list
}

// IsForeign reports whether a cell's first line makes it one that is not Go.
func IsForeign(source string) bool {
	all := Commands(source)
	return len(all) > 0 && all[0].Line == 1 && slices.Contains(Magics, FirstWord(all[0].Text))
}

// isScript reports whether the line makes the cell a script.
func isScript(line string) bool { return slices.Contains(scriptMagics, FirstWord(line)) }

// FirstWord is the part of a line before its first space.
func FirstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}

// Name is the word of a magic as GoNB reads it, "" for a shell command.
func (c Command) Name() string {
	if c.Text[0] != '%' {
		return ""
	}
	return "%" + FirstWord(c.Text[1:])
}

// IsShell reports whether the command is given to a shell or another program.
func (c Command) IsShell() bool { return c.Text[0] == '!' || isScript(c.Text) }

// WithoutInput returns the source with an end of the input for its shell
// commands, which in GoNB wait for input that nobody is there to type. Scripts
// have their own text for it. Lines stay where they are.
func WithoutInput(source string) string {
	lines := strings.Split(source, "\n")
	for _, c := range Commands(source) {
		if c.Text[0] != '!' {
			continue
		}
		// GoNB takes "!*" for a command in its own folder.
		line := lines[c.Line-1]
		at := strings.IndexByte(line, '!') + 1
		for at < len(line) && strings.IndexByte(" \t", line[at]) >= 0 {
			at++
		}
		if at < len(line) && line[at] == '*' {
			at++
		}
		if strings.TrimSpace(line[at:]) != "" {
			lines[c.Line-1] = line[:at] + "exec </dev/null; " + strings.TrimLeft(line[at:], " \t")
		}
	}
	return strings.Join(lines, "\n")
}
