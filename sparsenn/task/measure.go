package task

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Predictor is a model as far as a task needs it: the logits of the token after
// each sequence, [sequence][vocab]. A *model.Model is one.
type Predictor interface {
	Next(sequences [][]int32) ([][]float32, error)
}

// Score is how a model does on a set of examples.
type Score struct {
	Loss     float64 // mean of [Loss] over the examples, nats per example
	Lo, Hi   float64 // its 95 % interval: percentiles of a bootstrap over examples
	Accuracy float64 // share of examples of which both sides are answered right
	N        int     // number of examples
	// PerExample holds the loss of every example, in order.
	PerExample []float64
}

const (
	measureBatch = 32   // examples per call of Next: 64 sequences
	resamples    = 2000 // of the bootstrap
)

// Measure scores a model on examples of the fit or select split. The interval is
// a function of the losses alone.
func Measure(m Predictor, examples []Example) (Score, error) {
	if len(examples) == 0 {
		return Score{}, fmt.Errorf("task: no examples to measure")
	}
	s := Score{N: len(examples)}
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
				s.Accuracy += 1 / float64(s.N)
			}
		}
	}
	s.Loss = mean(s.PerExample)
	s.Lo, s.Hi = interval(s.PerExample)
	return s, nil
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// interval is the 95 % percentile bootstrap of the mean.
func interval(x []float64) (lo, hi float64) {
	rng := rand.New(rand.NewPCG(uint64(len(x)), 0x626f6f74))
	means := make([]float64, resamples)
	for i := range means {
		for range x {
			means[i] += x[rng.IntN(len(x))] / float64(len(x))
		}
	}
	slices.Sort(means)
	m := mean(x)
	// A percentile interval of few, equal losses may miss their mean by rounding.
	return min(m, means[resamples*25/1000]), max(m, means[resamples*975/1000])
}
