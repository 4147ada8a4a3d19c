package synth

import (
	"fmt"
	"strings"
)

// stmts writes about n statements at this level.
func (g *gen) stmts(n int) {
	for i := 0; i < n; i++ {
		g.stmt()
	}
}

// stmt writes one statement, simple or compound. Below the third level of
// indentation, or when the document is long enough, only simple ones.
func (g *gen) stmt() {
	g.budget--
	if g.indent >= 3 || g.budget < 0 || g.chance(50) {
		g.simple()
		return
	}
	g.compound()
}

// simple writes a statement of one line.
func (g *gen) simple() {
	switch g.weighted(12, 12, 7, 3, 7, 8, 12, 9, 10, 12, 7, 3, 6) {
	case 0:
		g.callString()
	case 1:
		g.assignList()
	case 2:
		g.assignInt()
	case 3:
		g.assignString()
	case 4:
		g.assignFlag()
	case 5:
		g.ternary()
	case 6:
		g.swap()
	case 7:
		g.assignDict()
	case 8:
		g.printF()
	case 9:
		g.assignOpen()
	case 10:
		g.lambda()
	case 11:
		g.useList()
	default:
		g.call()
	}
}

// call writes a call with one or two variables, its value kept or not.
func (g *gen) call() {
	f := g.pick(verbs)
	if g.chance(50) {
		f = g.funcName()
	}
	args := g.known(g.scope.ints, intNames)
	if g.chance(35) {
		args += ", " + g.known(g.scope.strs, strNames)
	}
	if g.chance(60) {
		g.line("%s(%s)", f, args)
		return
	}
	name := g.named(intNames)
	g.line("%s = %s(%s)", name, f, args)
	define(&g.scope.ints, name)
}

// callString writes a call with one string, closed by `")` or `')`.
func (g *gen) callString() {
	callee := "print"
	lhs := ""
	switch g.weighted(42, 13, 12, 10, 8, 8, 7) {
	case 1:
		callee = "raise " + g.pick([]string{"ValueError", "KeyError", "TypeError", "RuntimeError"})
		if g.indent == 0 {
			callee = g.pick([]string{"log", "warn"})
		}
	case 2:
		callee = g.pick([]string{"log", "warn", "show", "logger.info", "logger.error"})
	case 3:
		c := g.pick(classes)
		lhs, callee = strings.ToLower(c)+" = ", c
	case 4:
		callee = g.known(g.scope.lists, listNames) + ".append"
	case 5:
		v := g.known(g.scope.strs, strNames)
		lhs, callee = g.pick(listNames)+" = ", v+".split"
	case 6:
		v := g.known(g.scope.strs, strNames)
		lhs, callee = g.pick(boolNames)+" = ", v+"."+g.pick([]string{"startswith", "endswith"})
	}
	q := g.quote()
	n := g.phraseLen()
	if lhs != "" && n > 4 {
		n = 2
	}
	extra := ""
	if callee == "print" && g.chance(12) {
		extra = ", " + g.known(g.scope.ints, intNames)
	}
	g.line("%s%s(%s%s%s%s)", lhs, callee, q, g.phrase(callee, n), q, extra)
}

func (g *gen) assignList() {
	name := g.named(listNames)
	if g.chance(50) {
		g.line("%s = %s", name, g.nested(name))
	} else {
		g.line("%s = %s", name, g.flat(name))
	}
	define(&g.scope.lists, name)
}

func (g *gen) assignDict() {
	name := g.named(dictNames)
	switch g.weighted(70, 15, 15) {
	case 0:
		g.line("%s = %s", name, g.dict(name))
	case 1:
		g.line("%s = {}", name)
	default:
		q := g.quote()
		g.line("%s[%s%s%s] = %s", g.known(g.scope.dicts, dictNames), q, g.pick(strNames), q, g.intExpr("]"))
		return
	}
	define(&g.scope.dicts, name)
}

func (g *gen) assignInt() {
	if len(g.scope.ints) > 0 && g.chance(35) {
		g.line("%s %s %s", g.pick(g.scope.ints), g.pick([]string{"+=", "-=", "+=", "*="}), g.intExpr("+="))
		return
	}
	name := g.named(intNames)
	if g.chance(15) {
		other := g.pick(intNames)
		if other != name {
			g.line("%s, %s = %s, %s", name, other, g.digit(other), g.digit(","))
			define(&g.scope.ints, name)
			define(&g.scope.ints, other)
			return
		}
	}
	g.line("%s = %s", name, g.intExpr(name))
	define(&g.scope.ints, name)
}

