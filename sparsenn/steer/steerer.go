package steer

import (
	"context"
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// The text on which the size of residual streams is taken.
const (
	referenceWindows = 64
	referenceBatch   = 16
)

// Steerer steers the dense model of a bridge.
type Steerer struct {
	Bridge *bridge.Bridge

	// ratio is, by boundary, the mean RMS of the sparse residual stream over that
	// of the dense one.
	ratio []float64
	valid corpus.Tokens // text that no training saw
}

// New prepares a bridge for steering: it measures how large both residual streams
// are on training text, which takes a second or two.
func New(ctx context.Context, b *bridge.Bridge) (*Steerer, error) {
	data, err := corpus.Open(ctx, b.Sparse.Config.Corpus, nil)
	if err != nil {
		return nil, err
	}
	s := &Steerer{Bridge: b, valid: data.Valid}
	n := b.Boundaries()
	sites := make([]model.Site, n)
	for i := range n {
		sites[i] = bridge.Boundary(b.Sparse.Config.Model, i)
	}
	var size [2][]float64
	length := min(b.Config.SeqLen, b.Sparse.Config.Model.Context, b.Dense.Config.Model.Context)
	tokens := slices.Collect(slices.Chunk(data.Train.Windows(referenceWindows, length), length))
	for side, m := range []*model.Model{b.Sparse.Model, b.Dense.Model} {
		size[side] = make([]float64, n)
		for batch := range slices.Chunk(tokens, referenceBatch) {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("steer: measuring residual streams: %w", err)
			}
			r, err := m.Record(batch, sites)
			if err != nil {
				return nil, fmt.Errorf("steer: %w", err)
			}
			for i, a := range r.Activations {
				for v := range slices.Chunk(a.Data, a.Shape[2]) {
					size[side][i] += rms(v)
				}
			}
		}
	}
	for i := range n {
		if size[1][i] == 0 {
			return nil, fmt.Errorf("steer: the dense model's residual stream is zero at boundary %d; give a trained model", i)
		}
		s.ratio = append(s.ratio, size[0][i]/size[1][i])
	}
	return s, nil
}

func rms(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(len(v)))
}

func norm(v []float32) float64 { return rms(v) * math.Sqrt(float64(len(v))) }
