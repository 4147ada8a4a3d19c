package steer

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/model"
)

// Generate writes on from a prompt, the most probable token at a time, with what a
// method adds at a strength; 0 is the model as it is. After every token the
// coefficients are taken anew, of the prompt and of its counterpart, each followed by
// what was written so far. It stops at n tokens, at a token of stop, which it leaves
// out, or where the longer of both fills the context.
func (s *Steerer) Generate(m *Method, p Prompt, strength float64, n int, stop ...int32) ([]int32, error) {
	if err := s.checkOne(m, p, strength, n); err != nil {
		return nil, err
	}
	context := min(s.Bridge.Dense.Config.Model.Context, s.Bridge.Sparse.Config.Model.Context)
	p.Tokens, p.Counter = slices.Clone(p.Tokens), slices.Clone(p.Counter)
	var out []int32
	for range n {
		if max(len(p.Tokens), len(p.Counter)) > context {
			break
		}
		logits, err := s.logits(m, p, strength)
		if err != nil {
			return nil, err
		}
		best := int32(0)
		for i, x := range logits {
			if x > logits[best] {
				best = int32(i)
			}
		}
		if slices.Contains(stop, best) {
			break
		}
		out = append(out, best)
		p.Tokens, p.Counter = append(p.Tokens, best), append(p.Counter, best)
	}
	return out, nil
}

// Top returns the n most probable tokens after a prompt, most probable first, as the
// dense model is and with what a method adds at a strength.
func (s *Steerer) Top(m *Method, p Prompt, strength float64, n int) (before, after []model.TokenProb, err error) {
	if err := s.checkOne(m, p, strength, n); err != nil {
		return nil, nil, err
	}
	var tops [2][]model.TokenProb
	for i, at := range []float64{0, strength} {
		logits, err := s.logits(m, p, at)
		if err != nil {
			return nil, nil, err
		}
		tops[i] = model.TopOf(s.Bridge.Dense.Tokenizer, logits, n)
	}
	return tops[0], tops[1], nil
}

// checkOne refuses what cannot be asked of one prompt.
func (s *Steerer) checkOne(m *Method, p Prompt, strength float64, n int) error {
	if err := s.checkMethod(m); err != nil {
		return err
	}
	c, sparse := s.Bridge.Dense.Config.Model, s.Bridge.Sparse.Config.Model
	if err := check([]Prompt{p}, c.Vocab, min(c.Context, sparse.Context)); err != nil {
		return err
	}
	if math.IsNaN(strength) || math.IsInf(strength, 0) || n < 1 {
		return fmt.Errorf("steer: %d tokens at a strength of %v; give at least 1, and a finite strength", n, strength)
	}
	return nil
}

// logits are those after a prompt with what a method adds at a strength, [vocab].
func (s *Steerer) logits(m *Method, p Prompt, strength float64) ([]float32, error) {
	c := s.Bridge.Dense.Config.Model
	coefficients, err := s.coefficients(m, []Prompt{p})
	if err != nil {
		return nil, err
	}
	r, err := s.Bridge.Dense.Model.Record([][]int32{p.Tokens}, []model.Site{model.Logits},
		model.Intervention{Site: m.Site, Shift: widened(m.shift(coefficients[0], strength), c.DModel, c.ReadWidth())})
	if err != nil {
		return nil, fmt.Errorf("steer: %w", err)
	}
	return r.Activations[0].At(0, len(p.Tokens)-1), nil
}

// widened is v, vectors of width from, with zeros behind each up to a width: what a
// read site has behind the residual stream's channels are positions.
func widened(v []float32, from, to int) []float32 {
	if from == to {
		return v
	}
	out := make([]float32, len(v)/from*to)
	for i := range len(v) / from {
		copy(out[i*to:], v[i*from:(i+1)*from])
	}
	return out
}
