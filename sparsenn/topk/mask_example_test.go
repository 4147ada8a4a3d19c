package topk_test

import (
	"fmt"

	"circuitbook/sparsenn/topk"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
)

var weights = [][]float32{
	{9, 8, 7},
	{1, -6, 0},
	{0, 0, 5},
}

func ExampleMask() {
	project, err := graph.NewExec(gobackend.GetBackend(), func(w, k *graph.Node) (*graph.Node, *graph.Node) {
		s := topk.Mask(w, k, topk.NeuronFloor{})
		return s.Apply(w), s.Count
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// k is an input: one program serves a whole schedule.
	for _, k := range []int32{2, 4} {
		w, n, err := project.Call2(weights, k)
		fmt.Println(w.Value(), n.Value(), err)
	}
	// Output:
	// [[9 8 0] [0 0 0] [0 0 0]] 2 <nil>
	// [[9 8 7] [0 -6 0] [0 0 0]] 4 <nil>
}

func ExampleMasks() {
	project, err := graph.NewExec(gobackend.GetBackend(), func(w, bias *graph.Node) []*graph.Node {
		two := graph.Const(w.Graph(), int32(2))
		five := graph.Const(w.Graph(), int32(5))
		s := topk.Masks([]topk.Tensor{
			{W: w, K: five, Floor: topk.NeuronFloor{J: 1, Axis: topk.Rows}},
			{W: bias, K: two},
		})
		return []*graph.Node{s[0].Apply(w), s[1].Apply(bias), s[1].Finite}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := project.Call(weights, []float32{0.5, -1, 2})
	fmt.Println(out[0].Value(), out[1].Value(), out[2].Value(), err)
	// Output:
	// [[9 8 7] [0 -6 0] [0 0 5]] [0 -1 2] true <nil>
}

func ExampleSelection_Apply() {
	apply := graph.MustNewExec(gobackend.GetBackend(), func(w *graph.Node) *graph.Node {
		return topk.Mask(w, graph.Const(w.Graph(), int32(1)), topk.NeuronFloor{}).Apply(w)
	})
	fmt.Println(apply.MustCall1([]float32{3, -4, 0}).Value())
	// Output: [0 -4 0]
}

func ExampleAllFinite() {
	finite := graph.MustNewExec(gobackend.GetBackend(), topk.AllFinite)
	zero := float32(0)
	fmt.Println(finite.MustCall1([]float32{1, 2}).Value(), finite.MustCall1([]float32{1, 1 / zero}).Value())
	// Output: true false
}
