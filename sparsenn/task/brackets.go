package task

import (
	"strconv"
	"strings"

	"circuitbook/sparsenn/corpus"
)

// BracketCounting is task 9 of the paper's table: a list of numbers is to be
// closed by `]]` where it stands inside another, and by `]` where not; the
// answers are the tokens "]]\n" and "]\n". Lists have 1 to 6 elements.
func BracketCounting() Task { return bracketCountingElements(1, 6) }

// bracketCountingElements is [BracketCounting] with lists of lo to hi elements.
// Models of the laptop scale are trained on at most 10.
func bracketCountingElements(lo, hi int) Task {
	return Task{
		Name:     "bracket_counting",
		Contrast: "the list has depth 2 or 1",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			name := d.Pick(listNames...)
			elements := d.numbers(name, d.Between(lo, hi))
			line := indent + name + " = "
			return Pair{
				Context: context,
				Prompt:  line + "[[" + elements, Counter: line + "[" + elements,
				Target: "]]\n", Alt: "]\n",
				Filling: elements,
			}
		},
	}
}

// numbers returns n numbers, mostly of one digit, of which the last pair (or,
// for one, the name of the list and the number) is held out of the synthetic text.
func (d *Draw) numbers(name string, n int) string {
	for {
		out := make([]string, n)
		prev, novel := name, false
		for i := range out {
			out[i] = strconv.Itoa(d.IntN(10))
			if d.Chance(15) {
				out[i] = strconv.Itoa(d.Between(10, 99))
			}
			novel = corpus.HeldOut(prev, out[i])
			prev = out[i]
		}
		if novel {
			return strings.Join(out, ", ")
		}
	}
}
