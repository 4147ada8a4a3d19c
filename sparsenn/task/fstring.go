package task

// FstringBrace is task 12 of the paper's table: a printed string of 1 to 5 words
// goes on with a variable in braces where it is an f-string, and closes where
// not; the answers are the tokens " {" and `")`.
func FstringBrace() Task {
	return Task{
		Name:     "fstring_brace",
		Contrast: "the string is an f-string or a plain one",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			callee := d.Pick("print", "print", "print", "log", "show", "raise ValueError")
			words := d.phrase(callee, d.Between(1, 5))
			return Pair{
				Context: context,
				Prompt:  indent + callee + `(f"` + words, Counter: indent + callee + `("` + words,
				Target: " {", Alt: `")`,
				Filling: words,
			}
		},
	}
}
