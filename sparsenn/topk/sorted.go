package topk

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// sortedSize is the number of keys up to which [AbsTopK] sorts. A sort of few keys
// takes next to nothing and compiles ten times as fast as a search, which is what
// a notebook cell waits for that evaluates one prompt. A step of training has more.
var sortedSize = 1 << 16

// sortedCut finds the cut of every row by a stable sort of keys [R, C], the largest
// first: the k-th entry is the last one taken, ties by lowest index. 1 ≤ k ≤ C; the
// parts of the cut are [R, 1].
func sortedCut(keys *Node, k int) cut {
	g := keys.Graph()
	descending := NewClosure(g, func(g *Graph) []*Node {
		scalar := func(name string) *Node { return Parameter(g, name, shapes.Make(dtypes.Int32)) }
		a, b := scalar("a"), scalar("b")
		scalar("position of a")
		scalar("position of b")
		return []*Node{GreaterThan(a, b)}
	})
	sorted := SortFunc(descending, 1, true, keys, Iota(g, keys.Shape(), 1))
	last := func(x *Node) *Node { return Slice(x, AxisRange(), AxisElem(k-1)) }
	return cut{key: last(sorted[0]), pos: AddScalar(last(sorted[1]), 1)}
}
