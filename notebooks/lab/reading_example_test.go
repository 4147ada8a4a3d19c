package lab

import "fmt"

// The node that decides is chosen on prompts for selecting, and measured on held-out ones.
func ExampleCircuit_Deciding() {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	decides := q.Deciding()
	fmt.Println(decides, q.Effect(decides) > 0.5)
	// Output: 1.attn.resid_delta[26] true
}

// The head that looks back pays most of its attention to the token in which the two sides of a
// pair differ.
func ExampleCircuit_LooksBack() {
	l := Train("laptop", Seed(1)).Find("single_double_quote").LooksBack()
	fmt.Println(l.Head.Layer, l.Full.Mean > 0.9)
	// Output: 1 true
}

// A report's numbers are there by name.
func ExampleCircuit_Controls() {
	c := Train("laptop", Seed(1)).Find("single_double_quote").Controls()
	fmt.Println(c.Number("attribution_nodes").(int) > 100, c.Number("seen_share"))
	// Output: true 0
}
