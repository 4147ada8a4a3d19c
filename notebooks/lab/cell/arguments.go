package cell

import "fmt"

// NamedLines are the arguments name, line, name, line of a verb.
func NamedLines(verb string, arguments []string) (names, lines []string) {
	if len(arguments) == 0 || len(arguments)%2 != 0 {
		End(fmt.Errorf("%s takes a name before every line; it got %d arguments", verb, len(arguments)))
	}
	for i := 0; i+1 < len(arguments); i += 2 {
		names, lines = append(names, arguments[i]), append(lines, arguments[i+1])
	}
	return names, lines
}
