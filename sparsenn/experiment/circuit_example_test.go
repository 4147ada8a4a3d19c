package experiment_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Circuit and Nulls on a model that nobody trained: no circuit is found in it,
// which is a result and no error.
func ExampleCircuit() {
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
	run, err := train.Untrained(c)
	if err != nil {
		log.Fatal(err)
	}
	how, err := experiment.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	found, err := experiment.Circuit(context.Background(), run, task.BracketCounting(), how, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("reached:", found.Reached())
	for _, l := range found.Losses()[:2] {
		fmt.Printf("%s: %.2f nats per example\n", l.Label, l.Mean)
	}
	nulls, err := experiment.Nulls(context.Background(), run, task.BracketCounting(), how, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range nulls {
		fmt.Printf("%s: reached %v\n", n.Name, n.Reached())
	}
	// Output:
	// reached: false
	// full model: 0.69 nats per example
	// circuit alone: 0.69 nats per example
	// shuffled labels: reached false
	// untrained model: reached false
}
