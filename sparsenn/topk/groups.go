package topk

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// groups is the selection problem of Masks: of each of n tensors, the k largest keys.
// All are solved together, so that a step with thirty matrices costs one loop to run
// and one to compile.
//
// A tensor of s keys is laid out as [folds, s/folds], padded to whole rows of lanes
// columns, and the tensors next to each other: [folds, R, lanes]. Counting adds up
// the folds, which XLA fuses with the comparison and the compiler vectorises, then
// the lanes and then the rows of each tensor.
type groups struct {
	data      *Node   // [folds, R, lanes] float32, or int32 keys where these are stored
	of        []int32 // tensor of each row, ascending
	n         int     // number of tensors
	size      int     // entries of the largest tensor with its padding
	k         *Node   // [n] int32, how many to take, 0 ≤ k ≤ avail
	avail     *Node   // [n] int32, how many keys are not negative
	protected *Node   // [n] int32, how many keys are protectedKey
	stride    *Node   // [R] int32, distance of two folds of the row's tensor
	start     *Node   // [R] int32, first position of the row in fold 0
	members   *Node   // [n, R], which rows a tensor has
}

const (
	folds = 8
	lanes = 128
	block = folds * lanes // tensors are padded to a multiple

	// protectedKey is above the keys of all finite weights.
	protectedKey = nonFinite
)

// weightKeys are the keys of Masks: non-finite weights are never taken. It leaves
// keys as they are.
func weightKeys(w *Node) *Node {
	if w.DType() == dtypes.Int32 {
		return w
	}
	g, dims := w.Graph(), w.Shape().Dimensions
	bits := magnitude(w)
	finite := LessThan(bits, BroadcastToDims(Const(g, int32(nonFinite)), dims...))
	return Where(finite, bits, BroadcastToDims(Const(g, int32(-1)), dims...))
}

// newGroups lays tensors out, each float32 or keys, of any shape.
func newGroups(tensors []*Node) *groups {
	g := tensors[0].Graph()
	p := &groups{n: len(tensors)}
	stored := len(tensors) > 1 || tensors[0].Shape().Size()%block != 0
	var parts []*Node
	var stride, start []int32
	for i, t := range tensors {
		n := t.Shape().Size()
		rows := (n + block - 1) / block
		flat := Reshape(t, n)
		if stored {
			flat = weightKeys(flat)
		}
		if pad := rows*block - n; pad > 0 {
			flat = Concatenate([]*Node{flat, BroadcastToDims(Const(g, int32(-1)), pad)}, 0)
		}
		parts = append(parts, Reshape(flat, folds, rows, lanes))
		for row := range rows {
			p.of = append(p.of, int32(i))
			stride = append(stride, int32(rows*lanes))
			start = append(start, int32(row*lanes))
		}
		p.size = max(p.size, rows*block)
	}
	p.data = parts[0]
	if len(parts) > 1 {
		p.data = Concatenate(parts, 1)
	}
	p.stride, p.start = Const(g, stride), Const(g, start)
	return p
}

// spread gives every row its tensor's value: [n] to [R]. In a loop, the result must
// become part of the state: fused into a pass it would be looked up for every key.
func (p *groups) spread(v *Node) *Node {
	if p.n == 1 {
		return BroadcastToDims(Reshape(v), len(p.of))
	}
	index := make([][]int32, len(p.of))
	for i := range index {
		index[i] = p.of[i : i+1]
	}
	return Gather(v, Const(v.Graph(), index), true)
}

// everywhere repeats [R] over the folds and lanes.
func (p *groups) everywhere(v *Node) *Node {
	dims := p.data.Shape().Dimensions
	return BroadcastToDims(Reshape(v, 1, dims[1], 1), dims...)
}

// membership is the [n, R] matrix of which rows a tensor has. It is built in the main
// function and used in loops. Its type counts exactly: float32 does up to 2^24.
func (p *groups) membership() *Node {
	g, rows := p.data.Graph(), len(p.of)
	dtype := dtypes.Float32
	if p.size > 1<<24 {
		dtype = dtypes.Float64
	}
	group := Iota(g, shapes.Make(dtypes.Int32, p.n, rows), 0)
	of := BroadcastPrefix(Const(g, p.of), p.n)
	return ConvertDType(Equal(group, of), dtype)
}

// folded adds up the folds of a [folds, R, lanes] array.
func (p *groups) folded(x *Node, combine func(a, b *Node) *Node) *Node {
	acc := Slice(x, AxisElem(0))
	for i := 1; i < folds; i++ {
		acc = combine(acc, Slice(x, AxisElem(i)))
	}
	return Reshape(acc, len(p.of), lanes)
}

