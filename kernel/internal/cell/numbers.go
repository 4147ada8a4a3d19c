package cell

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// Numbers gives names to what has none in a notebook: functions init, which GoNB
// keeps one of, and _, of which it keeps one too, or every one ever executed, in
// no order. Named they are all kept, and run in the order of the cells.
type Numbers struct {
	cells map[string]int         // from 1
	had   map[int]map[string]int // how many of a kind a cell had at most
}

// Name returns the cell with such names. The id is the cell's: when it is
// executed again its names are the same, so that it replaces what it declared,
// and empties what it declares no more.
func (n *Numbers) Name(p Prepared, id string) Prepared {
	if IsForeign(p.Source) {
		return p
	}
	if n.cells == nil {
		n.cells, n.had = map[string]int{}, map[int]map[string]int{}
	}
	text := p.declarations()
	number, known := n.cells[id]
	if !known {
		number = len(n.cells) + 1
	}
	has := map[string]int{}
	items, _ := split(text)
	var unnamed []name
	for _, i := range items {
		if i.kind == importing || i.kind == statement {
			continue
		}
		for _, u := range namesIn(text[i.first:i.end]) {
			if u.at += i.first; !u.method && (u.name == "_" || u.name == "init" && u.kind == token.FUNC) {
				has[u.of()]++
				u.key = u.as(number, has[u.of()])
				unnamed = append(unnamed, u)
			}
		}
	}
	if !known && len(unnamed) == 0 {
		return p
	}
	if !known {
		n.cells[id], n.had[number] = number, map[string]int{}
	}
	var renamed strings.Builder
	at := 0
	for _, u := range unnamed {
		renamed.WriteString(p.Source[at:u.at] + u.key)
		at = u.at + len(u.name)
	}
	out := renamed.String() + p.Source[at:]
	var empty []string
	for kind, form := range map[string]string{"init": "func %s() {}", "var": "var %s int"} {
		for i := has[kind] + 1; i <= n.had[number][kind]; i++ {
			u := name{name: "_", kind: token.VAR}
			if kind == "init" {
				u = name{name: kind, kind: token.FUNC}
			}
			empty = append(empty, fmt.Sprintf(form, u.as(number, i)))
		}
		n.had[number][kind] = max(n.had[number][kind], has[kind])
	}
	p.Source = out
	if len(empty) > 0 {
		slices.Sort(empty)
		lines := strings.Split(out, "\n")
		at := len(lines)
		if p.Body > 0 {
			at = p.Body - 1
			p.Body++
		}
		p.Source = strings.Join(slices.Insert(lines, at, strings.Join(empty, "; ")), "\n")
		p.Lines = slices.Insert(slices.Clone(p.Lines), at, 0)
	}
	return p
}

// of is what GoNB keeps apart by name: functions init and others, variables,
// constants, types.
func (u name) of() string {
	if u.name == "init" {
		return u.name
	}
	return u.kind.String()
}

// as is the name of the i-th of its kind in a cell. GoNB makes init of what
// begins with init_, in the order of the names.
func (u name) as(cell, i int) string {
	if u.name == "init" {
		return fmt.Sprintf("init_%04d_%02d", cell, i)
	}
	return fmt.Sprintf("_%s%04d_%02d", u.kind, cell, i)
}

var numbered = regexp.MustCompile(`\binit_\d{4,}_\d{2,}\(`)

// Unnamed takes the number out of a name that begins a function init.
func Unnamed(line string) string { return numbered.ReplaceAllString(line, "init(") }

// declarations is what is above the statements, with the same offsets and
// without commands.
func (p Prepared) declarations() string {
	text := withoutCommands(p.Source, Commands(p.Source))
	if p.Body == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[:p.Body-1], "\n")
}
