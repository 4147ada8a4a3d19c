package train

import (
	"fmt"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"
)

// Budget says how many entries of one sparse tensor are kept.
type Budget struct {
	Param model.Param
	// K is the size of the support from the end of the anneal on: exactly K
	// positions, however many of them hold a value that is zero.
	K       int
	Density float64 // the fraction asked for; K is int(Density·size)
	Floor   topk.NeuronFloor
}

// Budget lists the tensors that are projected after every step, in the order of
// the model's parameters; it is empty for a dense model. It fails if a floor
// does not fit (Gao et al., §2.3 and §2.4).
func (c Config) Budget() ([]Budget, error) {
	var out []Budget
	for _, p := range c.Model.Params() {
		b := Budget{Param: p, Density: c.fraction(p.Kind, 1)}
		if b.Density == 1 {
			continue
		}
		if p.Kind == model.Matrix {
			b.Floor = topk.NeuronFloor{J: c.Density.Floor, Axis: p.Neurons}
		}
		b.K = count(b.Density, p.Size())
		if err := topk.CheckBudget(p.Shape, b.K, b.Floor); err != nil {
			return nil, fmt.Errorf("train config: %s: %w", p.Name, err)
		}
		out = append(out, b)
	}
	return out, nil
}

// count is int(fraction·n), the paper's rounding, guarded against a product
// such as .29·100 that falls just short of a whole number.
func count(fraction float64, n int) int { return min(n, int(fraction*float64(n)+1e-9)) }

// fraction is the density of a kind of parameter, progress of the way from
// dense (0) to the final density (1). Dense kinds have 1.
func (c Config) fraction(k model.Kind, progress float64) float64 {
	final := 1.0
	switch k {
	case model.Matrix:
		final = c.Density.Matrix
	case model.Embedding:
		final = c.Density.Embedding
	case model.Bias:
		final = c.Density.Bias
	}
	return 1 + (final-1)*progress
}

// KAt is the size of the support of one tensor after step (from 0).
func (c Config) KAt(b Budget, step int) int {
	progress := c.progress(step)
	if progress == 1 {
		return b.K
	}
	return max(b.K, count(c.fraction(b.Param.Kind, progress), b.Param.Size()))
}
