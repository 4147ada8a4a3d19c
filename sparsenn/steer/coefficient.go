package steer

import (
	"fmt"
)

// coefficients are those of a method at every token of prompts, [prompt][token·parts],
// at strength 1.
func (s *Steerer) coefficients(m *Method, prompts []Prompt) ([][]float32, error) {
	out := make([][]float32, len(prompts))
	k := m.parts()
	if len(m.Nodes) == 0 {
		for b, p := range prompts {
			out[b] = make([]float32, len(p.Tokens))
			from := p.from()
			for t := range p.Tokens {
				if m.Span.added(p, t, from) {
					out[b][t] = 1
				}
			}
		}
		return out, nil
	}
	counter, prompt, err := bothSides(s.Bridge.Sparse.Model, m.Site, prompts)
	if err != nil {
		return nil, err
	}
	for b, p := range prompts {
		out[b] = make([]float32, len(p.Tokens)*k)
		from := p.from()
		for t := from; t < len(p.Tokens); t++ {
			at, ok := p.other(t, from)
			if !ok {
				continue // a token without a counterpart is let be
			}
			want, have := counter.At(b, at), prompt.At(b, t)
			for i, n := range m.Nodes {
				out[b][t*k+i] = want[n.Index] - have[n.Index]
			}
		}
	}
	return out, nil
}

// checkMethod refuses a method that does not fit the models.
func (s *Steerer) checkMethod(m *Method) error {
	if m == nil {
		return fmt.Errorf("steer: no method is given")
	}
	if _, err := s.Bridge.ReadSite(m.Site); err != nil {
		return fmt.Errorf("steer: method %q: %w", m.Name, err)
	}
	if len(m.Directions) != m.parts() {
		return fmt.Errorf("steer: method %q has %d directions for %d coefficients", m.Name, len(m.Directions), m.parts())
	}
	for i, d := range m.Directions {
		if width := s.Bridge.Dense.Config.Model.DModel; len(d) != width {
			return fmt.Errorf("steer: method %q: direction %d has %d values; the dense model's residual stream has %d channels", m.Name, i, len(d), width)
		}
		for j, x := range d {
			if x-x != 0 {
				return fmt.Errorf("steer: method %q: direction %d is %v at channel %d", m.Name, i, x, j)
			}
		}
	}
	return nil
}
