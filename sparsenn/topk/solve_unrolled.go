package topk

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// solveUnrolled is solve without control flow, for backends whose loops cannot run
// it: one pass per bit of a key, then a running count of equal keys.
func (p *groups) solveUnrolled() cut {
	members := p.members()
	b := p.start()
	for range 31 {
		b = p.narrow(b, members)
	}
	g := p.keys.Graph()
	need := Sub(p.k, b.atHi)
	size := BroadcastToDims(Const(g, int32(p.size)), p.n)
	lo := Sub(size, Const(g, int32(1)))
	lo = Where(GreaterThan(b.atLo, p.k), ZerosLike(lo), lo)
	hi := size
	equal := Equal(p.keys, p.spread(b.lo))
	for width := p.size; width > 1; width -= width / 2 {
		mid := Add(lo, Div(Sub(hi, lo), Const(g, int32(2))))
		before := LogicalAnd(equal, LessThan(p.pos, p.spread(mid)))
		enough := GreaterOrEqual(p.count(before, members), need)
		lo, hi = Where(enough, lo, mid), Where(enough, mid, hi)
	}
	return cut{key: b.lo, pos: hi}
}
