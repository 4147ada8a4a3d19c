package prune_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/store"
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
	os.Setenv(store.RootVariable, dir)
	defer os.Unsetenv(store.RootVariable)

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
	r, err := prune.Run(context.Background(), run, task.SingleDoubleQuote(), c, prune.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("target of %.2f nats reached: %v\n", c.Target, r.Best.Reached)
	fmt.Printf("%d of %d nodes kept\n", len(r.Circuit.Nodes), len(r.Tau))
	// Output:
	// target of 0.15 nats reached: false
	// 352 of 352 nodes kept
}
