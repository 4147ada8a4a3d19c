package charts_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExampleMatrices() {
	before := []float32{0.1, 0, 0, 0, 0, -0.2, 0, 0, 0, 0, 0, 0.1}
	after := []float32{0.9, 0, 0, 0, 0, 0, 0, -0.4, 0, 0, 0, 0.2}
	b, err := charts.Matrices{
		Note:    viz.Note{Title: "0.mlp.c_fc", Caption: "Three weights, before and after."},
		RowName: "neuron", ColName: "channel",
		Panels: []charts.Matrix{
			{Name: "before", Rows: 3, Cols: 4, Values: before},
			{Name: "after", Rows: 3, Cols: 4, Values: after},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// 0.mlp.c_fc
	// ──────────
	// before   (down: neuron, across: channel)
	// │+   │
	// │ -  │
	// │   +│
	// after   (down: neuron, across: channel)
	// │+   │
	// │   -│
	// │   +│
	//
	// matrix  shape  nonzero  density %  positive  negative  greatest |w|  mean |w| of nonzeros  empty, by neuron  empty, by channel
	// ──────  ─────  ───────  ─────────  ────────  ────────  ────────────  ────────────────────  ────────────────  ─────────────────
	// before  3×4          3      25.00         2         1           0.2                0.1333                 0                  1
	// after   3×4          3      25.00         2         1           0.9                0.5000                 0                  2
	// Three weights, before and after.
}
