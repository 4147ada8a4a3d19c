package task

import (
	"fmt"
	"strings"
)

// FinalKwarg is task 2 of the paper's table: the last parameter of a function
// has the default None where those before it have, and where not the list of
// parameters ends; the answers are the tokens "=None" and "):\n".
func FinalKwarg() Task {
	return Task{
		Name:     "final_kwarg",
		Contrast: "the earlier parameters have defaults or not",
		Draw: func(d *Draw) Pair {
			context := d.before()
			head := "def " + d.Pick(functions...) + "_" + d.Pick(nouns...) + "("
			if d.Chance(30) {
				context = append(context, fmt.Sprintf("\nclass %s:\n", d.class()))
				head = "    " + head + "self, "
			} else {
				head = "\n" + head
			}
			names := []string{d.name()}
			for n := d.Between(2, 3); len(names) < n; {
				if v := d.Pick(variables...); v != names[len(names)-1] {
					names = append(names, v)
				}
			}
			return Pair{
				Context: context,
				Prompt:  head + strings.Join(names, "=None, "), Counter: head + strings.Join(names, ", "),
				Target: "=None", Alt: "):\n",
				Filling: strings.Join(names, " "),
			}
		},
	}
}

// LambdaFunc is task 16 of the paper's table: the same name is the parameter of
// a lambda or the name of a function; the answers are the tokens ":" and "(".
func LambdaFunc() Task {
	return Task{
		Name:     "lambda_func",
		Contrast: "a lambda or a def",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			name := d.name()
			if d.Chance(30) {
				name = d.Pick(variables...)
			}
			return Pair{
				Context: context,
				Prompt:  indent + d.Pick(functions...) + " = lambda " + name, Counter: indent + "def " + name,
				Target: ":", Alt: "(",
				Filling: name,
			}
		},
	}
}

// class is the name of a class that the synthetic programs do not know.
func (d *Draw) class() string {
	return d.Pick("Device", "Parcel", "Ticket", "Garden", "Planet", "Letter", "Window", "Signal", "Pupil", "Visit")
}
