package viz_test

import (
	"fmt"
	"time"

	"circuitbook/viz"
)

func ExampleProgress() {
	b, err := viz.Progress{
		Note: viz.Note{Title: "train"},
		Done: 800, Total: 2000, Elapsed: 92 * time.Second, Last: "loss 2.83",
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// [████████████                  ] train: 800 of 2,000 (40 %), 8.70/s, 1m32s, 2m18s left, loss 2.83
}
