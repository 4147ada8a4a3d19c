// Package synth writes small synthetic Python programs, one per document index.
//
// The programs use the idioms that the paper's twenty tasks probe (Gao et al.,
// §4 of the notes kept with the project and Table 1 of the paper), both sides
// of each contrast: strings in either quote, lists of either depth, sets and
// strings that grow, and so on. Words are few and the order of statements is
// free, so the entropy is moderate: a small model learns it in minutes.
//
// Every construct of the tasks is written on both sides several times in ten
// programs, and a share of all variables have rare names of several tokens, so
// that a model learns to look at the keyword rather than at the name.
//
// The generator shares no template with the tasks. Beyond that it never puts
// two neighbouring words, elements or names side by side for which [HeldOut]
// is true, so that a task whose decisive place holds such a pair shows the
// model something that it cannot have seen.
package synth

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// Version is raised whenever the text made for some (seed, index) changes.
const Version = 2

// TokenizerSeed is the seed of the programs that the tokenizer's ranks are
// trained on. The high bit keeps it apart from the seeds of users.
const TokenizerSeed = 1<<63 | 7

// HeldOut says whether the ordered pair (a, b) is kept out of the generated
// text: callee and first word of its string, a word and the next word, a list's
// variable and its first element, an element and the next. A quarter of all
// pairs are.
func HeldOut(a, b string) bool {
	h := fnv.New64a()
	h.Write([]byte(a))
	h.Write([]byte{0})
	h.Write([]byte(b))
	// FNV's low bits mix poorly for short strings: fold the high ones in.
	x := h.Sum64()
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x>>62 == 0
}

// Document returns the program with the given index under the given seed. It
// depends on nothing else; programs are 15 to 70 lines long and parse as Python 3.
// Lists have at most 10 elements, inner ones at most 8.
func Document(seed, index uint64) string { return WithLists(seed, index, 0) }

// WithLists is [Document] with some lists of up to so many elements, alone or the
// only one inside another: half of those that would otherwise be shorter, any length
// being as likely. With 0 it is Document.
func WithLists(seed, index uint64, elements int) string {
	g := &gen{r: rand.New(rand.NewPCG(seed, index)), longest: elements}
	g.sets, g.writes = g.chance(50), g.chance(50)
	g.module()
	return g.b.String()
}

// gen writes one document.
type gen struct {
	r       *rand.Rand
	b       strings.Builder
	indent  int
	scope   scope
	inFunc  bool // a return statement is legal
	inLoop  bool // break and continue are legal
	budget  int  // statements that may still be written in this document
	sets    bool // what grows in this document is a set, mostly, or else a string
	writes  bool // files of this document are written, mostly, or else read
	longest int  // elements of the longest lists, 0 where they are as usual
}

// scope lists the names that are defined at this point, by what they hold.
type scope struct {
	ints, strs, lists, bools, dicts []string
}

func (s scope) clone() scope {
	c := func(x []string) []string { return append([]string(nil), x...) }
	return scope{c(s.ints), c(s.strs), c(s.lists), c(s.bools), c(s.dicts)}
}

// line writes one indented line.
func (g *gen) line(format string, args ...any) {
	for range g.indent {
		g.b.WriteString("    ")
	}
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}

func (g *gen) blank(n int) {
	for range n {
		g.b.WriteByte('\n')
	}
}

// block runs body one level deeper and in a scope of its own.
func (g *gen) block(body func()) {
	saved := g.scope.clone()
	g.indent++
	body()
	g.indent--
	g.scope = saved
}

// chance is true with probability percent/100.
func (g *gen) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *gen) pick(pool []string) string { return pool[g.r.IntN(len(pool))] }

// pickAfter draws from pool a word that may stand after prev.
func (g *gen) pickAfter(prev string, pool []string) string {
	for range 64 {
		if w := g.pick(pool); !HeldOut(prev, w) {
			return w
		}
	}
	for _, w := range pool { // a pool of which nearly all is held out after prev
		if !HeldOut(prev, w) {
			return w
		}
	}
	return pool[0]
}

// distinct draws n different names from pool, each allowed after the one before.
func (g *gen) distinct(prev string, pool []string, n int) []string {
	out := make([]string, 0, n)
	for tries := 0; len(out) < n && tries < 50*n; tries++ {
		w := g.pickAfter(prev, pool)
		if !contains(out, w) {
			out = append(out, w)
			prev = w
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// weighted draws an index with probability proportional to its weight.
func (g *gen) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	x := g.r.IntN(sum)
	for i, w := range weights {
		if x < w {
			return i
		}
		x -= w
	}
	return len(weights) - 1
}

// between is uniform on lo..hi, both included.
func (g *gen) between(lo, hi int) int { return lo + g.r.IntN(hi-lo+1) }

// define records that name now holds something of the kind of list.
func define(list *[]string, name string) {
	if !contains(*list, name) {
		*list = append(*list, name)
	}
}

// known returns a name in scope, or with few in scope one from pool, or now and
// then one that is seen rarely.
func (g *gen) known(scope, pool []string) string {
	if g.chance(14) {
		return g.rare()
	}
	if len(scope) > 0 && (len(scope) > 2 || g.chance(70)) {
		return g.pick(scope)
	}
	return g.pick(pool)
}
