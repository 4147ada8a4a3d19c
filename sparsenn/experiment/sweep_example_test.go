package experiment_test

import (
	"context"
	"fmt"
	"os"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
)

// Two models, as a table.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)

	c, err := train.Scale("tiny", 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	c.Steps = 10
	points := []experiment.Point{
		{Name: "sparse", Train: c, Examples: 16},
		{Name: "dense", Train: c.Dense(), Examples: 16},
	}
	rows, err := experiment.Run(context.Background(), points, experiment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		fmt.Println(r.Name, r.Parameters, r.L0, r.DModel, r.Model.Solves("single_double_quote", 0.15))
	}
	// Output:
	// sparse 45442 7686 32 false
	// dense 45442 45442 32 false
}

// How many times larger circuits of dense models are, over two tasks.
func ExampleGeometricRatio() {
	e, err := stat.GeometricRatio([]stat.Pair{{Task: "quotes", A: 400, B: 25}, {Task: "brackets", A: 900, B: 9}})
	fmt.Printf("%.0f (%.0f to %.0f) over %d tasks, %v\n", e.Mean, e.Lo, e.Hi, e.N, err)
	// Output: 40 (16 to 100) over 2 tasks, <nil>
}

// Between 1,000 and 2,000 steps, in the logarithm, lies the loss that is wanted.
func ExampleMatchSteps() {
	steps, err := experiment.MatchSteps([]experiment.Trained{{Steps: 1000, Valid: 2.4}, {Steps: 2000, Valid: 2.2}}, 2.3)
	fmt.Println(steps, err)
	// Output: 1414 <nil>
}
