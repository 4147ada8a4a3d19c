package synth_test

import (
	"fmt"

	"circuitbook/sparsenn/corpus/internal/synth"
)

func ExampleHeldOut() {
	// One of these two starts of a string never occurs in a synthetic program.
	fmt.Println(synth.HeldOut("print", "Hello"), synth.HeldOut("print", "Invalid"))
	// Output:
	// false false
}
