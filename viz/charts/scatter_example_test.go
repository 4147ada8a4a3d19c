package charts_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExampleScatter() {
	s := charts.Scatter{
		Note: viz.Note{Title: "Smaller or better"}, X: charts.Axis{Label: "nodes"}, Y: charts.Axis{Label: "loss", Include: []float64{0}}, Front: true,
		Groups: []charts.Cloud{
			{Name: "sparse", Points: []charts.Dot{{Name: "a", X: 10, Y: 0.4}, {Name: "b", X: 20, Y: 0.2}, {Name: "c", X: 40, Y: 0.25}}},
			{Name: "dense", Points: []charts.Dot{{Name: "d", X: 60, Y: 0.1, YLo: 0.05, YHi: 0.15}}},
		},
		Rays: []charts.Ray{{Name: "1 in 200", Factor: 0.005}},
	}
	b, err := s.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text) // b.HTML and b.SVG hold the picture
	// Output:
	// Smaller or better
	// ─────────────────
	// loss   [o sparse; + dense; -| front; . 1 in 200]
	//      0.400 │o-------------
	//            │             |
	//            │             |
	//            │             |
	//            │             |                                                ..
	//            │             |                                          ......
	//            │             |                        o           ......
	//            │             |                              ......
	//            │             |                        ......
	//            │             o--------------------------------------------------
	//            │                           ......                              |
	//            │                     ......                                    |
	//            │               ......                                          |
	//            │         ......                                                +
	//            │   ......
	//            │...
	//            │
	//          0 │
	//            └────────────────────────────────────────────────────────────────
	//             10                           nodes                            60
	// : Step line and heavy markers: the front, points that no other beats in one measure without losing in the other; whiskers: the interval of each point
	//
	// group   point  nodes  loss  from    to  front
	// ──────  ─────  ─────  ────  ────  ────  ─────
	// sparse  a         10  0.40              yes
	// sparse  b         20  0.20              yes
	// sparse  c         40  0.25              no
	// dense   d         60  0.10  0.05  0.15  yes
	//
	// line      factor
	// ────────  ──────
	// 1 in 200   0.005
}

func ExampleScatter_FrontDots() {
	s := charts.Scatter{Groups: []charts.Cloud{
		{Name: "sparse", Points: []charts.Dot{{Name: "b", X: 20, Y: 0.2}, {Name: "c", X: 40, Y: 0.25}, {Name: "a", X: 10, Y: 0.4}}},
		{Name: "bound", Apart: true, Points: []charts.Dot{{X: 1, Y: 0.01}}},
	}}
	for _, d := range s.FrontDots() {
		fmt.Println(d.Name, d.X, d.Y)
	}
	// Output:
	// a 10 0.4
	// b 20 0.2
}
