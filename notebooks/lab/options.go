package lab

import (
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

// Width has channels in the residual stream, and all that goes with it as usual.
func Width(channels int) Option {
	return func(c *train.Config) {
		frac := c.Model.AFrac
		c.Model = model.NewConfig(c.Model.Vocab, c.Model.Layers, channels, c.Model.Context)
		c.Model.AFrac = frac
	}
}

// Steps is how long a model is trained.
func Steps(n int) Option { return func(c *train.Config) { c.Steps = n } }

// Elements has the generated programs of the text hold lists of up to n elements; 10 is usual.
func Elements(n int) Option {
	return func(c *train.Config) {
		parts := c.Corpus.Parts
		c.Corpus.Parts = nil
		for _, p := range parts {
			if p.Kind == corpus.KindSynthetic {
				p.Elements = n
			}
			c.Corpus.Parts = append(c.Corpus.Parts, p)
		}
	}
}

// Synthetic has the model read generated programs alone, so many bytes.
func Synthetic(bytes int64) Option {
	return func(c *train.Config) {
		c.Corpus.Parts = []corpus.Part{{Kind: corpus.KindSynthetic, Weight: 1, Bytes: bytes}}
	}
}

// Windows is how many windows of how many tokens a step reads; the model takes as many.
func Windows(batch, tokens int) Option {
	return func(c *train.Config) { c.Batch, c.SeqLen, c.Model.Context = batch, tokens, tokens }
}

// Keep is the share of weights that are kept of every block matrix, and of embeddings and
// biases; floor is how many at least of a neuron.
func Keep(matrix, rest float64, floor int) Option {
	return func(c *train.Config) {
		c.Density = train.Density{Matrix: matrix, Embedding: rest, Bias: rest, Floor: floor}
	}
}
