package dilution

import (
	"fmt"
	"strconv"
	"strings"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
)

// Filler makes the prompts of a task longer, piece by piece. In all other respects
// prompts are alike: one line stands before the decisive one, and the two sides of a
// pair differ as they do in the task.
type Filler struct {
	Name string // a snake_case name, such as "numbers"
	Unit string // what is counted, in the plural
	Note string // what it does to a prompt, in words
	// Base is the name of the task whose prompts are made longer. Fillings fall into
	// the same split as there.
	Base string
	// Sides are names for the two sides of a pair, such as nested and flat.
	Sides [2]string
	// Control says that what decides the answer stays as it is and only the prompt grows.
	Control bool

	pair func(d *task.Draw, n int) task.Pair
}

// fillers are those of the bracket task: numbers, names and words, whose lists grow,
// and lines, whose lists do not.
func fillers() []Filler { return []Filler{Numbers(), nameFiller(), wordFiller(), lineFiller()} }

// FillersOf are those of a task, by its name: where there are none that is an error, which
// says of which tasks there are.
func FillersOf(base string) (list []Filler, err error) {
	bases := ""
	for _, f := range append(fillers(), quotedFiller(), quotedLineFiller()) {
		if f.Base == base {
			list = append(list, f)
		}
		if !strings.Contains(bases, f.Base) {
			bases += " " + f.Base
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("there is nothing that prompts of %s could be made longer with; there is for%s", base, bases)
	}
	return list, nil
}

// Short are the lengths of a filler that predictions are made from: within what models were
// trained on.
func (f Filler) Short() []int {
	if f.Base == quotedFiller().Base {
		return []int{1, 2, 3, 4}
	}
	return []int{2, 3, 4, 5, 6}
}

// Numbers makes lists of n numbers of one digit, the task's own kind of elements. A
// split has no list of a single one that would be new to a model.
func Numbers() Filler {
	return Filler{"numbers", "elements", "lists of n numbers", "bracket_counting", [2]string{"nested", "flat"}, false, func(d *task.Draw, n int) task.Pair {
		return list(d, "", listName(d), digits, n)
	}}
}

// nameFiller makes lists of n names of one letter and two numbers: elements of another
// kind, behind which the list ends as in the task.
func nameFiller() Filler {
	return Filler{"names", "names", "lists of n names and two numbers", "bracket_counting", [2]string{"nested", "flat"}, false, func(d *task.Draw, n int) task.Pair {
		name := listName(d)
		return list(d, strings.Join(novel(d, name, letters, n), ", ")+", ", name, digits, 2)
	}}
}

// wordFiller makes lists of a string of n words and two numbers: an element that grows.
func wordFiller() Filler {
	return Filler{"words", "words", "lists of a string of n words and two numbers", "bracket_counting", [2]string{"nested", "flat"}, false, func(d *task.Draw, n int) task.Pair {
		text := strings.Join(novel(d, "", words, n), " ")
		return list(d, `"`+text+`", `, listName(d), digits, 2)
	}}
}

// lineFiller puts n statements above a list of three numbers: prompts as long as those
// of [Numbers], with the same distance to their beginning, in which the list stays
// within what models were trained on.
func lineFiller() Filler {
	return Filler{"lines", "lines", "n lines above a list of three numbers", "bracket_counting", [2]string{"nested", "flat"}, true, func(d *task.Draw, n int) task.Pair {
		return above(d, n, list(d, "", listName(d), digits, 3))
	}}
}

// quotedFiller makes strings of n words, for the task of quotes.
func quotedFiller() Filler {
	return Filler{"quoted", "words", "strings of n words", "single_double_quote", [2]string{"double", "single"}, false, func(d *task.Draw, n int) task.Pair {
		return quoted(d, n)
	}}
}

// quotedLineFiller puts n statements above a string of three words; see lineFiller.
func quotedLineFiller() Filler {
	return Filler{"quoted_lines", "lines", "n lines above a string of three words", "single_double_quote", [2]string{"double", "single"}, true, func(d *task.Draw, n int) task.Pair {
		return above(d, n, quoted(d, 3))
	}}
}

// Task is the task with prompts of n pieces. Few draws are of one split, so that
// asking it for examples takes some hundred.
func (f Filler) Task(n int) task.Task {
	return task.Task{Name: f.Base, Contrast: f.Note, Draw: func(d *task.Draw) task.Pair {
		p := f.pair(d, n)
		first := statement(d)
		p.Prompt, p.Counter = first+p.Prompt, first+p.Counter
		return p
	}}
}

// list is a pair of lists that begin with some text and end with n elements.
func list(d *task.Draw, begin, name string, pool []string, n int) task.Pair {
	elements := begin + strings.Join(novel(d, name, pool, n), ", ")
	return task.Pair{
		Prompt: name + " = [[" + elements, Counter: name + " = [" + elements,
		Target: "]]\n", Alt: "]\n", Filling: elements,
	}
}

// quoted is a pair of strings of n words.
func quoted(d *task.Draw, n int) task.Pair {
	callee := d.Pick("print", "log", "warn", "show")
	text := strings.Join(novel(d, callee, words, n), " ")
	return task.Pair{
		Prompt: callee + `("` + text, Counter: callee + `('` + text,
		Target: `")`, Alt: `')`, Filling: text,
	}
}

// above is a pair with n statements over it.
func above(d *task.Draw, n int, p task.Pair) task.Pair {
	var lines strings.Builder
	for range n {
		lines.WriteString(statement(d))
	}
	p.Prompt, p.Counter = lines.String()+p.Prompt, lines.String()+p.Counter
	return p
}

// novel draws n of a pool, of which the last pair is held out of the synthetic
// programs, so that no answer was seen after it.
func novel(d *task.Draw, before string, pool []string, n int) []string {
	out := make([]string, n)
	for {
		prev, held := before, n == 0
		for i := range out {
			out[i] = d.Pick(pool...)
			held = corpus.HeldOut(prev, out[i])
			prev = out[i]
		}
		if held {
			return out
		}
	}
}

func listName(d *task.Draw) string {
	return d.Pick("samples", "amounts", "totals", "levels", "weights", "codes", "grades", "limits")
}

// statement is a line without brackets or quotes.
func statement(d *task.Draw) string {
	v, f := d.Pick("count", "size", "index", "level", "score", "owner"), d.Pick("prepare", "measure", "collect", "handle", "finish")
	switch d.IntN(3) {
	case 0:
		return v + " = " + strconv.Itoa(d.IntN(10)) + "\n"
	case 1:
		return v + " = " + f + "(" + v + ")\n"
	default:
		return f + "(" + v + ")\n"
	}
}

var (
	digits  = strings.Fields("0 1 2 3 4 5 6 7 8 9")
	letters = strings.Fields("a b c d k m p x y z")
	words   = strings.Fields("file value name user list data node number text error time key word line path size red green blue small " +
		"large first last next old new open closed ready good bad empty full high low water night garden music window")
)
