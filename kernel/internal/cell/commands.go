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

// hidden begins a comment in which a command may stand.
const hidden = "//gonb:"

// looksLikeCommand reports whether GoNB would take a line for a command,
// wherever it stands.
func looksLikeCommand(line string) bool {
	line = strings.TrimPrefix(line, hidden)
	return len(line) > 1 && (line[0] == '%' || line[0] == '!')
}

// Commands lists the lines of a cell that are GoNB's: shell commands, magics,
// and the first line of a script. The rest of a script is not looked at. Such a
// line begins in the first column, may hide in a comment "//gonb:", and goes on
// after a backslash. It stands where a declaration or a statement of the
// outermost level could begin: what looks like one within a comment, a string,
// brackets or an expression is Go.
func Commands(source string) []Command {
	lines := strings.Split(source, "\n")
	if first := strings.TrimLeft(strings.TrimPrefix(lines[0], hidden), " \t"); slices.Contains(Magics, FirstWord(first)) {
		return []Command{{Line: 1, Text: first, Next: 2}}
	}
	var list []Command
	w := newWalk(source)
	at := 0 // where line i begins
	for i := 0; i < len(lines); i++ {
		begin := at
		at += len(lines[i]) + 1
		if !looksLikeCommand(lines[i]) || !w.begins(begin) {
			continue
		}
		c := Command{Line: i + 1, Text: strings.TrimPrefix(lines[i], hidden)}
		for strings.HasSuffix(c.Text, `\`) {
			c.Text = strings.TrimSuffix(c.Text, `\`) + " "
			if i+1 == len(lines) {
				break
			}
			i++
			at += len(lines[i]) + 1
			c.Text += strings.TrimPrefix(lines[i], hidden)
		}
		c.Next = i + 2
		list = append(list, c)
		w.goOn(at)
	}
	return list
}

// IsForeign reports whether a cell's first line makes it one that is not Go.
func IsForeign(source string) bool {
	first, _, _ := strings.Cut(source, "\n")
	return slices.Contains(Magics, FirstWord(strings.TrimPrefix(first, hidden)))
}

// isScript reports whether the line makes the cell a script.
func isScript(line string) bool { return slices.Contains(scriptMagics, FirstWord(line)) }

// FirstWord is the part of a line before its first space.
func FirstWord(line string) string {
	line = strings.TrimSpace(line)
	if n := strings.IndexAny(line, " \t"); n >= 0 {
		return line[:n]
	}
	return line
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

// opensProgram reports whether the statements of the program follow the command.
func (c Command) opensProgram() bool { return c.Name() == "%%" || c.Name() == "%main" }

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

// IsStock reports whether a cell is of GoNB's own form: its statements stand below %%
// or %main.
func IsStock(source string) bool {
	return !IsForeign(source) && slices.ContainsFunc(Commands(source), func(c Command) bool { return c.Name() == "%%" || c.Name() == "%main" })
}
