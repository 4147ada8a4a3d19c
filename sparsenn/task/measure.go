package task

import (
	"circuitbook/sparsenn/stat"
	"fmt"
)

// Predictor is a model as far as a task needs it: the logits of the token after
// each sequence, [sequence][vocab]. A *model.Model is one.
type Predictor interface {
	Next(sequences [][]int32) ([][]float32, error)
}

// Score is how a model does on a set of examples.
type Score struct {
	Loss     stat.Estimate // of [Loss] over the examples, nats per example
	Accuracy float64       // share of examples of which both sides are answered right
	// PerExample holds the loss of every example, in order.
	PerExample []float64
}

const measureBatch = 32 // examples per call of Next: 64 sequences

// Measure scores a model on examples of the fit or select split.
func Measure(m Predictor, examples []Example) (Score, error) {
	if len(examples) == 0 {
		return Score{}, fmt.Errorf("task: no examples to measure")
	}
	var s Score
	for start := 0; start < len(examples); start += measureBatch {
		// Full batches, so that a compiled model serves them with one program.
		var sequences [][]int32
		for i := range measureBatch {
			e := examples[min(start+i, len(examples)-1)]
			sequences = append(sequences, e.Prompt, e.Counter)
		}
		logits, err := m.Next(sequences)
		if err != nil {
			return Score{}, fmt.Errorf("task: %w", err)
		}
		if len(logits) != len(sequences) {
			return Score{}, fmt.Errorf("task: the model gave %d answers to %d prompts", len(logits), len(sequences))
		}
		for i, e := range examples[start:min(start+measureBatch, len(examples))] {
			prompt, err := e.Pick(logits[2*i])
			if err != nil {
				return Score{}, err
			}
			counter, err := e.Pick(logits[2*i+1])
			if err != nil {
				return Score{}, err
			}
			s.PerExample = append(s.PerExample, Loss(prompt, counter))
			if Correct(prompt, counter) {
				s.Accuracy += 1 / float64(len(examples))
			}
		}
	}
	s.Loss = stat.Mean(s.PerExample)
	return s, nil
}
