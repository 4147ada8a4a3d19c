package train_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/train"
)

// Run makes a run, resumes it or loads it: calling it again costs nothing.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)

	c, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	c.Steps = 20
	r, err := train.Run(context.Background(), c, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	last := r.Metrics[len(r.Metrics)-1]
	fmt.Println(len(r.Metrics), "steps,", r.Violations(), "violations of the budget")
	fmt.Println("k and support of", "lm_head.weight:", last.K[len(last.K)-1], last.Support[len(last.Support)-1])

	again, err := train.Run(context.Background(), c, artifact.Options{Progress: func(artifact.Progress) { fmt.Println("never called") }})
	if err != nil {
		log.Fatal(err)
	}
	card, err := again.Bundle() // what a notebook shows of a run
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.TrimSpace(strings.Split(card.Text, "\n")[1]))
	fmt.Println("the same weights:", again.Model.L0() == r.Model.L0(), again.Name == r.Name)
	// Output:
	// 20 steps, 0 violations of the budget
	// k and support of lm_head.weight: 3276 3276
	// model            sparse, anneal; 1 layers of width 32, vocabulary 512, context 64
	// the same weights: true true
}
