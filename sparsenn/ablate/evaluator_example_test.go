package ablate_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// An evaluator answers what a choice of nodes is worth on a task. Here no one has
// trained the model, and with every node held at zero all that is left to answer
// by is the bigram table, which knows nothing of brackets either: about log 2.
func ExampleNewEvaluator() {
	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	run, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}
	examples, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: 32})
	if err != nil {
		log.Fatal(err)
	}
	e, err := ablate.NewEvaluator(run.Model, nil, examples, ablate.Options{Zero: true})
	if err != nil {
		log.Fatal(err)
	}
	loss, _, err := e.Loss(e.All().Not())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d nodes, the first of them %s\n", e.Space.Len(), e.Space.Node(0))
	fmt.Printf("none of them kept: %.2f nats per example\n", loss)
	// Output:
	// 352 nodes, the first of them 0.attn.act_in[0]
	// none of them kept: 0.70 nats per example
}
