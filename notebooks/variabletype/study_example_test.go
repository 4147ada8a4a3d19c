package variabletype_test

import (
	"fmt"

	"circuitbook/notebooks/variabletype"
)

// At the smallest scale, whose model solves nothing.
func ExampleStudy() {
	x := variabletype.Study{Scale: "tiny"}
	r := x.Trained()
	fmt.Println(r.Number("l0"))
	// Output: 7686
}
