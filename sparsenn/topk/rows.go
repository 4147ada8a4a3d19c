package topk

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// rows is the selection problem of AbsTopK: of each of R vectors of D keys, the k
// largest, on backends with loops.
type rows struct {
	data *Node // [R, D'] float32, or int32 keys where these are stored; padded with -1
	k    *Node // [R] int32, 1 ≤ k ≤ D
	most int   // the largest k
	d, r int   // D without padding, and R
	fold int   // width of the partial sums; D' is a multiple
}

func newRows(data, ks *Node, most int) *rows {
	dims := data.Shape().Dimensions
	p := &rows{data: data, k: ks, most: most, r: dims[0], d: dims[1], fold: foldWidth(dims[1])}
	if pad := (p.fold - p.d%p.fold) % p.fold; pad > 0 {
		none := BroadcastToDims(Const(data.Graph(), int32(-1)), p.r, pad)
		p.data = Concatenate([]*Node{vectorKeys(data), none}, 1)
	}
	return p
}

// vectorKeys are the keys of AbsTopK: non-finite values are equal and the largest.
// It leaves keys as they are.
func vectorKeys(x *Node) *Node {
	if x.DType() == dtypes.Int32 {
		return x
	}
	return Min(magnitude(x), Const(x.Graph(), int32(nonFinite)))
}

// loopKeys are the keys within a loop. See always; data must come from the state.
func loopKeys(data, counter *Node) *Node {
	if data.DType() == dtypes.Int32 {
		return data
	}
	return vectorKeys(floatsWhere(always(counter), data))
}

// foldWidth is the width to which a row of d is folded by adding up to eight slices
// of it. XLA fuses the slices with what produces them and the compiler vectorises
// the sum, where a reduction along the last axis is a loop of its own over a stored
// array. More than eight slices are no longer vectorised.
func foldWidth(d int) int {
	if d <= 32 {
		return d
	}
	return max(16, (d/8+15)/16*16)
}

// folded combines the slices of a [R, D] array into [R, fold].
func (p *rows) folded(x *Node, combine func(a, b *Node) *Node) *Node {
	acc := Slice(x, AxisRange(), AxisRange(0, p.fold))
	for i := p.fold; i < x.Shape().Dimensions[1]; i += p.fold {
		acc = combine(acc, Slice(x, AxisRange(), AxisRange(i, i+p.fold)))
	}
	return acc
}

// count adds up a [R, D] bool along its rows, to [R] int32. The last step is a dot
// product for the reason given at anyTrue. It is exact: a row is shorter than 2^24.
func (p *rows) count(hit *Node) *Node {
	part := p.folded(ConvertDType(hit, dtypes.Int32), Add)
	ones := Const(hit.Graph(), slices.Repeat([]float32{1}, p.fold))
	return ConvertDType(DotProduct(ConvertDType(part, dtypes.Float32), ones), dtypes.Int32)
}

func (p *rows) atLeast(keys, t *Node) *Node {
	return p.count(GreaterOrEqual(keys, p.across(t)))
}

// across repeats [R] along the rows.
func (p *rows) across(v *Node) *Node {
	return BroadcastToDims(v, p.data.Shape().Dimensions...)
}

// largest folds and reduces [R, D] to the maximum of each row. It can be used in the
// main function only; see count.
func (p *rows) largest(keys *Node) *Node { return ReduceMax(p.folded(keys, Max), 1) }

func (p *rows) solve() cut {
	g := p.data.Graph()
	zero := BroadcastToDims(Const(g, int32(0)), p.r)
	b := bracket{
		lo: zero, atLo: BroadcastToDims(Const(g, int32(p.d)), p.r),
		hi: Add(p.largest(vectorKeys(p.data)), Const(g, int32(1))), atHi: zero,
	}
	steps := p.most
	if steps > 4 {
		b, steps = p.search(b), fewLeft
	}
	for range steps {
		b = p.step(b)
	}
	return cut{key: b.lo, pos: p.position(b)}
}

// fewLeft is how close to the threshold the search comes before single steps take
// over. Two magnitudes next to each other may differ in the last bit only; halving
// the interval between them would take one vector in thousands some twenty rounds
// more than the rest, and all wait for it. A step from a value to the next takes it
// in one.
const fewLeft = 1

