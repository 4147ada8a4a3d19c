package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// quote is one of the two quotes; a program mixes them freely, so that only the
// opening quote of a string tells how it closes.
func (g *gen) quote() string {
	if g.chance(50) {
		return `"`
	}
	return "'"
}

// phrase returns words for the inside of a string that follows prev (the
// callee, or "=" and the like). No pair of neighbours is held out.
func (g *gen) phrase(prev string, n int) string {
	words := make([]string, 0, n)
	for i := range n {
		pool := plain
		switch {
		case i == 0 && g.chance(55):
			pool = starts
		case g.chance(10):
			pool = colors
		case g.chance(6):
			pool = people
		}
		w := g.pickAfter(prev, pool)
		words = append(words, w)
		prev = w
	}
	return strings.Join(words, " ")
}

// phraseLen is the number of words of a string: mostly 1 to 4, at most 8.
func (g *gen) phraseLen() int { return 1 + g.weighted(17, 20, 18, 12, 8, 7, 10, 8) }

// str is a string literal that follows prev.
func (g *gen) str(prev string) string {
	q := g.quote()
	return q + g.phrase(prev, g.phraseLen()) + q
}

// digit is 0 to 9, allowed after prev.
func (g *gen) digit(prev string) string {
	for range 64 {
		if d := strconv.Itoa(g.r.IntN(10)); !HeldOut(prev, d) {
			return d
		}
	}
	return "0"
}

func (g *gen) number(prev string) string {
	if g.chance(75) {
		return g.digit(prev)
	}
	for {
		// Digits are tokens, so the first digit by itself counts as well.
		if n := strconv.Itoa(g.between(10, 99)); !HeldOut(prev, n) && !HeldOut(prev, n[:1]) {
			return n
		}
	}
}

// intExpr is an expression with an integer value that follows prev.
func (g *gen) intExpr(prev string) string {
	switch g.weighted(45, 25, 15, 8, 7) {
	case 0:
		return g.number(prev)
	case 1:
		return g.known(g.scope.ints, intNames)
	case 2:
		op := g.pick([]string{"+", "-", "*"})
		return fmt.Sprintf("%s %s %s", g.known(g.scope.ints, intNames), op, g.digit(op))
	case 3:
		return fmt.Sprintf("len(%s)", g.known(g.scope.lists, listNames))
	default:
		return fmt.Sprintf("%s + %s", g.known(g.scope.ints, intNames), g.known(g.scope.ints, intNames))
	}
}

// cond is the condition of an if, elif, while or ternary.
func (g *gen) cond() string {
	switch g.weighted(22, 8, 20, 8, 16, 8, 7, 11) {
	case 0:
		return g.tested(g.scope.bools, boolNames)
	case 1:
		return "not " + g.tested(g.scope.bools, boolNames)
	case 2:
		n := g.tested(g.scope.ints, intNames)
		return fmt.Sprintf("%s == %s", n, g.digit(n))
	case 3:
		n := g.tested(g.scope.strs, strNames)
		return fmt.Sprintf("%s == %s", n, g.shortStr(n))
	case 4:
		n := g.tested(g.scope.ints, intNames)
		return fmt.Sprintf("%s %s %s", n, g.pick([]string{"<", ">", ">=", "<="}), g.number(n))
	case 5:
		return fmt.Sprintf("%s in %s", g.tested(g.scope.strs, strNames), g.known(g.scope.lists, listNames))
	case 6:
		return fmt.Sprintf("%s is %s", g.tested(g.scope.strs, strNames), g.pick([]string{"None", "not None"}))
	default:
		return fmt.Sprintf("%s == %s", g.tested(g.scope.bools, boolNames), g.pick([]string{"True", "True", "False"}))
	}
}

// shortStr is a string of one word.
func (g *gen) shortStr(prev string) string {
	q := g.quote()
	pool := plain
	switch g.weighted(50, 30, 20) {
	case 1:
		pool = colors
	case 2:
		pool = people
	}
	return q + g.pickAfter(prev, pool) + q
}

// element kinds of a list.
const (
	elemDigit = iota
	elemNumber
	elemName
	elemStr
)

func (g *gen) elemKind() int { return g.weighted(50, 12, 16, 22) }

