package cell

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Methods are those of a notebook's types, by GoNB's keys. GoNB keeps them when
// their type is taken away, and then no cell compiles.
type Methods map[string][]string

// Learn notes the methods that a cell declares, and forgets those that it takes
// away.
func (m Methods) Learn(p Prepared) {
	for _, c := range Commands(p.Source) {
		switch words := strings.Fields(c.Text); {
		case c.Name() == "%reset" && len(words) == 1:
			clear(m)
		case removes(c):
			for of, keys := range m {
				m[of] = slices.DeleteFunc(keys, func(k string) bool { return slices.Contains(words, k) })
			}
		}
	}
	for _, n := range p.methods() {
		if of, _, _ := strings.Cut(n.name, "."); !slices.Contains(m[of], n.key) {
			m[of] = append(m[of], n.key)
		}
	}
}

// Clash looks for a method of the cell in whose place GoNB would put away one of
// another type, nil if there is none.
func (m Methods) Clash(p Prepared) *Refusal {
	for _, n := range p.methods() {
		of, method, _ := strings.Cut(n.name, ".")
		for _, other := range slices.Sorted(maps.Keys(m)) {
			if other != of && slices.Contains(m[other], n.key) {
				return clash(other+"."+method, n)
			}
		}
	}
	return nil
}

// clash says that GoNB takes two methods for one.
func clash(first string, second name) *Refusal {
	return &Refusal{second.at, fmt.Sprintf("%s and %s cannot be told apart in a notebook, as both their types have parameters\n"+
		"let one have a pointer as its receiver, or another name", first, second.name)}
}

// methods are those that the cell declares, each at its line.
func (p Prepared) methods() (list []name) {
	text := p.declarations()
	items, _ := split(text)
	for _, i := range items {
		if i.kind != function {
			continue
		}
		for _, n := range namesIn(text[i.first:i.end]) {
			if n.method {
				n.at = p.Line(lineOf(text, i.first+n.at))
				list = append(list, n)
			}
		}
	}
	return list
}

// WithMethods has the cell take away the methods of the types that it takes away.
func (p Prepared) WithMethods(m Methods) Prepared {
	lines := strings.Split(p.Source, "\n")
	for _, c := range Commands(p.Source) {
		if !removes(c) {
			continue
		}
		words := strings.Fields(c.Text)
		for _, w := range words[1:] {
			for _, key := range m[w] {
				if !slices.Contains(words, key) {
					words = append(words, key)
				}
			}
		}
		lines[c.Line-1] = strings.Join(words, " ")
	}
	p.Source = strings.Join(lines, "\n")
	return p
}

func removes(c Command) bool { return c.Name() == "%rm" || c.Name() == "%remove" }
