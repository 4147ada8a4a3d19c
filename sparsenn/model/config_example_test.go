package model_test

import (
	"fmt"

	"circuitbook/sparsenn/model"
)

// A dense twin is the same code with another Config.
func ExampleNewConfig() {
	c := model.NewConfig(512, 2, 128, 128)
	fmt.Println(c.Heads, "heads,", c.Size(false), "parameters without the bigram table")
	fmt.Println("AbsTopK keeps", c.AFrac, "at", len(c.ALocations), "places; in the dense twin at", len(c.Dense().ALocations))
	fmt.Println(c.Sites()[:4])
	// Output:
	// 8 heads, 527248 parameters without the bigram table
	// AbsTopK keeps 0.25 at 8 places; in the dense twin at 0
	// [embed 0.resid_in 0.attn.act_in 0.attn.q]
}
