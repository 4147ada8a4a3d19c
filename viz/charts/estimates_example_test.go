package charts_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExampleEstimates() {
	b, err := charts.Estimates{
		Note: viz.Note{Title: "Is it the circuit?"}, X: charts.Axis{Label: "nats per example", Include: []float64{0}},
		Interval: "95 % over 5 seeds", Refs: []charts.Ref{{Name: "chance", Y: 0.693}},
		Rows: []charts.Estimate{
			{Name: "circuit alone", Value: 0.15, Lo: 0.12, Hi: 0.18},
			{Name: "circuit removed", Value: 0.66, Lo: 0.6, Hi: 0.72},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Is it the circuit?
	// ──────────────────
	//   circuit alone   │         --o--                                     |    │ 0.150 [0.120, 0.180]
	//   circuit removed │                                            ----o-----  │ 0.660 [0.600, 0.720]
	//                    0                 nats per example                 0.749
	//   | chance 0.693
	//   Whiskers: 95 % over 5 seeds
	//
	// estimate         value  from    to  runs
	// ───────────────  ─────  ────  ────  ────
	// circuit alone    0.150  0.12  0.18
	// circuit removed  0.660  0.60  0.72
	// chance           0.693
}

func ExamplePlot_band() {
	b, err := charts.Plot{
		Note: viz.Note{Title: "Longer lists"}, X: charts.Axis{Label: "elements"}, Band: "95 % over 5 seeds",
		Panels: []charts.Panel{{Y: charts.Axis{Label: "loss"}, Series: []charts.Series{
			{Name: "sparse", X: []float64{10, 20, 30}, Y: []float64{0.1, 0.3, 0.6}, Lo: []float64{0.1, 0.2, 0.4}, Hi: []float64{0.2, 0.4, 0.7}},
		}}},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Longer lists
	// ────────────
	// loss   [o sparse 0.600]
	//      0.700 │                                                               :
	//            │                                                               :
	//            │                                                               o
	//            │                                                               :
	//            │                                                               :
	//            │                                :                              :
	//            │                                :
	//            │                                o
	//            │                                :
	//            │:                               :
	//            │:
	//      0.100 │o
	//            └────────────────────────────────────────────────────────────────
	//             10                          elements                          30
	// : Band: 95 % over 5 seeds
	//
	// series  of    points  first  least  greatest  last
	// ──────  ────  ──────  ─────  ─────  ────────  ────
	// sparse  loss       3    0.1    0.1       0.6   0.6
	//
	// elements  sparse  sparse from   to
	// ────────  ──────  ───────────  ───
	//       10     0.1          0.1  0.2
	//       20     0.3          0.2  0.4
	//       30     0.6          0.4  0.7
}
