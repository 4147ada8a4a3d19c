package steer

import (
	"circuitbook/sparsenn/stat"
	"context"
	"fmt"
	"math"
	"slices"
)

// TextCost is what steering does to text that has nothing to do with the task.
type TextCost struct {
	Strength float64
	KL       stat.Estimate // KL(as it is ‖ steered) of the next token, nats per token, over windows
	Changed  stat.Estimate // share of tokens after which another token became the most probable
}

// Text adds the mean of what a method adds to prompts, at one strength, to every token
// of windows of validation text, and measures by how much the model's answers change.
// On text there is no counterpart to take a difference to; the mean is over the tokens of
// each prompt that differ from their counterpart, where every method adds the most.
func (s *Steerer) Text(ctx context.Context, m *Method, prompts []Prompt, strength float64, windows int) (TextCost, error) {
	out := TextCost{Strength: strength}
	if err := s.checkMethod(m); err != nil {
		return out, err
	}
	dense := s.Bridge.Dense.Config.Model
	if err := check(prompts, dense.Vocab, dense.Context); err != nil {
		return out, err
	}
	if math.IsNaN(strength) || math.IsInf(strength, 0) {
		return out, fmt.Errorf("steer: a strength of %v; give a finite number", strength)
	}
	if windows < 1 {
		return out, fmt.Errorf("steer: %d windows of text; give at least 1", windows)
	}
	mean, err := s.mean(m, prompts)
	if err != nil {
		return out, err
	}
	length := min(s.Bridge.Config.SeqLen, dense.Context)
	var kl, changed []float64
	for part := range slices.Chunk(slices.Collect(slices.Chunk(s.valid.Windows(windows, length), length)), atOnce) {
		if err := ctx.Err(); err != nil {
			return out, fmt.Errorf("steer: %s on text: %w", m.Name, err)
		}
		x := batch{site: m.Site, all: true, tokens: part, last: make([]int, len(part)), want: make([]int32, len(part)), have: make([]int32, len(part))}
		for range part {
			x.shifts = append(x.shifts, m.shift(slices.Repeat(mean, length), strength))
		}
		r, err := s.run(x)
		if err != nil {
			return out, fmt.Errorf("%s on text at strength %v: %w", m.Name, strength, err)
		}
		for _, r := range r {
			kl, changed = append(kl, r.otherKL), append(changed, r.changed)
		}
	}
	out.KL, out.Changed = stat.Mean(kl), stat.Mean(changed)
	return out, nil
}

// mean is the mean of each coefficient at tokens that differ, [parts].
func (s *Steerer) mean(m *Method, prompts []Prompt) ([]float32, error) {
	k := m.parts()
	sum, n := make([]float64, k), 0
	for part := range slices.Chunk(prompts, atOnce) {
		coefficients, err := s.coefficients(m, part)
		if err != nil {
			return nil, err
		}
		for b, p := range part {
			from := p.from()
			for t := range p.Tokens {
				if !p.differs(t, from) {
					continue
				}
				for i := range k {
					sum[i] += float64(coefficients[b][t*k+i])
				}
				n++
			}
		}
	}
	out := make([]float32, k)
	for i := range out {
		out[i] = float32(sum[i] / float64(max(1, n)))
	}
	return out, nil
}
