package patch

import (
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Swap is what became of the answers when a node's activation was swapped
// between the two prompts of every pair.
type Swap struct {
	Node circuit.Node
	// Before is the share of prompts, both sides counted, that are answered
	// right; After the share that are answered with the other side's answer.
	Before, After float64
	// Margin is the mean of the right answer's logit less the other's, before
	// and after, in nats; of a calibrated circuit alone as it reads them.
	MarginBefore, MarginAfter float64
	N                         int // pairs
}

// Interchange runs both prompts of every pair with the activation of one node
// taken from the other prompt, at every token, and counts how the answers swap.
// Where the prompts differ in length they are aligned at their ends; a token
// without a counterpart keeps its own activation. Examples of a task with one
// answer are an error.
func Interchange(m model.Recorder, examples []task.Example, node circuit.Node) (Swap, error) {
	return InterchangeAt(m, examples, []circuit.Node{node}, FromEnd)
}
