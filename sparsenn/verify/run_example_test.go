package verify_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// Run measures a circuit. The one of this example is made up: one MLP node of a
// model that nobody trained, which alone does no better than guessing.
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
	c := &circuit.Circuit{Task: "bracket_counting", Run: run.Name, Model: ablate.ShapeOf(config.Model),
		Ablation: circuit.MeanAblation, Target: 0.15,
		Nodes: []circuit.Kept{{Node: circuit.Node{Site: "0.mlp.post_act", Index: 7}}}}
	how := verify.DefaultConfig()
	how.Examples, how.Random, how.EffectExamples, how.Attribution = 32, 3, 0, 0
	r, err := verify.Run(context.Background(), run, task.BracketCounting(), c, how, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	p := r.Circuit.Proof
	fmt.Printf("alone %.2f, three random ones %.2f nats per example\n", p.Alone.Mean, p.RandomAlone.Mean)
	// Output:
	// alone 0.69, three random ones 0.69 nats per example
}
