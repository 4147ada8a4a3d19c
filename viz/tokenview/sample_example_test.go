package tokenview_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

func ExampleSamples() {
	b, err := tokenview.Samples{
		Note: viz.Note{Title: "What the models write", Provenance: "greedy, seed 7"},
		Items: []tokenview.Sample{
			{Name: "sparse", Prompt: "def area(w, h):\n    return ", Completion: "w * h\n"},
			{Name: "dense", Prompt: "x = [1", PromptTokens: []string{"x", " =", " [", "1"}, Completion: ", 2]\n", CompletionTokens: []string{",", " 2", "]\n"}},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// What the models write
	// ─────────────────────
	// sparse
	//   def·area(w,·h):⏎
	//   ····return·«w·*·h⏎
	//   »
	// dense
	//   x|·=|·[|1«,|·2|]⏎
	//   »
	// greedy, seed 7
}
