package model_test

import (
	"fmt"

	"circuitbook/sparsenn/model"
)

func ExamplePadded() {
	tokens, last := model.Padded([][]int32{{5, 6}, {7}, {}})
	fmt.Println(tokens, last)
	// Output: [[5 6] [7 0] [0 0]] [1 0 -1]
}
