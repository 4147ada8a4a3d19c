package patch_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// InterchangeAt asks at which tokens a node carries the answer. In a model that
// nobody trained, the answer is what the last token holds, and nothing else.
func ExampleInterchangeAt() {
	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	run, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}
	report, err := task.BracketCounting().Report(run.Tokenizer, task.Options{N: 8, MaxTokens: 32})
	if err != nil {
		log.Fatal(err)
	}
	var nodes []circuit.Node
	for i := range config.Model.DModel {
		nodes = append(nodes, circuit.Node{Site: "final_resid", Index: i})
	}
	last := func(prompt, counter []int32) [][2]int { return patch.FromEnd(prompt, counter)[:1] }
	s, err := patch.InterchangeAt(run.Model, report.ForMeasuring(), nodes, last)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("as many answers exchanged as were right:", s.After == s.Before)
	// Output:
	// as many answers exchanged as were right: true
}
