package tokenview_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

func ExampleTokenStrips() {
	b, err := tokenview.TokenStrips{
		Note: viz.Note{Title: "A neuron over a line of code", Provenance: "seed 7"},
		Strips: []tokenview.TokenStrip{
			tokenview.Strip("0.mlp.post_act[863]", []string{"print", "(\"", "hello", "\")", "\n"}, []float64{0, 0.82, 0.11, -0.3, 0}),
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text) // b.HTML shows the values on hover, b.SVG is a picture
	// Output:
	// A neuron over a line of code
	// ────────────────────────────
	// 0.mlp.post_act[863]
	//   print ("     hello ")   ⏎
	//   0     [0.82] 0.11  -0.3 0
	// values from -0.3 to 0.82; []: the peak of a row; · is a space, → a tab, ⏎ the end of a line; a
	// blank parts tokens
	// seed 7
}

func ExamplePair() {
	strip, err := tokenview.Pair("4.attn.resid_delta[83]",
		[]string{"print", "(\"", "hello"}, []float64{0, 0.9, 0.7},
		[]string{"print", "('", "hello"}, []float64{0, -0.8, -0.6})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := tokenview.TokenStrips{Note: viz.Note{Title: "Both sides"}, Strips: []tokenview.TokenStrip{strip}}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Both sides
	// ──────────
	// 4.attn.resid_delta[83]
	//   prompt      print ("     hello
	//               0     [0.9]  0.7
	//   counter     print ('     hello
	//               0     [-0.8] -0.6
	//   difference  0     [1.7]  1.3
	// values from -0.8 to 1.7; []: the peak of a row; · is a space, → a tab, ⏎ the end of a line; a
	// blank parts tokens
}

// Values come from what a model recorded: one channel at every token.
func ExampleChannel() {
	shape, data := []int{1, 3, 2}, []float32{0, 0.5, 0, -1, 0, 0.25} // [batch, seq, width]
	values, err := tokenview.Channel(shape, data, 0, 1)
	fmt.Println(values, err)
	// Output:
	// [0.5 -1 0.25] <nil>
}
