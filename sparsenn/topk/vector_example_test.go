package topk_test

import (
	"fmt"

	"circuitbook/sparsenn/topk"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
)

func ExampleAbsTopK() {
	keep := graph.MustNewExec(gobackend.GetBackend(), func(x *graph.Node) (y, gradient *graph.Node) {
		y = topk.AbsTopK(x, 2)
		return y, graph.Gradient(graph.ReduceAllSum(graph.Square(y)), x)[0]
	})
	y, gradient := keep.MustCall2([][]float32{{1, -3, 2, 0.5}, {4, 4, -4, 0}})
	fmt.Println(y.Value())
	fmt.Println(gradient.Value())
	// Output:
	// [[0 -3 2 0] [4 4 0 0]]
	// [[0 -6 4 0] [8 8 0 0]]
}

func ExampleAbsTopKMask() {
	kept := graph.MustNewExec(gobackend.GetBackend(), func(x *graph.Node) *graph.Node { return topk.AbsTopKMask(x, 2) })
	fmt.Println(kept.MustCall1([]float32{0, 0, 0, 7}).Value())
	// Output: [true false false true]
}
