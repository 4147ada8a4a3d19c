package cell

import (
	"slices"
	"strings"
)

// flush is the statement that has a program wait for GoNB.
const flush = "defer gonbui.Sync()"

// Displays reports whether a cell displays through GoNB's own package.
func Displays(source string) bool { return strings.Contains(source, "gonbui") }

// Flush has the program of a cell end only when GoNB has all that the program
// displayed. GoNB stops to listen when a program ends, and what is still on its
// way then is lost, which happens to short cells on a busy machine.
func (p Prepared) Flush() Prepared {
	if _, taken := p.Locals["gonbui"]; taken || p.Body == 0 {
		return p
	}
	if names, _ := Names(p.Source); slices.Contains(names, "gonbui") {
		return p // it is something else
	}
	lines := strings.Split(p.Source, "\n")
	p.Source = strings.Join(slices.Insert(lines, p.Body, flush), "\n")
	p.Lines = slices.Insert(slices.Clone(p.Lines), p.Body, 0)
	return p
}
