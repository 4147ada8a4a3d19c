package tokenview_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

func ExampleAttentionStrip() {
	b, err := tokenview.AttentionStrip{
		Note:   viz.Note{Title: "Where the closing bracket looks"},
		Tokens: []string{"x", " =", " [", "1", "]"}, Sink: true,
		Rows: []tokenview.AttentionRow{
			{Name: "head 3", Query: 4, Weights: []float64{0.1, 0, 0, 0.85, 0.05, 0}},
			{Name: "head 5", Query: 3, Weights: []float64{0.2, 0.2, 0.2, 0.2, 0.2}},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Where the closing bracket looks
	// ───────────────────────────────
	//                    sink x  ·= ·[   1  ]
	//   head 3 from 4 ]  10   .  .  [85] 5  .
	//   head 5 from 3 1  [20] 20 20 20   20
	// values from 0 % to 85 %; []: what gets most; numbers are per cent of the attention of a query; a
	// row ends at its query; · is a space, → a tab, ⏎ the end of a line; a blank parts tokens
}

func ExampleAttentionMatrix() {
	// As a model records it: [batch, head, seq, keys], the sink's column first.
	shape, data := []int{1, 1, 3, 4}, []float32{
		0.9, 0.1, 0, 0,
		0.5, 0.25, 0.25, 0,
		0, 0, 1, 0,
	}
	weights, err := tokenview.Pattern(shape, data, 0, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := tokenview.AttentionMatrix{
		Tokens: []string{"a", " =", "\n"}, Sink: true,
		Heads: []tokenview.AttentionHead{{Name: "2.attn head 3", Weights: weights}},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// 2.attn head 3   (down: query; across: sink, then token 0, 1, …; tenths, . below a half)
	//   0 a  9 1
	//   1 ·= 5 33
	//   2 ⏎  . .9.
	//
	// head           query  token  sink %  most to    %  then to   %  then to  %
	// ─────────────  ─────  ─────  ──────  ───────  ───  ───────  ──  ───────  ─
	// 2.attn head 3      0  a          90  0 a       10
	// 2.attn head 3      1  ·=         50  0 a       25  1 ·=     25
	// 2.attn head 3      2  ⏎           0  1 ·=     100
}
