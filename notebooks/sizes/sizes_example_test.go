package sizes_test

import (
	"fmt"

	"circuitbook/notebooks/sizes"
)

// The comparison of notebook 05, from the rows that come with it.
func ExampleMatching() {
	x := sizes.Matching{Scale: "laptop", Seeds: 3, Trials: 5}
	fmt.Printf("edges %.1f times over %v tasks\n", x.Ratio().Number("edges_ratio"), x.Tasks().Number("tasks_both"))
	// Output: edges 17.9 times over 11 tasks
}

// How much of the grid of notebook 06 is there.
func ExampleFrontier() {
	f := sizes.Frontier{Scale: "laptop"}
	fmt.Println(f.Plan().Missing)
	// Output: 0
}
