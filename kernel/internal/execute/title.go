package execute

import (
	"strings"
	"unicode"

	"circuitbook/kernel/internal/cell"
)

// title is the line by which a cell is shown: its first comment that says
// something, else its first line that is more than a frame for others. A cell
// that is not Go is shown by its first line, and one that only imports as that.
func title(source string) string {
	source = cell.Normal(source)
	if cell.IsForeign(source) {
		return cell.Commands(source)[0].Text
	}
	first, imports := "", false
	in := "" // what is open: "(" in imports, "/*" in a comment
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		switch {
		case in == "(":
			if line == ")" {
				in = ""
			}
			continue
		case in == "/*", strings.HasPrefix(line, "/*"):
			text, rest, closed := strings.Cut(strings.TrimPrefix(line, "/*"), "*/")
			if in = ""; !closed {
				in = "/*"
			}
			if says(text) {
				return strings.Trim(text, "* ")
			}
			line = strings.TrimSpace(rest)
		case isComment(line):
			if text := strings.TrimLeft(line, "/"); says(text) {
				return strings.TrimSpace(text)
			}
			continue
		case cell.FirstWord(line) == "import":
			imports = true
			if strings.HasSuffix(line, "(") {
				in = "("
			}
			continue
		}
		if first == "" && !isFrame(line) {
			first = strings.TrimPrefix(line, "//gonb:")
		}
	}
	if first == "" && imports {
		return "imports"
	}
	return first
}

// isComment reports whether the line is a comment to a reader: not one to Go
// or to GoNB.
func isComment(line string) bool {
	return strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "//go:") && !strings.HasPrefix(line, "//gonb:")
}

// isFrame reports whether the line, which is no comment, only holds others
// together.
func isFrame(line string) bool {
	line = strings.TrimPrefix(line, "//gonb:")
	switch cell.FirstWord(line) {
	case "%%", "%main", "package":
		return true
	}
	return strings.HasPrefix(line, "//go:") || line == "func main() {" || !strings.ContainsFunc(line, isWord)
}

// says reports whether there is a word in the text of a comment.
func says(text string) bool { return strings.ContainsFunc(text, isWord) }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
