package topk

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// AbsTopK keeps, in every vector along the last axis of x, the k entries with the
// largest |x|, sign and value unchanged, and sets the others to zero (Gao et al.,
// §1.3 of the activation sparsity). Exactly min(k, width) entries are kept, equal
// magnitudes by lowest index; so among more zeros than fit, the first count as kept.
// Gradients flow through the kept entries and through no others.
//
// x is float32 of rank 1 or more; k is a constant of the program. A non-finite
// entry ranks above every finite one (and equal to other non-finite ones), so that
// it stays in the result and shows in the loss instead of vanishing.
//
// Like all graph functions it panics on a wrong dtype or a negative k.
func AbsTopK(x *Node, k int) *Node {
	return Where(AbsTopKMask(x, k), x, ZerosLike(x))
}

// AbsTopKMask is the selection of [AbsTopK] by itself, a bool of the shape of x. No
// gradient flows through it.
func AbsTopKMask(x *Node, k int) *Node {
	if x.DType() != dtypes.Float32 || x.Rank() == 0 || k < 0 {
		panic(fmt.Errorf("topk: AbsTopK needs a float32 vector or a batch of them and k ≥ 0, not %s and k=%d", x.Shape(), k))
	}
	g := x.Graph()
	dims := x.Shape().Dimensions
	width := dims[len(dims)-1]
	size := x.Shape().Size()
	if k >= width || size == 0 {
		return BroadcastToDims(Const(g, true), dims...)
	}
	if k == 0 {
		return BroadcastToDims(Const(g, false), dims...)
	}
	rows := size / width
	data := Reshape(StopGradient(x), rows, width)
	if size <= sortedSize && hasLoops(g) {
		keys := vectorKeys(data)
		c := sortedCut(keys, k)
		across := func(v *Node) *Node { return BroadcastToDims(v, rows, width) }
		return Reshape(taken(keys, Iota(g, keys.Shape(), 1), cut{across(c.key), across(c.pos)}), dims...)
	}
	return Reshape(rowMask(data, BroadcastToDims(Const(g, int32(k)), rows), k), dims...)
}

// rowMask takes the ks[i] largest keys of row i; ks[i] is at least 1, at most the width
// and at most most. data [R, C] as in [rows], ks [R] int32; the result is a [R, C] bool.
func rowMask(data, ks *Node, most int) *Node {
	g := data.Graph()
	dims := data.Shape().Dimensions
	pos := Iota(g, shapes.Make(dtypes.Int32, dims...), 1)
	keys := vectorKeys(data)
	var c cut
	if hasLoops(g) {
		c = newRows(data, ks, most).solve()
	} else {
		count := func(hit *Node) *Node { return ReduceSum(ConvertDType(hit, dtypes.Int32), 1) }
		across := func(v *Node) *Node { return BroadcastToDims(v, dims...) }
		c = bisect(ks, BroadcastToDims(Const(g, int32(dims[1])), dims[0]), dims[1],
			func(t *Node) *Node { return count(GreaterOrEqual(keys, across(t))) },
			func(key, end *Node) *Node {
				return count(LogicalAnd(Equal(keys, across(key)), LessThan(pos, across(end))))
			})
	}
	return taken(keys, pos, cut{BroadcastToDims(c.key, dims...), BroadcastToDims(c.pos, dims...)})
}
