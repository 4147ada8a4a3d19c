package book_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// Outside a notebook a figure is printed as text.
func ExampleShow() {
	book.Check(book.Show(viz.Table{
		Columns: []viz.Column{{Name: "task"}, {Name: "loss"}},
		Rows:    [][]any{{"quotes", 0.081}, {"brackets", 0.173}},
	}))
	// Output:
	// task       loss
	// ────────  ─────
	// quotes    0.081
	// brackets  0.173
}

func ExampleNewProgress() {
	bar := book.NewProgress("train", 2000)
	bar.Note("One epoch of the sample.", "seed 7")
	for step := 1; step <= 2000; step++ {
		loss := 6.2 / float64(step)
		bar.Step(step, fmt.Sprintf("loss %.3f", loss))
	}
	book.Check(bar.Done())
}

func ExampleClaim() {
	book.Check(
		book.Claim("steps", 2000),
		book.ClaimInterval("quote_loss", 0.081, 0.072, 0.09, 512),
		book.Provenance(map[string]any{"seed": 7, "gomlx": "v0.28.8"}),
	)
}

func ExampleSave() {
	book.Check(book.Save("loss.svg", charts.Plot{
		Panels: []charts.Panel{{Series: []charts.Series{{Name: "loss", X: charts.Steps(3), Y: []float64{3, 2, 1}}}}},
	}))
}
