package prune_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Run finds the circuit of a task. The model of this example was never trained,
// and so there is none to find: no number of nodes meets the target.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)

	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	run, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}
	c := prune.DefaultConfig()
	c.Fit, c.Select, c.Hyper.Steps, c.Hyper.Pairs = 32, 32, 5, 8
	r, err := prune.Run(context.Background(), run, task.SingleDoubleQuote(), c, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("target of %.2f nats reached: %v\n", c.Target, r.Best.Reached)
	fmt.Printf("%d of %d nodes kept\n", len(r.Circuit.Nodes), len(r.Tau))
	// Output:
	// target of 0.15 nats reached: false
	// 352 of 352 nodes kept
}

// Reduce goes on with a circuit for a looser target: here every node of a model
// that was never trained, which answers like a coin and can be held at its means
// altogether where a coin will do.
func ExampleReduce() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)

	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	run, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}
	c := prune.DefaultConfig()
	c.Fit, c.Select, c.Hyper.Steps, c.Hyper.Pairs = 32, 32, 5, 8
	r, err := prune.Run(context.Background(), run, task.SingleDoubleQuote(), c, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	c.Target = 0.75
	x, trial, err := prune.Reduce(context.Background(), run, task.SingleDoubleQuote(), c, r.Circuit)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("from %d to %d nodes at %.2f nats: %v\n", len(r.Circuit.Nodes), len(x.Nodes), c.Target, trial.Reached)
	// Output:
	// from 352 to 0 nodes at 0.75 nats: true
}
