package prove

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Recorder is a model or a [Part] of one.
type Recorder interface {
	Record(tokens [][]int32, sites []model.Site, changes ...model.Intervention) (*model.Recording, error)
}

// Swap is what became of the answers when a node's activation was swapped
// between the two prompts of every pair.
type Swap struct {
	Node circuit.Node
	// Before is the share of prompts, both sides counted, that are answered
	// right; After the share that are answered with the other side's answer.
	Before, After float64
	// Margin is the mean of the right answer's logit less the other's, before
	// and after, in nats.
	MarginBefore, MarginAfter float64
	N                         int // pairs
}

// Interchange runs both prompts of every pair with the activation of one node
// taken from the other prompt, at every token, and counts how the answers swap.
// Where the prompts differ in length they are aligned at their ends; a token
// without a counterpart keeps its own activation. Examples of a task with one
// answer are an error.
func Interchange(m Recorder, width int, examples []task.Example, node circuit.Node) (Swap, error) {
	s := Swap{Node: node, N: len(examples)}
	if len(examples) == 0 {
		return s, fmt.Errorf("interchange at %s: no examples given", node)
	}
	if node.Index < 0 || node.Index >= width {
		return s, fmt.Errorf("interchange at %s: the site has %d channels", node, width)
	}
	var sequences [][]int32
	for i, e := range examples {
		if e.Alt == task.Any {
			return s, fmt.Errorf("interchange at %s: example %d has one answer only; the task must have two", node, i)
		}
		sequences = append(sequences, e.Prompt, e.Counter)
	}
	padded, last, err := pad(sequences)
	if err != nil {
		return s, err
	}
	site := model.Site(node.Site)
	rec, err := m.Record(padded, []model.Site{site, model.Logits})
	if err != nil {
		return s, fmt.Errorf("interchange at %s: %w", node, err)
	}
	own := rec.Activations[0]
	seq := own.Shape[1]
	change := model.Intervention{Site: site, Scale: make([]float32, len(own.Data)), Shift: make([]float32, len(own.Data))}
	for i := range change.Scale {
		change.Scale[i] = 1
	}
	for i := range sequences {
		other := i ^ 1
		for back := 0; back <= min(last[i], last[other]); back++ {
			at := (i*seq+last[i]-back)*width + node.Index
			change.Scale[at] = 0
			change.Shift[at] = own.At(other, last[other]-back)[node.Index]
		}
	}
	swapped, err := m.Record(padded, []model.Site{model.Logits}, change)
	if err != nil {
		return s, fmt.Errorf("interchange at %s: %w", node, err)
	}
	n := float64(len(sequences))
	for i := range sequences {
		e := examples[i/2]
		margin := func(a model.Activation) float64 {
			l := a.At(i, last[i])
			d := float64(l[e.Target] - l[e.Alt])
			if i%2 == 1 {
				d = -d
			}
			return d
		}
		before, after := margin(rec.Activations[1]), margin(swapped.Activations[0])
		s.MarginBefore += before / n
		s.MarginAfter += after / n
		if before > 0 {
			s.Before += 1 / n
		}
		if after < 0 {
			s.After += 1 / n
		}
	}
	return s, nil
}
