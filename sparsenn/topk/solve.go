package topk

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// groups is the one selection problem behind every operation of this package: R
// rows of C keys, each row part of one group, and for every group the number of
// keys to take. All groups are solved together, so that a step with thirty
// matrices costs one loop to run and one to compile.
type groups struct {
	keys  *Node   // [R, C] int32; negative keys are never taken
	pos   *Node   // [R, C] int32, which of two equal keys comes first; below size
	of    []int32 // group of each row, ascending; nil: every row is a group
	n     int     // number of groups
	size  int     // upper bound of pos, exclusive
	k     *Node   // [n] int32, how many to take, 0 ≤ k ≤ avail
	avail *Node   // [n] int32, how many keys are not negative
}

// cut is where a group's selection ends: taken are the keys above key, and of
// those equal to it the ones whose pos is below pos.
type cut struct {
	key, pos *Node // [n] int32
}

// taken tells which of the keys lie before the cut; c.key and c.pos must broadcast.
func taken(keys, pos *Node, c cut) *Node {
	return LogicalOr(GreaterThan(keys, c.key), LogicalAnd(Equal(keys, c.key), LessThan(pos, c.pos)))
}

// topKey is above every key: magnitudes end at +Inf.
const topKey = nonFinite + 1

// solve finds the cut of every group.
func (p *groups) solve() cut {
	if hasLoops(p.keys.Graph()) {
		return p.solveLoop()
	}
	return p.solveUnrolled()
}

// hasLoops tells whether the backend runs While loops whose body broadcasts and
// refers to values outside of it. The pure-Go backend (compute v0.1.6) lists While
// but fails on such bodies; it is told from XLA by DynamicSlice, which it lacks.
func hasLoops(g *Graph) bool {
	return g.Backend().Capabilities().Operations[compute.OpTypeDynamicSlice]
}

// spread gives every row its group's value: [n] to [R, C].
func (p *groups) spread(v *Node) *Node {
	dims := p.keys.Shape().Dimensions
	switch {
	case p.of == nil:
	case p.n == 1:
		return BroadcastToDims(Reshape(v), dims...)
	default:
		v = Gather(v, Const(v.Graph(), column(p.of)), true)
	}
	return BroadcastToDims(v, dims...)
}

func column(v []int32) [][]int32 {
	c := make([][]int32, len(v))
	for i := range v {
		c[i] = v[i : i+1]
	}
	return c
}

// members is the [n, R] matrix of which rows a group has, nil where every row is
// one. It is built in the main function and used in the loops.
func (p *groups) members() *Node {
	if p.of == nil {
		return nil
	}
	g := p.keys.Graph()
	if p.n == 1 {
		return Ones(g, shapes.Make(dtypes.Float64, 1, len(p.of)))
	}
	group := Iota(g, shapes.Make(dtypes.Int32, p.n, len(p.of)), 0)
	return ConvertDType(Equal(group, ExpandLeftToRank(Const(g, p.of), 2)), dtypes.Float64)
}

// count sums a [R, C] bool per group, to [n] int32. It is a dot product because
// the XLA bindings (go-xla v0.4.5) cache a reduction's reducer with the function
// that used it first, so that a second loop in the same program cannot reduce.
// A row is at most 2^24 wide, which float32 counts exactly; rows add up in float64.
func (p *groups) count(hit, members *Node) *Node {
	g := hit.Graph()
	ones := BroadcastToDims(Const(g, float32(1)), p.keys.Shape().Dimensions[1])
	rows := DotProduct(ConvertDType(hit, dtypes.Float32), ones)
	if members != nil {
		rows = DotProduct(members, ConvertDType(rows, dtypes.Float64))
	}
	return ConvertDType(rows, dtypes.Int32)
}

// any is whether a [n] bool holds a true.
func anyTrue(b *Node) *Node {
	g := b.Graph()
	ones := BroadcastToDims(Const(g, float32(1)), b.Shape().Dimensions[0])
	return GreaterThan(DotProduct(ConvertDType(b, dtypes.Float32), ones), Const(g, float32(0)))
}

func (p *groups) start() bracket {
	g := p.keys.Graph()
	zero := BroadcastToDims(Const(g, int32(0)), p.n)
	top := BroadcastToDims(Const(g, int32(topKey)), p.n)
	none := Equal(p.k, Const(g, int32(0)))
	// With k = 0 the cut lies above every key, and the group is done.
	return bracket{
		lo: Where(none, top, zero), hi: top,
		atLo: Where(none, zero, p.avail), atHi: zero,
	}
}

func (p *groups) narrow(b bracket, members *Node) bracket {
	two := Const(b.lo.Graph(), int32(2))
	mid := Add(b.lo, Div(Sub(b.hi, b.lo), two))
	return b.narrow(mid, p.count(GreaterOrEqual(p.keys, p.spread(mid)), members), p.k)
}

func (p *groups) solveLoop() cut {
	g := p.keys.Graph()
	members := p.members()
	cond := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{anyTrue(bracketParams(g, p.n).open(p.k))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		return p.narrow(bracketParams(g, p.n), members).nodes()
	})
	v := While(cond, body, p.start().nodes()...)
	b := bracket{v[0], v[1], v[2], v[3]}

	// Equal keys at the threshold: find the position that ends the selection. The
	// loop does not run at all where no group has more of them than it needs.
	need := Sub(p.k, b.atHi)
	zero := BroadcastToDims(Const(g, int32(0)), p.n)
	size := BroadcastToDims(Const(g, int32(p.size)), p.n)
	excess := GreaterThan(b.atLo, p.k)
	cond = NewClosure(g, func(g *Graph) []*Node {
		v := int32Params(g, p.n, "lo", "hi", "key")
		return []*Node{anyTrue(GreaterThan(Sub(v[1], v[0]), Const(g, int32(1))))}
	})
	// The threshold travels through the loop: of two operands of a LogicalAnd none
	// may come from outside of it (go-xla v0.4.5), as it would if not carried.
	body = NewClosure(g, func(g *Graph) []*Node {
		v := int32Params(g, p.n, "lo", "hi", "key")
		lo, hi, key := v[0], v[1], v[2]
		mid := Add(lo, Div(Sub(hi, lo), Const(g, int32(2))))
		before := LogicalAnd(Equal(p.keys, p.spread(key)), LessThan(p.pos, p.spread(mid)))
		enough := GreaterOrEqual(p.count(before, members), need)
		return []*Node{Where(enough, lo, mid), Where(enough, mid, hi), key}
	})
	v = While(cond, body, Where(excess, zero, Sub(size, Const(g, int32(1)))), size, b.lo)
	return cut{key: b.lo, pos: v[1]}
}