func (g *gen) assignString() {
	name := g.named(strNames)
	if g.chance(75) {
		g.line("%s = %s", name, g.str(name))
	} else {
		d := g.known(g.scope.dicts, dictNames)
		q := g.quote()
		g.line("%s = %s[%s%s%s]", name, d, q, g.pick(strNames), q)
	}
	define(&g.scope.strs, name)
}

// assignFlag assigns a truth value, the twin of `if x == True:`.
func (g *gen) assignFlag() {
	name := g.named(boolNames)
	switch g.weighted(60, 25, 15) {
	case 0:
		g.line("%s = True", name)
	case 1:
		g.line("%s = False", name)
	default:
		n := g.known(g.scope.ints, intNames)
		g.line("%s = %s == %s", name, n, g.digit(n))
	}
	define(&g.scope.bools, name)
}

// ternary writes `x = a if cond else b`.
func (g *gen) ternary() {
	if g.chance(60) {
		name := g.named(intNames)
		g.line("%s = %s if %s else %s", name, g.intExpr(name), g.cond(), g.number("else"))
		define(&g.scope.ints, name)
		return
	}
	name := g.named(strNames)
	g.line("%s = %s if %s else %s", name, g.shortStr(name), g.cond(), g.shortStr("else"))
	define(&g.scope.strs, name)
}

// swap writes `a, b = b, a`, with names from anywhere.
func (g *gen) swap() {
	a, b := "", ""
	if g.chance(25) {
		p := swapPairs[g.r.IntN(len(swapPairs))]
		a, b = p[0], p[1]
		if g.chance(50) {
			a, b = b, a
		}
	} else {
		pool := [][]string{copied, copied, letters}[g.r.IntN(3)]
		names := g.distinct("swap", pool, 2)
		if len(names) < 2 {
			return
		}
		a, b = names[0], names[1]
	}
	if HeldOut(a, b) {
		a, b = "x", "y"
	}
	g.line("%s, %s = %s, %s", a, b, b, a)
}

func (g *gen) printF() {
	if g.chance(80) {
		g.line("print(%s)", g.fstring("print"))
		return
	}
	name := g.pick(strNames)
	g.line("%s = %s", name, g.fstring(name))
	define(&g.scope.strs, name)
}

// assignOpen writes `f = open("...")`, the twin of the with statement.
func (g *gen) assignOpen() {
	v := g.pick([]string{"f", "file", "handle"})
	g.line("%s = %s", v, g.open(g.writing()))
	if g.chance(60) {
		g.line("%s.close()", v)
	}
}

// writing says whether the next file is written: four times in five as the
// others of the document, as programs mostly read or mostly write.
func (g *gen) writing() bool { return g.chance(80) == g.writes }

// open is the call of open: the mode is given more often than not, and always
// for writing.
func (g *gen) open(write bool) string {
	q := g.quote()
	name := q + g.filename(write) + q
	if !write && g.chance(25) {
		return fmt.Sprintf("open(%s)", name)
	}
	mode := "r"
	if write {
		mode = "w"
	}
	return fmt.Sprintf("open(%s, %s%s%s)", name, q, mode, q)
}

func (g *gen) lambda() {
	v := g.named(letters)
	body := fmt.Sprintf("%s %s %s", v, g.pick([]string{"+", "-", "*"}), g.digit(v))
	switch g.weighted(50, 50) {
	case 0:
		g.line("%s = lambda %s: %s", g.pick(append([]string{"f", "g", "func", "key", "action"}, verbs...)), v, body)
	default:
		l := g.known(g.scope.lists, listNames)
		g.line("%s = sorted(%s, key=lambda %s: %s.%s)", l, l, v, v, g.pick(intNames))
	}
}

// useList writes a call on a list, or a comprehension.
func (g *gen) useList() {
	l := g.known(g.scope.lists, listNames)
	v := g.named(loopNames)
	switch g.weighted(25, 25, 20, 15, 15) {
	case 0:
		g.line("%s.append(%s)", l, g.known(g.scope.ints, intNames))
	case 1:
		name := g.pick(listNames)
		g.line("%s = [%s for %s in %s]", name, v, v, l)
		define(&g.scope.lists, name)
	case 2:
		name := g.pick(intNames)
		g.line("%s = len(%s)", name, l)
		define(&g.scope.ints, name)
	case 3:
		name := g.pick(intNames)
		g.line("%s = sum(%s)", name, l)
		define(&g.scope.ints, name)
	default:
		name := g.pick(listNames)
		g.line("%s = []", name)
		define(&g.scope.lists, name)
	}
}
