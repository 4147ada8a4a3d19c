package task

import "strings"

// SingleDoubleQuote is task 1 of the paper's table: a string opened by `("` or
// `('` is to be closed by `")` or `')`. Strings have 1 to 6 words.
func SingleDoubleQuote() Task { return SingleDoubleQuoteWords(1, 6) }

// SingleDoubleQuoteWords is [SingleDoubleQuote] with strings of lo to hi words.
func SingleDoubleQuoteWords(lo, hi int) Task {
	return Task{
		Name:     "single_double_quote",
		Contrast: `the string was opened by (" or ('`,
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			lhs, callee := "", d.Pick("print", "print", "log", "warn", "show", "raise ValueError", "raise KeyError", "logger.info")
			if d.Chance(25) {
				v := d.Pick("report", "ticket", "device", "company")
				lhs, callee = v+" = ", strings.ToUpper(v[:1])+v[1:]
			}
			words := d.phrase(callee, d.Between(lo, hi))
			line := indent + lhs + callee
			return Pair{
				Context: context,
				Prompt:  line + `("` + words, Counter: line + `('` + words,
				Target: `")`, Alt: `')`,
				Filling: words,
			}
		},
	}
}
