package topk

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// bracket is the state of a search for thresholds, each [n] int32: atLo keys are at
// or above lo and atLo ≥ k; atHi keys are at or above hi and atHi < k.
type bracket struct {
	lo, hi, atLo, atHi *Node
}

// open tells which thresholds are not settled: lo is one if exactly k keys are at
// or above it, or if no other value is left.
func (b bracket) open(k *Node) *Node {
	one := Const(b.lo.Graph(), int32(1))
	return LogicalAnd(GreaterThan(b.atLo, k), GreaterThan(Sub(b.hi, b.lo), one))
}

// moves tells which ends a threshold t, that at keys are at or above, moves.
func (b bracket) moves(t, at, k *Node) (lo, hi *Node) {
	enough := GreaterOrEqual(at, k)
	open := b.open(k)
	lo = LogicalAnd(open, LogicalAnd(enough, GreaterThan(t, b.lo)))
	hi = LogicalAnd(open, LogicalAnd(LogicalNot(enough), LessThan(t, b.hi)))
	return lo, hi
}

// narrow moves the bracket to a threshold.
func (b bracket) narrow(t, at, k *Node) bracket {
	up, down := b.moves(t, at, k)
	return bracket{
		lo: Where(up, t, b.lo), atLo: Where(up, at, b.atLo),
		hi: Where(down, t, b.hi), atHi: Where(down, at, b.atHi),
	}
}

// pack stacks the bracket into one [4, n] array: in a loop, every array of the state
// costs a kernel and a copy.
func (b bracket) pack() *Node { return Stack([]*Node{b.lo, b.hi, b.atLo, b.atHi}, 0) }

func unpack(state *Node) bracket {
	return bracket{rowOf(state, 0), rowOf(state, 1), rowOf(state, 2), rowOf(state, 3)}
}

// rowOf is row i of a matrix, as a vector.
func rowOf(m *Node, i int) *Node { return Reshape(Slice(m, AxisElem(i)), m.Shape().Dimensions[1]) }

// narrowPacked is narrow on a packed bracket.
func narrowPacked(state, t, at, k *Node) *Node {
	g := state.Graph()
	up, down := unpack(state).moves(t, at, k)
	four := func(v *Node) *Node { return BroadcastPrefix(v, 4) }
	rows := func(v ...bool) *Node { return BroadcastToDims(Const(g, v), state.Shape().Dimensions...) }
	isLow := rows(true, false, true, false)
	value := Where(rows(true, true, false, false), four(t), four(at))
	moved := LogicalOr(LogicalAnd(isLow, four(up)), LogicalAnd(LogicalNot(isLow), four(down)))
	return Where(moved, value, state)
}

// guess is the next threshold to try. Bit patterns grow with the logarithm of the
// magnitude, in which activations of any scale are spread evenly enough for linear
// interpolation. It aims above the threshold, to be left with few keys to take.
func (b bracket) guess(round, k *Node) *Node {
	g := b.lo.Graph()
	n := b.lo.Shape().Dimensions[0]
	num := func(v float32) *Node { return BroadcastToDims(Const(g, v), n) }
	float := func(x *Node) *Node { return ConvertDType(x, dtypes.Float32) }
	width := Sub(b.hi, b.lo)
	candidates := Sub(b.atLo, b.atHi)
	above := Sub(float(Sub(b.taken(k), b.atHi)), num(0.7))
	part := Sub(num(1), Div(above, float(candidates)))
	part = Min(Max(part, num(0.08)), num(0.92))
	// Every fourth round halves, so that no distribution takes many rounds.
	halve := Equal(BitwiseAnd(round, Const(g, int32(3))), Const(g, int32(3)))
	part = Where(BroadcastToDims(halve, n), num(0.5), part)
	t := Add(b.lo, ConvertDType(Mul(float(width), part), dtypes.Int32))
	// Where nothing is known from below, step down from the largest by octaves: 1.25,
	// 2.5, 5 and so on.
	octaves := BitwiseShiftLeft(Const(g, int32(5<<21)), Min(round, Const(g, int32(7))))
	t = Where(Equal(b.lo, BroadcastToDims(Const(g, int32(0)), n)), Sub(b.hi, BroadcastToDims(octaves, n)), t)
	one := BroadcastToDims(Const(g, int32(1)), n)
	return Max(Min(t, Sub(b.hi, one)), Add(b.lo, one))
}

// taken is k as a value of the current function: only comparisons may mix a value
// from outside of a loop with one from inside (go-xla v0.4.5).
func (b bracket) taken(k *Node) *Node {
	return Where(GreaterOrEqual(b.hi, BroadcastToDims(Const(b.hi.Graph(), int32(0)), k.Shape().Dimensions[0])), k, b.hi)
}

// guess2 is the next pair of thresholds for large groups, [2, n]: one on either side
// of where the count, taken to fall exponentially, reaches k, as far apart as its
// random part lets expect.
func (b bracket) guess2(round, k *Node) *Node {
	g := b.lo.Graph()
	n := b.lo.Shape().Dimensions[0]
	num := func(v float32) *Node { return BroadcastToDims(Const(g, v), n) }
	whole := func(v int32) *Node { return BroadcastToDims(Const(g, v), n) }
	float := func(x *Node) *Node { return ConvertDType(x, dtypes.Float32) }
	width := Sub(b.hi, b.lo)
	c := Max(float(Sub(b.atLo, b.atHi)), num(1))
	rank := Sub(float(Sub(b.taken(k), b.atHi)), num(0.5))
	noise := Add(Sqrt(Max(Div(Mul(rank, Sub(c, rank)), c), num(0))), num(0.5))
	few := LessThan(c, num(12))
	last := Log(Add(float(b.atHi), num(0.5)))
	slope := Sub(Log(Max(float(b.atLo), num(1))), last)
	at := func(rank *Node, part float32) *Node {
		rank = Where(few, Mul(c, num(part)), Min(Max(rank, num(0.3)), Sub(c, num(0.3))))
		f := Sub(num(1), Div(Sub(Log(Add(float(b.atHi), Max(rank, num(0.3)))), last), slope))
		f = Min(Max(f, num(0.02)), num(0.98))
		return Add(b.lo, ConvertDType(Mul(float(width), f), dtypes.Int32))
	}
	low, high := at(Add(rank, noise), 2./3), at(Sub(rank, noise), 1./3)
	// Every fourth round halves, so that no distribution takes many rounds.
	halve := Equal(BitwiseAnd(round, Const(g, int32(3))), Const(g, int32(3)))
	high = Where(BroadcastToDims(halve, n), Add(b.lo, Div(width, whole(2))), high)
	// Where nothing is known from below, step down from the largest by octaves: 0.75
	// and 2, then 3 and 8, then 12 and 32 and so on.
	shift := Min(Mul(round, Const(g, int32(2))), Const(g, int32(6)))
	octaves := func(v int32) *Node {
		return BroadcastToDims(BitwiseShiftLeft(Const(g, v), shift), n)
	}
	fresh := Equal(b.lo, whole(0))
	low = Where(fresh, Sub(b.hi, octaves(2<<23)), low)
	high = Where(fresh, Sub(b.hi, octaves(3<<21)), high)
	clip := func(t *Node) *Node { return Max(Min(t, Sub(b.hi, whole(1))), Add(b.lo, whole(1))) }
	return Stack([]*Node{clip(low), clip(high)}, 0)
}
