package synth

import "strings"

// module writes a whole document: imports, constants, then functions, classes
// and stretches of script.
func (g *gen) module() {
	g.budget = g.between(10, 26)
	if g.chance(30) {
		g.comment()
	}
	if g.chance(35) {
		for _, m := range g.distinct("import", modules, g.between(1, 2)) {
			g.line("import %s", m)
		}
		g.blank(1)
	}
	for blocks := g.between(2, 4); blocks > 0 || g.budget > 6; blocks-- {
		kind := g.weighted(40, 28, 32)
		switch kind {
		case 0:
			g.function("")
		case 1:
			g.class()
		default:
			g.stmts(g.between(2, 6))
		}
		if blocks > 1 || g.budget > 6 {
			if kind == 2 {
				g.blank(1)
			} else {
				g.blank(2)
			}
		}
	}
}

func (g *gen) comment() {
	w := g.pick(verbs)
	g.line("# %s%s the %s", strings.ToUpper(w[:1]), w[1:], g.phrase("the", g.between(1, 4)))
}

// funcName is a name such as load_items, not held out.
func (g *gen) funcName() string {
	v := g.pick(verbs)
	if g.chance(25) {
		return g.rare()
	}
	if g.chance(25) {
		return v
	}
	return v + "_" + g.pickAfter(v, objects)
}

// params draws parameter names and brings them into scope.
func (g *gen) params(n int) []string {
	var out []string
	for range n {
		pools := []struct {
			names []string
			scope *[]string
		}{{intNames, &g.scope.ints}, {strNames, &g.scope.strs}, {listNames, &g.scope.lists}, {boolNames, &g.scope.bools}}
		p := pools[g.weighted(35, 35, 22, 8)]
		name := g.pick(p.names)
		if contains(out, name) {
			continue
		}
		out = append(out, name)
		define(p.scope, name)
	}
	return out
}

// signature writes the parameters: all plain, or all with defaults, and only
// now and then defaults that start late.
func (g *gen) signature(self bool, names []string) string {
	parts := make([]string, 0, len(names)+1)
	if self {
		parts = append(parts, "self")
	}
	from := len(names) // index of the first parameter with a default
	switch g.weighted(52, 42, 6) {
	case 1:
		from = 0
	case 2:
		from = len(names) - 1
	}
	mostlyNone := g.chance(80)
	for i, n := range names {
		if i < from {
			parts = append(parts, n)
			continue
		}
		def := "None"
		if !mostlyNone && g.chance(70) {
			def = g.pick([]string{"0", "1", "True", "False", `""`, "''", "[]"})
		}
		parts = append(parts, n+"="+def)
	}
	return strings.Join(parts, ", ")
}

// docstring writes one line of documentation.
func (g *gen) docstring() {
	w := g.pick(starts[:14])
	g.line(`"""%s %s."""`, w, g.phrase(w, g.between(2, 5)))
}

// function writes a function; a method where class is not empty.
func (g *gen) function(class string) {
	saved, savedIn := g.scope, g.inFunc
	g.scope = scope{}
	g.inFunc = true
	names := g.params(g.weighted(12, 30, 30, 20, 8))
	g.line("def %s(%s):", g.funcName(), g.signature(class != "", names))
	g.block(func() {
		if g.chance(15) {
			g.docstring()
		}
		if g.chance(10) {
			g.comment()
		}
		g.stmts(g.between(1, 4))
		if g.chance(75) {
			g.returnStmt()
		}
	})
	g.scope, g.inFunc = saved, savedIn
}

// class writes a class whose __init__ stores its parameters one by one.
func (g *gen) class() {
	name := g.pick(classes)
	base := ""
	if g.chance(15) {
		if b := g.pickAfter(name, classes); b != name {
			base = "(" + b + ")"
		}
	}
	g.line("class %s%s:", name, base)
	g.indent++
	if g.chance(15) {
		g.docstring()
		g.blank(1)
	}
	saved := g.scope
	g.scope = scope{}
	attrs := g.attributes(g.between(2, 5))
	g.line("def __init__(%s):", g.signature(true, attrs))
	g.block(func() {
		for _, a := range attrs {
			g.line("self.%s = %s", a, a)
		}
		if g.chance(30) {
			g.line("self.%s = %s", g.pick(listNames), g.pick([]string{"[]", "{}", "0", "set()", "None"}))
		}
	})
	for range g.weighted(35, 45, 20) {
		g.blank(1)
		if g.chance(40) {
			g.accessor(name, attrs)
		} else {
			g.function(name)
		}
	}
	g.scope = saved
	g.indent--
}

func (g *gen) attributes(n int) []string {
	pool := append(append([]string{"x", "y", "a", "b"}, copied...), copied...)
	pool = append(append(pool, intNames...), strNames...)
	return g.distinct("self", pool, n)
}

// accessor writes a short method that works on self.
func (g *gen) accessor(class string, attrs []string) {
	a := g.pick(attrs)
	switch g.weighted(40, 30, 30) {
	case 0:
		g.line("def get_%s(self):", a)
		g.block(func() { g.line("return self.%s", a) })
	case 1:
		g.line("def set_%s(self, %s):", a, a)
		g.block(func() { g.line("self.%s = %s", a, a) })
	default:
		q := g.quote()
		g.line("def __repr__(self):")
		g.block(func() { g.line("return f%s%s({self.%s})%s", q, class, a, q) })
	}
}
