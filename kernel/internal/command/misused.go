package command

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

var (
	unexpectedArgument = regexp.MustCompile(`^unexpected argument (\S+)(?:, did you mean (.*)\?)?$`)
	withoutValue       = regexp.MustCompile(`^(--?\S+): (?:expected \S+ value but got "EOL" \(<EOL>\)|missing value, .*)$`)
)

// misused says what is wrong with a command line that the parser refuses, and
// what to do.
func misused(err error) string {
	text, see := err.Error(), "circuitbook --help"
	var at *kong.Node
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		at = parse.Context.Model.Node
		if selected := parse.Context.Selected(); selected != nil {
			at = selected
		} else if n := last(parse.Context); n != nil {
			at = n
		}
		see = at.FullPath() + " --help"
	}
	if m := withoutValue.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s needs a value (see %s)", m[1], see)
	}
	m := unexpectedArgument.FindStringSubmatch(text)
	if m == nil || at == nil {
		return fmt.Sprintf("%s (see %s)", text, see)
	}
	if list := commandsOf(at); len(list) > 0 {
		said := fmt.Sprintf("there is no command %s; there are %s", strings.TrimPrefix(at.FullPath()+" "+m[1], "circuitbook "), strings.Join(list, ", "))
		if strings.HasSuffix(m[1], ".ipynb") {
			said = fmt.Sprintf("%s is no command: circuitbook run %[1]s executes it, circuitbook lab %[1]s opens it", m[1])
		}
		return fmt.Sprintf("%s (see %s)", said, see)
	}
	said := "unexpected argument " + m[1]
	switch n := len(at.Positional); {
	case n == 0:
		said += fmt.Sprintf(": %s takes none", at.FullPath())
	case n == 1 && !at.Positional[0].IsCumulative():
		said += fmt.Sprintf(": %s takes one %s", at.FullPath(), at.Positional[0].Name)
		if ext := filepath.Ext(m[1]); at.Name == "run" && (ext == ".html" || ext == ".pdf") {
			said += "; --out names the folder that its report goes to, and --pdf prints that"
		} else if at.Name == "run" {
			said += "; a parameter is set by -p NAME=VALUE, in one word"
		}
	}
	return fmt.Sprintf("%s (see %s)", said, see)
}

// last is the last command that was understood, nil if none was.
func last(c *kong.Context) (found *kong.Node) {
	for _, p := range c.Path {
		if p.Command != nil {
			found = p.Command
		}
	}
	return found
}

// commandsOf are the names of the commands below a node that are for people.
func commandsOf(at *kong.Node) (names []string) {
	for _, child := range at.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}
