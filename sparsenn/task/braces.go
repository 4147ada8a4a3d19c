package task

import "fmt"

// BracketBrace is task 7 of the paper's table: the first element of a dictionary
// is a key, followed by ":", that of a list is followed by ",".
func BracketBrace() Task {
	return Task{
		Name:     "bracket_brace",
		Contrast: "inside a dictionary or a list",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			var key string
			switch d.IntN(4) {
			case 0:
				key = fmt.Sprint(d.IntN(10))
			case 1:
				key = fmt.Sprint(d.Between(10, 99))
			case 2:
				key = d.Pick(variables...)
			default:
				key = d.name()
			}
			line := indent + d.Pick(listNames...) + " = "
			return Pair{
				Context: context,
				Prompt:  line + "{" + key, Counter: line + "[" + key,
				Target: ":", Alt: ",",
				Filling: key,
			}
		},
	}
}
