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

// scriptMagics are the first words of cells that are given to a program.
var scriptMagics = []string{"%%bash", "%%sh", "%%script"}

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
		if i == 0 && (isScript(text) || firstWord(text) == "%%writefile" || firstWord(text) == "%%gx") {
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

// title is the line by which a cell is shown: its first that says something.
func title(source string) string {
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if line != "" && line != "%%" && line != "%main" {
			return strings.TrimSpace(strings.TrimPrefix(line, "//"))
		}
	}
	return ""
}
