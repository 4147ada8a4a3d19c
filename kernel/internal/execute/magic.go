package execute

import (
	"slices"
	"strings"
)

// A command is a line of a cell that is GoNB's and not Go.
type command struct {
	Line int    // from 1
	Text string // with its % or !, as GoNB reads it
}

// scriptMagics are the first words of cells that are given to a program, and
// cellMagics those of all cells that are not Go.
var (
	scriptMagics = []string{"%%bash", "%%sh", "%%script"}
	cellMagics   = append([]string{"%%writefile", "%%gx"}, scriptMagics...)
)

// commands lists the lines of a cell that GoNB takes as its own: shell
// commands, magics, and the first line of a script. The rest of a script is
// not looked at. It follows GoNB's reading: such a line begins in the first
// column, may hide in a comment "//gonb:", and goes on after a backslash.
func commands(source string) []command {
	var list []command
	lines := strings.Split(source, "\n")
	for i := 0; i < len(lines); i++ {
		text := strings.TrimPrefix(lines[i], "//gonb:")
		if len(text) < 2 || (text[0] != '%' && text[0] != '!') {
			continue
		}
		c := command{Line: i + 1, Text: text}
		if i == 0 && slices.Contains(cellMagics, firstWord(text)) {
			return []command{c}
		}
		for strings.HasSuffix(c.Text, `\`) && i+1 < len(lines) {
			i++
			c.Text = strings.TrimSuffix(c.Text, `\`) + " " + strings.TrimPrefix(lines[i], "//gonb:")
		}
		list = append(list, c)
	}
	return list
}

// isScript reports whether the line makes the cell a script.
func isScript(line string) bool { return slices.Contains(scriptMagics, firstWord(line)) }

func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}

// isShell reports whether the command is given to a shell or another program.
func (c command) isShell() bool { return c.Text[0] == '!' || isScript(c.Text) }

// withoutInput returns the source with an end of the input for its shell
// commands, which in GoNB wait for input that nobody is there to type. Scripts
// have their own text for it. Lines stay where they are.
func withoutInput(source string) string {
	lines := strings.Split(source, "\n")
	for _, c := range commands(source) {
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