// search narrows every bracket until at most fewLeft keys are to be taken from
// below hi.
func (p *rows) search(b bracket) bracket {
	g := p.data.Graph()
	type state struct{ round, b, t, data *Node }
	params := func(g *Graph) state {
		return state{
			round: Parameter(g, "round", shapes.Make(dtypes.Int32)),
			b:     Parameter(g, "bracket", shapes.Make(dtypes.Int32, 4, p.r)),
			t:     Parameter(g, "t", shapes.Make(dtypes.Int32, p.r)),
			data:  Parameter(g, "data", p.data.Shape()),
		}
	}
	cond := NewClosure(g, func(g *Graph) []*Node {
		b := unpack(params(g).b)
		far := GreaterThan(p.k, Add(b.atHi, BroadcastToDims(Const(g, int32(fewLeft)), p.r)))
		return []*Node{anyTrue(LogicalAnd(b.open(p.k), far))}
	})
	// The threshold is part of the state so that it is computed once a row. XLA would
	// fuse it into the comparison and compute it for every key.
	body := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		at := p.atLeast(loopKeys(s.data, s.round), s.t)
		round := Add(s.round, Const(g, int32(1)))
		b := narrowPacked(s.b, s.t, at, p.k)
		return []*Node{round, b, unpack(b).guess(round, p.k), s.data}
	})
	zero := Const(g, int32(0))
	return unpack(While(cond, body, zero, b.pack(), b.guess(zero, p.k), p.data)[1])
}

// step moves hi to the largest key below it. An open bracket with at most fewLeft
// keys to take is settled after as many steps.
func (p *rows) step(b bracket) bracket {
	g := p.data.Graph()
	keys, one := vectorKeys(p.data), Const(g, int32(1))
	none := BroadcastToDims(Const(g, int32(-1)), keys.Shape().Dimensions...)
	next := p.largest(Where(LessThan(keys, p.across(b.hi)), keys, none))
	at := p.atLeast(keys, next)
	open, enough := b.open(p.k), GreaterOrEqual(at, p.k)
	found, passed := LogicalAnd(open, enough), LogicalAnd(open, LogicalNot(enough))
	return bracket{
		lo: Where(found, next, b.lo), atLo: Where(found, at, b.atLo),
		hi:   Where(found, Add(next, one), Where(passed, next, b.hi)),
		atHi: Where(passed, at, b.atHi),
	}
}

// position ends the selection among equal keys, by halving the columns. The loop
// does not run where no row has more of them than it needs.
func (p *rows) position(b bracket) *Node {
	g := p.data.Graph()
	need := Sub(p.k, b.atHi)
	end := BroadcastToDims(Const(g, int32(p.d)), p.r)
	start := Where(GreaterThan(b.atLo, p.k), ZerosLike(end), Sub(end, Const(g, int32(1))))
	width := p.data.Shape().Dimensions[1]
	type state struct{ round, lo, hi, key, columns, data *Node }
	params := func(g *Graph) state {
		round := Parameter(g, "round", shapes.Make(dtypes.Int32))
		v := int32Params(g, p.r, "lo", "hi", "key")
		columns := Parameter(g, "columns", shapes.Make(dtypes.Int32, width))
		return state{round, v[0], v[1], v[2], columns, Parameter(g, "data", p.data.Shape())}
	}
	cond := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		return []*Node{anyTrue(GreaterThan(Sub(s.hi, s.lo), Const(g, int32(1))))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		mid := Add(s.lo, Div(Sub(s.hi, s.lo), Const(g, int32(2))))
		key := Add(s.key, BroadcastToDims(Min(s.round, Const(g, int32(0))), p.r)) // see always
		equal := Equal(loopKeys(s.data, s.round), p.across(key))
		at := p.count(LogicalAnd(equal, LessThan(BroadcastPrefix(s.columns, p.r), p.across(mid))))
		enough := GreaterOrEqual(at, need)
		round := Add(s.round, Const(g, int32(1)))
		return []*Node{round, Where(enough, s.lo, mid), Where(enough, mid, s.hi), s.key, s.columns, s.data}
	})
	columns := Iota(g, shapes.Make(dtypes.Int32, width), 0)
	return While(cond, body, Const(g, int32(0)), start, end, b.lo, columns, p.data)[2]
}
