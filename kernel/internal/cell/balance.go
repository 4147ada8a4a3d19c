package cell

// Unbalanced finds a bracket of a cell that has no counterpart: its line, from
// 1, and the bracket. One that is not closed is the innermost; ok is false if
// there is none, or if a string or a comment is not closed.
func Unbalanced(source string) (line int, bracket string, ok bool) {
	if IsForeign(source) {
		return 0, "", false
	}
	goText := withoutCommands(source, Commands(source))
	list, clean := scan(goText)
	if !clean {
		return 0, "", false
	}
	closes := map[string]string{")": "(", "]": "[", "}": "{"}
	var open []tok
	for _, t := range list {
		switch text := t.Token.String(); text {
		case "(", "[", "{":
			open = append(open, t)
		case ")", "]", "}":
			switch {
			case len(open) == 0:
				return lineOf(goText, t.start), text, true
			case open[len(open)-1].Token.String() != closes[text]:
				last := open[len(open)-1]
				return lineOf(goText, last.start), last.Token.String(), true
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return 0, "", false
	}
	last := open[len(open)-1]
	return lineOf(goText, last.start), last.Token.String(), true
}
