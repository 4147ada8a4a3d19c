package synth

// rare is a name that is seen rarely: a noun, or an adjective and a noun. No
// held-out pair of them is written.
func (g *gen) rare() string {
	if g.chance(40) {
		return g.pick(rareNouns)
	}
	a := g.pick(adjectives)
	return a + "_" + g.pickAfter(a, rareNouns)
}

// rareAfter is a rare name that may stand after prev.
func (g *gen) rareAfter(prev string) string {
	for {
		if n := g.rare(); !HeldOut(prev, n) {
			return n
		}
	}
}

// named is a name of the pool, or now and then a rare one.
func (g *gen) named(pool []string) string {
	if g.chance(30) {
		return g.rare()
	}
	return g.pick(pool)
}

// tested is a name for a condition: of the scope or the pool, or a rare one.
func (g *gen) tested(scope, pool []string) string {
	if g.chance(35) {
		return g.rare()
	}
	return g.known(scope, pool)
}

// counter is the name of a loop's number: a letter, or a noun and what it counts.
func (g *gen) counter() string {
	if g.chance(50) {
		return g.pick([]string{"i", "i", "j", "k", "n", "index"})
	}
	n := g.pick(rareNouns)
	return n + "_" + g.pickAfter(n, positions)
}
