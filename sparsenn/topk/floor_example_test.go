package topk_test

import (
	"fmt"

	"circuitbook/sparsenn/topk"
)

func ExampleCheckBudget() {
	floor := topk.NeuronFloor{J: 4, Axis: topk.Rows}
	fmt.Println(topk.CheckBudget([]int{512, 128}, 2048, floor))
	fmt.Println(topk.CheckBudget([]int{512, 128}, 1000, floor))
	// Output:
	// <nil>
	// topk: a floor of 4 per row needs 2048 nonzeros in a [512 128] matrix, but k=1000 (density 0.01526): the smallest possible density is 0.03125; raise it, or lower the floor to 1
}

func ExampleSelect() {
	fmt.Println(topk.Select([]float32{1, -3, 3, 0}, 2))
	fmt.Println(topk.Select([]float32{1, -3, 3, 0}, 1))
	// Output:
	// [false true true false]
	// [false true false false]
}

func ExampleSelectVector() {
	fmt.Println(topk.SelectVector([]float32{0, 0, 0, 7}, 3))
	// Output: [true true false true]
}

func ExampleSelectMatrix() {
	w := []float32{
		9, 8,
		1, 2,
	}
	fmt.Println(topk.SelectMatrix(w, 2, 2, 2, topk.NeuronFloor{}))
	fmt.Println(topk.SelectMatrix(w, 2, 2, 2, topk.NeuronFloor{J: 1, Axis: topk.Rows}))
	// Output:
	// [true true false false]
	// [true false false true]
}
