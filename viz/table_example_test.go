package viz_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExampleTable() {
	b, err := viz.Table{
		Note:    viz.Note{Title: "Held-out loss"},
		Columns: []viz.Column{{Name: "task"}, {Name: "loss"}, {Name: "accuracy %", Bar: true, Max: 100}},
		Rows: [][]any{
			{"quotes", 0.081, 97.5},
			{"brackets", 0.173, 93.0},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Held-out loss
	// ─────────────
	// task       loss  accuracy %
	// ────────  ─────  ──────────
	// quotes    0.081        97.5 █████████▊
	// brackets  0.173        93.0 █████████▎
}

func ExampleBudget() {
	t, err := charts.Budget(viz.Note{Title: "Budget"}, []charts.Tensor{
		{Name: "transformer.wte.weight", Shape: []int{1024, 128}, K: 13107, Nonzero: 13107},
		{Name: "transformer.h.0.attn.c_attn.weight", Shape: []int{384, 128}, K: 983, Floor: 1, Nonzero: 983},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := t.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Budget
	// ──────
	// tensor                              shape        size       k  density %             floor  nonzero
	// ──────────────────────────────────  ────────  ───────  ──────  ─────────             ─────  ───────
	// transformer.wte.weight              1024×128  131,072  13,107      10.00 █               0   13,107
	// transformer.h.0.attn.c_attn.weight  384×128    49,152     983       2.00 ▎               1      983
	// ──────────────────────────────────  ────────  ───────  ──────  ─────────             ─────  ───────
	// all                                           180,224  14,090       7.82                     14,090
}
