package task

import (
	"strings"

	"circuitbook/sparsenn/corpus"
)

// ClassInit is task 5 of the paper's table: in a run of lines like
// self.size = size the name is copied; the answers are two of the parameters.
func ClassInit() Task {
	return Task{
		Name:     "class_init",
		Contrast: "the attribute's name",
		Draw: func(d *Draw) Pair {
			context := d.before()
			context = append(context, "\nclass "+d.class()+":\n")
			before, a, b := d.Pick(nouns...), d.Pick(answerNames...), d.Pick(answerNames...)
			for a == b {
				b = d.Pick(answerNames...)
			}
			params := []string{"self", before, a, b}
			if d.Chance(50) {
				params[2], params[3] = b, a
			}
			head := "    def __init__(" + strings.Join(params, ", ") + "):\n        self." + before + " = " + before + "\n        self."
			return Pair{
				Context: context,
				Prompt:  head + a + " =", Counter: head + b + " =",
				Target: " " + a, Alt: " " + b,
				Filling: sorted(a, b),
			}
		},
	}
}

// VarSwap is task 14 of the paper's table: x, y = y, is followed by the first
// name; the answers are the two names that come first.
func VarSwap() Task {
	return Task{
		Name:     "var_swap",
		Contrast: "the first name on the line",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			var a, b, second string
			for {
				pool := answerNames
				if d.Chance(30) {
					pool = answerLetters
				}
				a, b, second = d.Pick(pool...), d.Pick(pool...), d.Pick(pool...)
				if a != b && b != second && second != a && corpus.HeldOut(a, second) && corpus.HeldOut(b, second) {
					break
				}
			}
			rest := ", " + second + " = " + second + ","
			return Pair{
				Context: context,
				Prompt:  indent + a + rest, Counter: indent + b + rest,
				Target: " " + a, Alt: " " + b,
				Filling: sorted(a, b) + " " + second,
			}
		},
	}
}