// elements writes n elements of one kind, separated by ", ".
func (g *gen) elements(prev string, kind, n int) string {
	q := g.quote()
	out := make([]string, n)
	for i := range out {
		var e string
		switch kind {
		case elemDigit:
			e = g.digit(prev)
		case elemNumber:
			e = g.number(prev)
		case elemName:
			e = g.pickAfter(prev, letters)
			if g.chance(35) {
				e = g.rareAfter(prev)
			}
		default:
			e = g.pickAfter(prev, colors)
			if g.chance(40) {
				e = g.pickAfter(prev, people)
			}
		}
		prev = e
		out[i] = e
		if kind == elemStr {
			out[i] = q + e + q
		}
	}
	return strings.Join(out, ", ")
}

// flat is a list of depth 1 that follows prev.
func (g *gen) flat(prev string) string {
	n := 1 + g.weighted(14, 17, 17, 14, 11, 9, 8, 6, 2, 2)
	return "[" + g.elements(prev, g.elemKind(), g.stretched(n)) + "]"
}

// stretched is n, or where lists may be longer than usual, as often a length of any
// of theirs.
func (g *gen) stretched(n int) int {
	if g.longest > 0 && g.chance(50) {
		return g.between(1, g.longest)
	}
	return n
}

// nested is a list of depth 2 that follows prev. Half of them hold one inner
// list, so that a first inner list is as likely to be the last as not.
func (g *gen) nested(prev string) string {
	outer := 1 + g.weighted(50, 28, 15, 7)
	kind := g.elemKind()
	inner := make([]string, outer)
	for i := range inner {
		n := 1 + g.weighted(16, 24, 22, 14, 10, 8, 4, 2)
		if outer > 2 {
			n = 1 + n%4
		}
		if outer == 1 {
			n = g.stretched(n)
		}
		inner[i] = "[" + g.elements(prev, kind, n) + "]"
		prev = ","
	}
	return "[" + strings.Join(inner, ", ") + "]"
}

// dict is a dictionary literal on one line.
func (g *gen) dict(prev string) string {
	n := 1 + g.weighted(18, 26, 26, 18, 12)
	q := g.quote()
	kind := g.weighted(45, 30, 25) // string, int or name keys
	out := make([]string, n)
	for i := range out {
		var k string
		switch kind {
		case 0:
			k = g.pickAfter(prev, strNames)
			prev = k
			k = q + k + q
		case 1:
			k = g.number(prev)
			prev = k
		default:
			k = g.pickAfter(prev, letters)
			if g.chance(50) {
				k = g.rareAfter(prev)
			}
			prev = k
		}
		var v string
		switch g.weighted(55, 20, 25) {
		case 0:
			v = g.digit(prev)
			prev = v
		case 1:
			v = g.pickAfter(prev, letters)
			prev = v
		default:
			v = g.pickAfter(prev, colors)
			prev = v
			v = q + v + q
		}
		out[i] = k + ": " + v
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// filename is the name of a file that is read, or of one that is written.
func (g *gen) filename(write bool) string {
	stems := readStems
	if write {
		stems = writeStems
	}
	s := g.pick(stems) // every stem must be seen, for it tells reading from writing
	switch g.weighted(40, 50, 10) {
	case 1:
		s += "_" + g.pickAfter(s, objects)
	case 2:
		s += g.digit(s)
	}
	return s + "." + g.pickAfter(s, extensions)
}

// fstring is a formatted string with one or two variables.
func (g *gen) fstring(prev string) string {
	q := g.quote()
	v := g.pick([]string{g.known(g.scope.ints, intNames), g.known(g.scope.strs, strNames)})
	switch g.weighted(30, 55, 15) {
	case 0:
		return fmt.Sprintf("f%s%s: {%s}%s", q, g.phrase(prev, g.between(1, 3)), v, q)
	case 1:
		return fmt.Sprintf("f%s%s {%s}%s", q, g.phrase(prev, g.between(1, 5)), v, q)
	default:
		w := g.known(g.scope.ints, intNames)
		return fmt.Sprintf("f%s{%s} %s {%s}%s", q, v, g.phrase(v, g.between(1, 2)), w, q)
	}
}
