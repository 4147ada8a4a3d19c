package charts_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExamplePlot() {
	steps := []float64{0, 100, 200, 300, 400}
	b, err := charts.Plot{
		Note: viz.Note{
			Title:      "Validation loss",
			Caption:    "The sparse model ends 0.15 nats above its dense twin.",
			Provenance: viz.ProvenanceLine(map[string]any{"seed": 7, "steps": 400}),
		},
		X: charts.Axis{Label: "step"},
		Panels: []charts.Panel{{
			Y: charts.Axis{Label: "nats per token"},
			Series: []charts.Series{
				{Name: "sparse", X: steps, Y: []float64{6.2, 4.1, 3.2, 2.9, 2.75}},
				{Name: "dense", X: steps, Y: []float64{6.2, 3.9, 3.0, 2.7, 2.6}},
			},
			Refs: []charts.Ref{{Name: "uniform", Y: 6.238}},
		}},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text) // b.HTML and b.SVG hold the picture
	// Output:
	// Validation loss
	// ───────────────
	// nats per token   [o sparse 2.75; + dense 2.60; . uniform 6.24]
	//       6.24 │+...............................................................
	//            │
	//            │
	//            │
	//            │
	//            │
	//            │                o
	//            │                +
	//            │
	//            │                                o
	//            │                                +              o
	//       2.60 │                                               +               +
	//            └────────────────────────────────────────────────────────────────
	//             0                            step                            400
	//
	// series  of              points  first  least  greatest  last
	// ──────  ──────────────  ──────  ─────  ─────  ────────  ────
	// sparse  nats per token       5    6.2   2.75       6.2  2.75
	// dense   nats per token       5    6.2   2.60       6.2  2.60
	//
	// step  sparse  dense
	// ────  ──────  ─────
	//    0    6.20    6.2
	//  100    4.10    3.9
	//  200    3.20    3.0
	//  300    2.90    2.7
	//  400    2.75    2.6
	// The sparse model ends 0.15 nats above its dense twin.
	// seed 7 · steps 400
}

func ExamplePlot_panels() {
	steps := charts.Steps(5)
	b, err := charts.Plot{
		Note: viz.Note{Title: "Annealing"},
		X:    charts.Axis{Label: "step"},
		Panels: []charts.Panel{
			{Y: charts.Axis{Label: "loss"}, Series: []charts.Series{{Name: "anneal", X: steps, Y: []float64{6, 4, 3, 2.5, 2.4}}}},
			{Y: charts.Axis{Label: "L0", Log: true}, Series: []charts.Series{{Name: "anneal", X: steps, Y: []float64{1e6, 1e5, 1e4, 5000, 5000}}}},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Annealing
	// ─────────
	// loss   [o anneal 2.40]
	//          6 │o
	//            │
	//            │
	//            │
	//            │
	//            │
	//            │                o
	//            │
	//            │
	//            │                                o
	//            │
	//       2.40 │                                               o               o
	//            └────────────────────────────────────────────────────────────────
	// L0 (logarithmic)   [o anneal 5,000]
	//  1,000,000 │o
	//            │
	//            │                o
	//            │
	//            │                                o
	//      5,000 │                                               o               o
	//            └────────────────────────────────────────────────────────────────
	//             0                             step                             4
	//
	// series  of    points      first  least   greatest   last
	// ──────  ────  ──────  ─────────  ─────  ─────────  ─────
	// anneal  loss       5          6    2.4          6    2.4
	// anneal  L0         5  1,000,000  5,000  1,000,000  5,000
	//
	// step  anneal, loss  anneal, L0
	// ────  ────────────  ──────────
	//    0           6.0   1,000,000
	//    1           4.0     100,000
	//    2           3.0      10,000
	//    3           2.5       5,000
	//    4           2.4       5,000
}
