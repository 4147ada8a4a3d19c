package task

import "fmt"

// ForWhile is task 10 of the paper's table: a name after for is followed by
// " in", after while by ":\n".
func ForWhile() Task {
	return Task{
		Name:     "for_while",
		Contrast: "a for or a while",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			name := d.name()
			return Pair{
				Context: context,
				Prompt:  indent + "for " + name, Counter: indent + "while " + name,
				Target: " in", Alt: ":\n",
				Filling: name,
			}
		},
	}
}

// IndentFor is task 15 of the paper's table: the block of a for is indented one
// level deeper than the for. It stands inside a function or behind it, so the
// answers are the tokens of 7 and of 3 spaces (one more belongs to the word that
// follows).
func IndentFor() Task {
	return Task{
		Name:     "indent_for",
		Contrast: "the for is indented or not",
		Draw: func(d *Draw) Pair {
			context := d.before()
			name := d.name()
			head := fmt.Sprintf("\ndef %s(%s):\n    %s\n", d.Pick(functions...), d.Pick(variables...), d.call(""))
			line := fmt.Sprintf("for %s in %s:\n", name, d.Pick(sequences...))
			return Pair{
				Context: context,
				Prompt:  head + "    " + line, Counter: head + line,
				Target: "       ", Alt: "   ",
				Filling: name,
			}
		},
	}
}

// EnumerateRange is task 18 of the paper's table: one loop variable runs over a
// " range", two over an " enumerate".
func EnumerateRange() Task {
	return Task{
		Name:     "enumerate_range",
		Contrast: "one or two loop variables",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			i := d.Pick(nouns...) + "_" + d.Pick("index", "number", "position", "slot", "rank", "place")
			return Pair{
				Context: context,
				Prompt:  indent + "for " + i + " in", Counter: indent + "for " + i + ", " + d.Pick(nouns...) + " in",
				Target: " range", Alt: " enumerate",
				Filling: i,
			}
		},
	}
}
