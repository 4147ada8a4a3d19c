package task

import (
	"fmt"

	"circuitbook/sparsenn/stat"
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

// Answers runs a model on examples and hands on, for each in order, the logits after its
// two sides, [vocab] each.
func Answers(m Predictor, examples []Example, each func(i int, prompt, counter []float32) error) error {
	if len(examples) == 0 {
		return fmt.Errorf("task: no examples to measure")
	}
	for start := 0; start < len(examples); start += measureBatch {
		// Full batches, so that a compiled model serves them with one program.
		var sequences [][]int32
		for i := range measureBatch {
			e := examples[min(start+i, len(examples)-1)]
			sequences = append(sequences, e.Prompt, e.Counter)
		}
		logits, err := m.Next(sequences)
		if err != nil {
			return fmt.Errorf("task: %w", err)
		}
		if len(logits) != len(sequences) {
			return fmt.Errorf("task: the model gave %d answers to %d prompts", len(logits), len(sequences))
		}
		for i := range min(measureBatch, len(examples)-start) {
			if err := each(start+i, logits[2*i], logits[2*i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// PickBoth takes from the logits after the two sides those of the two answers of e.
func (e Example) PickBoth(prompt, counter []float32) (p, c Logits, err error) {
	if p, err = e.Pick(prompt); err == nil {
		c, err = e.Pick(counter)
	}
	return p, c, err
}

// Measure scores a model on examples of the fit or select split.
func Measure(m Predictor, examples []Example) (Score, error) {
	var s Score
	err := Answers(m, examples, func(i int, prompt, counter []float32) error {
		p, c, err := examples[i].PickBoth(prompt, counter)
		if err != nil {
			return err
		}
		s.PerExample = append(s.PerExample, Loss(p, c))
		if Correct(p, c) {
			s.Accuracy += 1 / float64(len(examples))
		}
		return nil
	})
	if err != nil {
		return Score{}, err
	}
	s.Loss = stat.Mean(s.PerExample)
	return s, nil
}
