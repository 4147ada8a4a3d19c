package cell

import (
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// directives are comments that GoNB drops with the declaration that they stand
// at, with what to do instead.
var directives = map[string]string{
	"//go:embed":    "which is not compiled beside the notebook's files: read the file by os.ReadFile",
	"//go:linkname": "which GoNB puts together without it: call what the package exports",
	"//go:debug":    "which GoNB puts together without it: %env GODEBUG NAME=VALUE sets it",
}

// cgo is what an import of C code holds.
var cgo = regexp.MustCompile("[\"`]C[\"`]")

// refusal looks for what GoNB would drop without a word, nil if there is
// nothing.
func (p Prepared) refusal() *Refusal {
	if r := p.directive(); r != nil {
		return r
	}
	text := p.declarations()
	items, _ := split(text)
	seen := map[string]name{}
	for _, i := range items {
		if i.kind == importing && cgo.MatchString(text[i.first:i.end]) {
			return &Refusal{p.Line(lineOf(text, i.first)), "import \"C\" cannot be in a cell: cells know no C\n" +
				"put what needs it into a package of a module beside the notebook, and import that"}
		}
		if i.kind == importing || i.kind == statement {
			continue
		}
		for _, n := range namesIn(text[i.first:i.end]) {
			n.at = p.Line(lineOf(text, i.first+n.at))
			first, twice := seen[n.key]
			switch {
			case n.name == "init" || n.name == "_":
			case n.name == "main" && (p.Body > 0 || makesMain(Commands(p.Source))):
				return &Refusal{n.at, "func main stands beside the program that the statements of a cell are, or that a magic names\n" +
					"give the function another name and call it, or take the statements away"}
			case !twice:
				seen[n.key] = n
			case first.name == n.name:
				return &Refusal{n.at, fmt.Sprintf("%s is declared twice in this cell: in line %d and in line %d", n.name, first.at, n.at)}
			default:
				return clash(first.name, n)
			}
		}
	}
	return nil
}

// makesMain reports whether a magic names what its program calls.
func makesMain(all []Command) bool {
	return slices.ContainsFunc(all, func(c Command) bool { return c.Name() == "%exec" })
}

// directive looks for a comment to the compiler that would not reach it.
func (p Prepared) directive() *Refusal {
	if IsForeign(p.Source) || !strings.Contains(p.Source, "//go:") {
		return nil
	}
	text := withoutCommands(p.Source, Commands(p.Source))
	list, _ := tokens(text, scanner.ScanComments)
	for _, t := range list {
		if what := FirstWord(t.text); t.Token == token.COMMENT && directives[what] != "" {
			return &Refusal{p.Line(lineOf(text, t.start)), what + " does nothing in a cell, " + directives[what]}
		}
	}
	return nil
}
