package synth

import "fmt"

// compound writes a statement with a block of its own.
func (g *gen) compound() {
	switch g.weighted(24, 26, 14, 15, 32, 1) {
	case 0:
		g.ifStmt()
	case 1:
		g.forStmt()
	case 2:
		g.whileStmt()
	case 3:
		g.withStmt()
	case 4:
		g.accumulate()
	default:
		g.try()
	}
}

// body writes the block of a compound statement.
func (g *gen) body(n int) {
	g.block(func() {
		g.stmts(n)
		switch {
		case g.inLoop && g.chance(8):
			g.line("%s", g.pick([]string{"break", "continue"}))
		case g.inFunc && g.chance(15):
			g.returnStmt()
		}
	})
}

func (g *gen) ifStmt() {
	g.line("if %s:", g.cond())
	g.body(g.between(1, 2))
	for range g.weighted(70, 22, 8) {
		g.line("elif %s:", g.cond())
		g.body(1)
	}
	if g.chance(45) {
		g.line("else:")
		g.body(1)
	}
}

// loop runs body as the block of a loop.
func (g *gen) loop(n int) {
	saved := g.inLoop
	g.inLoop = true
	g.body(n)
	g.inLoop = saved
}

func (g *gen) forStmt() {
	list := g.known(g.scope.lists, listNames)
	saved := g.scope.clone()
	switch g.weighted(24, 35, 35, 6) {
	case 0:
		g.line("for %s in %s:", g.named(loopNames), list)
	case 1:
		v := g.counter()
		to := g.number("range")
		if g.chance(45) {
			to = g.pick([]string{"len(" + list + ")", g.known(g.scope.ints, intNames)})
		}
		g.line("for %s in range(%s):", v, to)
		define(&g.scope.ints, v)
	case 2:
		v := g.counter()
		g.line("for %s, %s in enumerate(%s):", v, g.named(loopNames[:10]), list)
		define(&g.scope.ints, v)
	default:
		g.line("for %s, %s in %s.items():", g.pick([]string{"key", "k", "name"}), g.pick([]string{"value", "v", "count"}),
			g.known(g.scope.dicts, dictNames))
	}
	g.loop(g.between(1, 2))
	g.scope = saved
}

func (g *gen) whileStmt() {
	switch g.weighted(32, 36, 12, 20) {
	case 0:
		g.line("while True:")
	case 1:
		g.line("while %s:", g.named(append(append([]string{}, listNames...), loopNames...)))
	case 2:
		g.line("while not %s:", g.known(g.scope.bools, boolNames))
	default:
		n := g.known(g.scope.ints, intNames)
		g.line("while %s %s %s:", n, g.pick([]string{"<", ">"}), g.number(n))
	}
	g.loop(g.between(1, 2))
}

// withStmt opens a file by a with statement and reads or writes it.
func (g *gen) withStmt() {
	write := g.writing()
	v := g.pick([]string{"f", "file", "handle"})
	g.line("with %s as %s:", g.open(write), v)
	g.block(func() {
		if write {
			switch g.weighted(40, 30, 30) {
			case 0:
				q := g.quote()
				g.line("%s.write(%s%s%s)", v, q, g.phrase("write", g.phraseLen()), q)
			case 1:
				g.line("%s.write(%s)", v, g.known(g.scope.strs, strNames))
			default:
				l := g.pick(loopNames[:10])
				g.line("for %s in %s:", l, g.known(g.scope.lists, listNames))
				g.block(func() { g.line("%s.write(%s)", v, l) })
			}
			return
		}
		switch g.weighted(40, 30, 30) {
		case 0:
			g.line("%s = %s.read()", g.pick(strNames), v)
		case 1:
			g.line("%s = %s.readlines()", g.pick(listNames), v)
		default:
			g.line("for line in %s:", v)
			g.loop(1)
		}
	})
}

func (g *gen) try() {
	g.line("try:")
	g.body(1)
	g.line("except %s:", g.pick([]string{"ValueError", "KeyError", "TypeError", "Exception"}))
	g.body(1)
}

// accumulate starts a variable as a set or as a string and makes it grow
// further down, by `.add` or `+=`. The name does not say which it is; a document
// keeps to one kind, mostly.
func (g *gen) accumulate() {
	name := g.pick(accNames)
	if g.chance(50) {
		name = g.rare() + "s"
	}
	isSet := g.chance(85) == g.sets
	init := `""`
	switch {
	case isSet:
		init = "set()"
	case g.chance(30):
		init = "''"
	}
	g.line("%s = %s", name, init)
	for range g.weighted(70, 22, 8) {
		g.simple()
	}
	grow := func(v string) {
		if isSet {
			g.line("%s.add(%s)", name, v)
		} else {
			g.line("%s += %s", name, v)
		}
	}
	list := g.known(g.scope.lists, listNames)
	v := g.named(loopNames)
	switch g.weighted(58, 24, 18) {
	case 0:
		g.line("for %s in %s:", v, list)
		g.block(func() {
			for range g.weighted(70, 25, 5) {
				g.simple()
			}
			if g.chance(25) {
				g.line("if %s:", g.cond())
				g.block(func() { grow(v) })
			} else {
				grow(v)
			}
		})
	case 1:
		for range g.between(1, 3) {
			if g.chance(40) {
				g.call()
			}
			grow(g.known(g.scope.strs, strNames))
		}
	default:
		g.line("while %s:", list)
		g.block(func() {
			g.line("%s = %s.pop()", v, list)
			if g.chance(40) {
				g.simple()
			}
			grow(v)
		})
	}
	if g.chance(50) {
		if isSet {
			g.line("%s = len(%s)", g.pick(intNames), name)
		} else {
			g.line("print(%s)", name)
		}
	}
}

// returnStmt returns something; a third of them a truth value.
func (g *gen) returnStmt() {
	switch g.weighted(24, 10, 34, 12, 8, 12) {
	case 0:
		g.line("return True")
	case 1:
		g.line("return False")
	case 2:
		all := append(append(append([]string{}, g.scope.ints...), g.scope.strs...), g.scope.lists...)
		g.line("return %s", g.known(all, intNames))
	case 3:
		g.line("return %s", g.intExpr("return"))
	case 4:
		if g.chance(50) {
			g.line("return %s", g.flat("return"))
		} else {
			g.line("return %s", g.nested("return"))
		}
	default:
		g.line("return %s", g.returnPhrase())
	}
}

func (g *gen) returnPhrase() string {
	return fmt.Sprintf("%s if %s else %s", g.intExpr("return"), g.cond(), g.number("else"))
}
