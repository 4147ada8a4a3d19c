package verify_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// A task of one's own, from a file of pairs to a circuit with its proof. The model
// of this example was never trained, so that the circuit keeps every node.
func ExampleRun_ownTask() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)
	var lines string
	for i := range 100 {
		lines += fmt.Sprintf(`{"prompt": "ages = [%d", "counter": "ages = {%d", "target": ",", "alt": ":"}`+"\n", i, i)
	}
	path := filepath.Join(dir, "ages.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
		log.Fatal(err)
	}
	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	run, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}

	ages, err := task.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	how := prune.DefaultConfig()
	how.Hyper.Steps = 5
	found, err := prune.Run(context.Background(), run, ages, how, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	measure := verify.DefaultConfig()
	measure.Random, measure.EffectExamples, measure.Attribution = 2, 0, 0
	proved, err := verify.Run(context.Background(), run, ages, found.Circuit, measure, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	p := proved.Circuit.Proof
	fmt.Printf("%s: target reached: %v, %d nodes\n", proved.Circuit.Task, found.Best.Reached, len(proved.Circuit.Nodes))
	fmt.Printf("alone %.2f nats on the %d pairs of the report split\n", p.Alone.Mean, p.Alone.N)
	// Output:
	// ages: target reached: false, 352 nodes
	// alone 0.69 nats on the 23 pairs of the report split
}
