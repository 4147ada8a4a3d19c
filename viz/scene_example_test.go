package viz_test

import (
	"fmt"
	"strings"

	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// A scene of one's own: marks as data, drawn with the same rules as every figure.
func ExampleScene_SVG() {
	s := draw.Scene{Width: 40, Height: 20, Title: "A dot", Desc: "One dot on paper.", Marks: []draw.Mark{
		{Shape: draw.Rect, W: 40, H: 20, Fill: draw.Paper},
		{Shape: draw.Circle, X: 20, Y: 10, R: 4, Fill: draw.Positive, Tip: "+0.5"},
	}}
	svg, err := s.SVG()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range strings.Split(svg, "\n") {
		if strings.HasPrefix(line, "<circle") {
			fmt.Println(line)
		}
	}
	// Output:
	// <circle cx="20" cy="10" r="4" fill="#0068a8" class="f-pos"><title>+0.5</title></circle>
}

func ExampleVisible() {
	fmt.Println(draw.Visible("if x:\n\treturn \x00"))
	// Output:
	// if x:⏎→return \x00
}

func ExampleProvenanceLine() {
	fmt.Println(viz.ProvenanceLine(map[string]any{"steps": 2000, "seed": 7}))
	// Output:
	// seed 7 · steps 2000
}
