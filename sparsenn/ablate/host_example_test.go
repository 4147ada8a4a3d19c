package ablate_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// The quick pass of an evaluator is for masks that keep few nodes. Within stops
// where the first examples show that a mask is too bad to be measured.
func ExampleEvaluator_Host() {
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
	q, err := e.Host()
	if err != nil {
		log.Fatal(err)
	}
	margins, err := q.Margins(e.All().Not())
	if err != nil {
		log.Fatal(err)
	}
	loss, _ := margins.Mean()
	_, ok, err := q.Within(e.All().Not(), 0.15)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("no node kept: %.2f nats per example, within 0.15: %v\n", loss, ok)
	// Output:
	// no node kept: 0.70 nats per example, within 0.15: false
}