// count adds up a [folds, R, lanes] bool per tensor, to [n] int32.
func (p *groups) count(hit *Node) *Node {
	return p.total(p.rowSums(ConvertDType(hit, dtypes.Int32)))
}

// rowSums adds up the folds and lanes, in float32: exact if no sum exceeds 2^24.
func (p *groups) rowSums(x *Node) *Node {
	ones := Const(x.Graph(), slices.Repeat([]float32{1}, lanes))
	return DotProduct(ConvertDType(p.folded(x, Add), dtypes.Float32), ones)
}

// total adds up the rows of each tensor, [R] to [n] int32.
func (p *groups) total(rows *Node) *Node {
	return ConvertDType(DotProduct(p.members, ConvertDType(rows, p.members.DType())), dtypes.Int32)
}

// atLeast2 counts keys at or above two thresholds, each [R], in one pass: a float32
// holds both counts of a row.
func (p *groups) atLeast2(keys, t1, t2 *Node) (at1, at2 *Node) {
	g := keys.Graph()
	dims := keys.Shape().Dimensions
	hit := func(t *Node, weight int32) *Node {
		zero, one := BroadcastToDims(Const(g, int32(0)), dims...), BroadcastToDims(Const(g, weight), dims...)
		return Where(GreaterOrEqual(keys, p.everywhere(t)), one, zero)
	}
	const shift = 4 * block
	rows := ConvertDType(p.rowSums(Add(hit(t1, 1), hit(t2, shift))), dtypes.Int32)
	all := func(v int32) *Node { return BroadcastToDims(Const(g, v), len(p.of)) }
	return p.total(BitwiseAnd(rows, all(shift-1))), p.total(Div(rows, all(shift)))
}

// positions are the flat indices of the keys within their tensor; zero is a scalar 0.
func (p *groups) positions(stride, start, zero *Node) *Node {
	g, shape := stride.Graph(), shapes.Make(dtypes.Int32, p.data.Shape().Dimensions...)
	inRow := Add(Iota(g, shape, 2), BroadcastToDims(zero, shape.Dimensions...))
	return Add(Mul(Iota(g, shape, 0), p.everywhere(stride)), Add(p.everywhere(start), inRow))
}

// largest is the maximum key of all tensors that is not protected, at least 0; a
// bound for each of them. It reduces, so it is for the main function only.
func (p *groups) largest() *Node {
	g := p.data.Graph()
	keys := weightKeys(p.data)
	zero := BroadcastToDims(Const(g, int32(0)), keys.Shape().Dimensions...)
	high := BroadcastToDims(Const(g, int32(protectedKey)), keys.Shape().Dimensions...)
	part := p.folded(Max(Where(LessThan(keys, high), keys, zero), zero), Max)
	return BroadcastToDims(ReduceAllMax(part), p.n)
}

// budget sets k to the wanted sizes, as far as there are keys to take.
func (p *groups) budget(wanted []*Node, floors bool) {
	g := p.data.Graph()
	keys := weightKeys(p.data)
	all := func(v int32) *Node { return BroadcastToDims(Const(g, v), keys.Shape().Dimensions...) }
	zero := BroadcastToDims(Const(g, int32(0)), p.n)
	p.members = p.membership()
	p.avail, p.protected = p.count(GreaterOrEqual(keys, all(0))), zero
	if floors {
		p.protected = p.count(Equal(keys, all(protectedKey)))
	}
	p.k = Min(Max(Stack(wanted, 0), zero), p.avail)
}

// taken counts the keys before a cut.
func (p *groups) taken(c cut) *Node {
	pos := p.positions(p.stride, p.start, Const(p.data.Graph(), int32(0)))
	every := func(v *Node) *Node { return p.everywhere(p.spread(v)) }
	return p.count(taken(weightKeys(p.data), pos, cut{every(c.key), every(c.pos)}))
}

func (p *groups) solve() cut {
	g := p.data.Graph()
	if hasLoops(g) {
		return p.solveLoop()
	}
	keys := weightKeys(p.data)
	pos := p.positions(p.stride, p.start, Const(g, int32(0)))
	everywhere := func(v *Node) *Node { return p.everywhere(p.spread(v)) }
	return bisect(p.k, p.avail, p.size,
		func(t *Node) *Node { return p.count(GreaterOrEqual(keys, everywhere(t))) },
		func(key, end *Node) *Node {
			return p.count(LogicalAnd(Equal(keys, everywhere(key)), LessThan(pos, everywhere(end))))
		})
}

