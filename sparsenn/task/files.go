package task

import "fmt"

// WithAs is task 6 of the paper's table: a file is opened by a with statement or
// by an assignment; the answers are the tokens " as" and "\n".
func WithAs() Task {
	return Task{
		Name:     "with_as",
		Contrast: "with open(…) or an assignment",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			file := d.Pick(adjectives...) + d.fileEnd()
			call := fmt.Sprintf(`open("%s")`, file)
			if d.Chance(50) {
				call = fmt.Sprintf(`open("%s", "%s")`, file, d.Pick("r", "w"))
			}
			return Pair{
				Context: context,
				Prompt:  indent + "with " + call, Counter: indent + d.Pick("f", "file", "handle") + " = " + call,
				Target: " as", Alt: "\n",
				Filling: file,
			}
		},
	}
}

// WithOpen is task 8 of the paper's table: the name of a file suggests that it is
// read or written; the answers are the tokens "r" and "w" inside the quotes.
func WithOpen() Task {
	return Task{
		Name:     "with_open",
		Contrast: "the file's name suggests reading or writing",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			head := indent + d.Pick("with ", "with ", "f = ", "file = ") + `open("`
			end := d.fileEnd()
			return Pair{
				Context: context,
				Prompt:  head + d.Pick("input", "source", "config", "raw", "words", "users") + end + `", "`,
				Counter: head + d.Pick("output", "result", "report", "summary", "backup", "export") + end + `", "`,
				Target:  "r", Alt: "w",
				Filling: end,
			}
		},
	}
}

// fileEnd is what follows the first word of a file's name.
func (d *Draw) fileEnd() string {
	return "_" + d.Pick(nouns...) + "." + d.Pick("txt", "csv", "json", "log", "dat")
}
