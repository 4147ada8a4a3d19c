package tokenview_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

func ExampleContexts() {
	words := [][]string{{"print", "(\"", "hello", "\")", "\n", "x", " =", " f", "(\"", "a", "\")"}}
	values := [][]float64{{0, 0.9, 0.2, -0.4, 0, 0, 0, 0, 0.7, 0, -0.3}}
	top, bottom, err := tokenview.SelectContexts(values, words, 0, 2, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := tokenview.Contexts{Note: viz.Note{Title: "Where it is active"}, Node: "0.mlp.post_act[863]", Top: top, Bottom: bottom, Columns: 50}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Where it is active
	// ──────────────────
	// top contexts of 0.mlp.post_act[863]
	//    0.9 0:1            print [("] hello ") ⏎ x
	//    0.7 0:8        ⏎ x ·= ·f [("] a ")
	// bottom contexts of 0.mlp.post_act[863]
	//   -0.4 0:3   print (" hello [")] ⏎ x ·= ·f
	//   -0.3 0:10      ·= ·f (" a [")]
	// values from -0.4 to 0.9; []: the token whose value stands at the left; after the value: stream
	// and position in the data; a model sees only what stands left of a token; · is a space, → a tab,
	// ⏎ the end of a line; a blank parts tokens
}

func ExampleEmbeddingView() {
	words := []string{"(\"", "('", "if", " x"}
	wte := []float32{0, 0.8, 0, -0.6, 0, 0, 0.1, 0.2} // [vocab, width]
	writes, err := tokenview.TokenColumn(wte, 2, 1, func(id int) string { return words[id] })
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := tokenview.EmbeddingView{Note: viz.Note{Title: "What writes the channel"}, Channel: 1, Vocab: 4, Writes: writes}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// What writes the channel
	// ───────────────────────
	// tokens that write channel 1: 3 of 4 tokens, 2 positive, 1 negative
	//   +████████████████████ ("
	//   +█████                ·x
	//   -███████████████      ('
	// tokens whose logit reads channel 1: 0 of 4 tokens, 0 positive, 0 negative
	//
	// side    id  token  weight
	// ──────  ──  ─────  ──────
	// writes   0  ("        0.8
	// writes   3  ·x        0.2
	// writes   1  ('       -0.6
}