func (p *groups) start0() bracket {
	g := p.data.Graph()
	all := func(v int32) *Node { return BroadcastToDims(Const(g, v), p.n) }
	none := Equal(p.k, all(0))
	beyond := GreaterThan(p.k, p.protected)
	// The threshold is among the weights, or it is the key of protected ones; with
	// k = 0 it lies above every key.
	return bracket{
		lo:   Where(none, all(topKey), Where(beyond, all(0), all(protectedKey))),
		hi:   Where(beyond, Add(p.largest(), all(1)), all(topKey)),
		atLo: Where(none, all(0), Where(beyond, p.avail, p.protected)),
		atHi: Where(beyond, p.protected, all(0)),
	}
}

func (p *groups) solveLoop() cut {
	g := p.data.Graph()
	type state struct{ round, b, t, t1, t2, data *Node }
	params := func(g *Graph) state {
		s := state{
			round: Parameter(g, "round", shapes.Make(dtypes.Int32)),
			b:     Parameter(g, "bracket", shapes.Make(dtypes.Int32, 4, p.n)),
			t:     Parameter(g, "t", shapes.Make(dtypes.Int32, 2, p.n)),
		}
		rows := int32Params(g, len(p.of), "t1", "t2")
		s.t1, s.t2 = rows[0], rows[1]
		s.data = Parameter(g, "data", p.data.Shape())
		return s
	}
	next := func(b bracket, round *Node) []*Node {
		t := b.guess2(round, p.k)
		return []*Node{round, b.pack(), t, p.spread(rowOf(t, 0)), p.spread(rowOf(t, 1))}
	}
	cond := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{anyTrue(unpack(params(g).b).open(p.k))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		at1, at2 := p.atLeast2(p.loopKeys(s.data, s.round), s.t1, s.t2)
		b := unpack(s.b).narrow(rowOf(s.t, 0), at1, p.k).narrow(rowOf(s.t, 1), at2, p.k)
		return append(next(b, Add(s.round, Const(g, int32(1)))), s.data)
	})
	v := While(cond, body, append(next(p.start0(), Const(g, int32(0))), p.data)...)
	b := unpack(v[1])
	return cut{key: b.lo, pos: p.position(b)}
}

func (p *groups) loopKeys(data, counter *Node) *Node {
	if data.DType() == dtypes.Int32 {
		return data
	}
	return weightKeys(floatsWhere(always(counter), data))
}

// position ends the selection among equal keys by halving. The loop does not run
// where no tensor has more of them than it needs.
func (p *groups) position(b bracket) *Node {
	g := p.data.Graph()
	need := Sub(p.k, b.atHi)
	all := func(v int) *Node { return BroadcastToDims(Const(g, int32(v)), p.n) }
	first := Where(GreaterThan(b.atLo, p.k), all(0), all(p.size-1))
	type state struct{ round, lo, hi, key, mid, stride, start, data *Node }
	params := func(g *Graph) state {
		round := Parameter(g, "round", shapes.Make(dtypes.Int32))
		v := int32Params(g, p.n, "lo", "hi")
		r := int32Params(g, len(p.of), "key", "mid", "stride", "start")
		return state{round, v[0], v[1], r[0], r[1], r[2], r[3], Parameter(g, "data", p.data.Shape())}
	}
	half := func(lo, hi *Node) *Node {
		return Add(lo, Div(Sub(hi, lo), BroadcastToDims(Const(g, int32(2)), p.n)))
	}
	cond := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		return []*Node{anyTrue(GreaterThan(Sub(s.hi, s.lo), Const(g, int32(1))))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		s := params(g)
		zero := Min(s.round, Const(g, int32(0))) // see always
		pos := p.positions(s.stride, s.start, zero)
		key := Add(s.key, BroadcastToDims(zero, len(p.of)))
		equal := Equal(p.loopKeys(s.data, s.round), p.everywhere(key))
		before := LogicalAnd(equal, LessThan(pos, p.everywhere(s.mid)))
		enough := GreaterOrEqual(p.count(before), need)
		mid := half(s.lo, s.hi)
		lo, hi := Where(enough, s.lo, mid), Where(enough, mid, s.hi)
		round := Add(s.round, Const(g, int32(1)))
		return []*Node{round, lo, hi, s.key, p.spread(half(lo, hi)), s.stride, s.start, s.data}
	})
	return While(cond, body, Const(g, int32(0)), first, all(p.size),
		p.spread(b.lo), p.spread(half(first, all(p.size))), p.stride, p.start, p.data)[2]
}
