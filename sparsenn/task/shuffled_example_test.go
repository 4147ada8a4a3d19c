package task_test

import (
	"fmt"
	"strings"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
)

// Behind the same quote follows now this answer and now that one.
func ExampleShuffled() {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := task.Shuffled(task.SingleDoubleQuoteWords(1, 1)).Examples(task.Fit, tok, task.Options{N: 40, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	answers := map[string]bool{}
	for _, e := range list {
		if strings.Contains(tok.Decode(e.Prompt), `("`+e.Filling) {
			answers[tok.Decode([]int32{e.Target})] = true
		} else {
			answers[tok.Decode([]int32{e.Alt})] = true
		}
	}
	fmt.Printf("after a double quote: %d kinds of answer\n", len(answers))
	// Output:
	// after a double quote: 2 kinds of answer
}
