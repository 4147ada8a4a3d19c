package topk

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// cut is where a selection ends: taken are the keys above key, and of those equal to
// it the ones whose position is below pos. Each is [n] int32, one a problem.
type cut struct {
	key, pos *Node
}

// taken tells which of the keys lie before the cut; c.key and c.pos must broadcast.
func taken(keys, pos *Node, c cut) *Node {
	return LogicalOr(GreaterThan(keys, c.key), LogicalAnd(Equal(keys, c.key), LessThan(pos, c.pos)))
}

// topKey is above every key: magnitudes end at +Inf.
const topKey = nonFinite + 1

// magnitude is the order of |x| as int32: bit patterns of non-negative floats.
func magnitude(x *Node) *Node {
	return BitwiseAnd(Bitcast(x, dtypes.Int32), Const(x.Graph(), int32(0x7fffffff)))
}

// hasLoops tells whether the backend runs While loops whose body broadcasts and
// refers to values outside of it. The pure-Go backend (compute v0.1.6) lists While
// but fails on such bodies; it is told from XLA by DynamicSlice, which it lacks.
func hasLoops(g *Graph) bool {
	return g.Backend().Capabilities().Operations[compute.OpTypeDynamicSlice]
}

// anyTrue is whether a [n] bool holds a true. It is a dot product because the XLA
// bindings (go-xla v0.4.5) tie a reduction to the function that used it first, so
// that two loops of one program cannot both reduce.
func anyTrue(b *Node) *Node {
	g := b.Graph()
	ones := BroadcastToDims(Const(g, float32(1)), b.Shape().Dimensions[0])
	return GreaterThan(DotProduct(ConvertDType(b, dtypes.Float32), ones), Const(g, float32(0)))
}

// always is a bool that is true for a counter that is never negative, which XLA does
// not know. What does not depend on the state of a loop, XLA computes in front of it
// and stores; for all keys that costs as much as several passes over them.
func always(counter *Node) *Node {
	return GreaterOrEqual(counter, Const(counter.Graph(), int32(0)))
}

// floatsWhere is x if the condition is true, and zero otherwise.
func floatsWhere(condition, x *Node) *Node {
	dims := x.Shape().Dimensions
	zeros := BroadcastToDims(Const(x.Graph(), float32(0)), dims...)
	return Where(BroadcastToDims(condition, dims...), x, zeros)
}

func int32Params(g *Graph, n int, names ...string) []*Node {
	nodes := make([]*Node, len(names))
	for i, name := range names {
		nodes[i] = Parameter(g, name, shapes.Make(dtypes.Int32, n))
	}
	return nodes
}

// bisect solves n problems without control flow, for backends whose loops cannot: a
// pass a bit. Problem i takes the k[i] keys that are largest of avail[i].
//
//   - atLeast counts, for every problem, keys at or above a threshold: [n] to [n];
//   - equals counts keys equal to the first argument at positions below the second;
//   - size is an upper bound of positions, exclusive.
func bisect(k, avail *Node, size int, atLeast func(t *Node) *Node, equals func(key, pos *Node) *Node) cut {
	g, n := k.Graph(), k.Shape().Dimensions[0]
	all := func(v int) *Node { return BroadcastToDims(Const(g, int32(v)), n) }
	none := Equal(k, all(0))
	// With k = 0 the cut lies above every key.
	b := bracket{
		lo: Where(none, all(topKey), all(0)), hi: all(topKey),
		atLo: Where(none, all(0), avail), atHi: all(0),
	}
	half := func(lo, hi *Node) *Node { return Add(lo, Div(Sub(hi, lo), all(2))) }
	for range 31 {
		t := half(b.lo, b.hi)
		b = b.narrow(t, atLeast(t), k)
	}
	need := Sub(k, b.atHi)
	hi := all(size)
	lo := Where(GreaterThan(b.atLo, k), all(0), all(size-1))
	for width := size; width > 1; width -= width / 2 {
		mid := half(lo, hi)
		enough := GreaterOrEqual(equals(b.lo, mid), need)
		lo, hi = Where(enough, lo, mid), Where(enough, mid, hi)
	}
	return cut{key: b.lo, pos: hi}
}
