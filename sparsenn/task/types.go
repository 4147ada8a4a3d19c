package task

import (
	"fmt"
	"strings"
)

// SetOrString is task 3 of the paper's table: what grows further down is a set,
// by ".add", or a string, by " +=". The name tells nothing and varies.
func SetOrString() Task {
	return Task{
		Name:     "set_or_string",
		Contrast: "the variable started as a set or as a string; its name varies",
		Draw: func(d *Draw) Pair {
			name := plural(d.name())
			p := d.growing(name)
			p.Filling = name
			return p
		},
	}
}

// SetOrStringFixedVarname is task 4 of the paper's table: [SetOrString] of a
// variable that is always called current.
func SetOrStringFixedVarname() Task {
	return Task{
		Name:     "set_or_string_fixedvarname",
		Contrast: "the variable current started as a set or as a string",
		Draw:     func(d *Draw) Pair { return d.growing("current") },
	}
}

// growing starts name as a set or a string and stops where it grows. The filling
// is all that lies between.
func (d *Draw) growing(name string) Pair {
	context, indent := d.surroundings()
	list, item := d.Pick(listNames...), d.name()
	var between []string
	inner := "    "
	switch d.IntN(4) {
	case 0:
		between, inner = []string{d.Pick(functions...) + "(" + item + ")"}, ""
	case 1:
		between = []string{fmt.Sprintf("while %s:", list), fmt.Sprintf("    %s = %s", item, d.call(list))}
	default:
		between = []string{fmt.Sprintf("for %s in %s:", item, list)}
		if d.Chance(50) {
			between = append(between, "    "+d.call(item))
		}
	}
	filling := strings.Join(between, "\n")
	lines := "\n" + indent + strings.Join(between, "\n"+indent) + "\n" + indent + inner + name
	return Pair{
		Context: context,
		Prompt:  indent + name + " = set()" + lines, Counter: indent + name + ` = ""` + lines,
		Target: ".add", Alt: " +=",
		Filling: filling,
	}
}
