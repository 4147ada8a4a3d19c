package train_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/train"
)

// The budget of every sparse tensor follows from the config alone. A floor that
// cannot fit is an error that says what would.
func ExampleConfig_Budget() {
	c, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	budget, err := c.Budget()
	if err != nil {
		log.Fatal(err)
	}
	b := budget[1]
	fmt.Println(b.Param.Name, b.Param.Shape, "keeps", b.K, "and at least", b.Floor.J, "per", b.Floor.Axis)

	c.Density.Matrix = 0.01
	_, err = c.Budget()
	fmt.Println(err != nil)
	// Output:
	// transformer.h.0.attn.c_attn.weight [96 32] keeps 245 and at least 2 per row
	// true
}
