package steer

import (
	"context"
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
)

// Strengths are those at which the laptop notebooks measure, from 0 to 4.
func Strengths() []float64 {
	return []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4}
}

// Point is what a method does at one strength, over prompts.
type Point struct {
	Strength float64
	// Want and Have are the probabilities of the wanted answer and of the prompt's
	// own among the whole vocabulary, TwoWay that of the wanted one between the two.
	Want, Have, TwoWay stat.Estimate
	// OtherKL is the divergence KL(as it is ‖ steered) of the next token at every token
	// of the prompts but the last, in nats per token: what is not meant to change.
	OtherKL stat.Estimate
	// Changed is the share of these tokens after which another token became the most
	// probable.
	Changed stat.Estimate
}

// Curve is a method over strengths.
type Curve struct {
	Method string
	Site   model.Site
	Points []Point
	// Ceiling is the probability of the wanted answer where the dense model is given
	// the counterparts themselves, and CeilingTwoWay that between the two answers: where
	// other tokens than the answers may follow, no steering can be expected to reach more.
	Ceiling, CeilingTwoWay stat.Estimate
}

// At returns the point of a strength that was measured.
func (c *Curve) At(strength float64) (Point, error) {
	for _, p := range c.Points {
		if p.Strength == strength {
			return p, nil
		}
	}
	return Point{}, fmt.Errorf("steer: strength %v was not measured", strength)
}

// Probability is which of a point's probabilities of the wanted answer is meant.
type Probability bool

// The two readings.
const (
	Full    Probability = false // among the whole vocabulary
	Between Probability = true  // between the two answers
)

func (p Probability) of(x Point) float64 {
	if p == Between {
		return x.TwoWay.Mean
	}
	return x.Want.Mean
}

// Monotone says whether the wanted answer's mean probability never falls from one
// strength to the next by more than a slack.
func (c *Curve) Monotone(p Probability, slack float64) bool {
	for i := 1; i < len(c.Points); i++ {
		if p.of(c.Points[i]) < p.of(c.Points[i-1])-slack {
			return false
		}
	}
	return true
}

// LargestStep is the largest change of the wanted answer's mean probability between
// two strengths that follow each other.
func (c *Curve) LargestStep(p Probability) float64 {
	step := 0.0
	for i := 1; i < len(c.Points); i++ {
		step = max(step, math.Abs(p.of(c.Points[i])-p.of(c.Points[i-1])))
	}
	return step
}

// Reaches returns the lowest strength at which the wanted answer's mean probability
// is at least a level, interpolated between those measured; false if none is.
func (c *Curve) Reaches(p Probability, level float64) (strength float64, ok bool) {
	for i, x := range c.Points {
		if p.of(x) < level {
			continue
		}
		if i == 0 {
			return x.Strength, true
		}
		y := c.Points[i-1]
		return y.Strength + (x.Strength-y.Strength)*(level-p.of(y))/(p.of(x)-p.of(y)), true
	}
	return 0, false
}

// Curve measures a method on prompts at strengths, in the order given. A strength
// that is not finite is an error.
func (s *Steerer) Curve(ctx context.Context, m *Method, prompts []Prompt, strengths []float64) (*Curve, error) {
	points, err := s.points(ctx, m, prompts, strengths)
	if err != nil {
		return nil, err
	}
	var ceiling []result
	for part := range slices.Chunk(prompts, atOnce) {
		x := batch{site: m.Site, shifts: make([][]float32, len(part))}
		for _, p := range part {
			x.tokens, x.last = append(x.tokens, p.Counter), append(x.last, len(p.Counter)-1)
			x.want, x.have = append(x.want, p.Want), append(x.have, p.Have)
		}
		r, err := s.run(x)
		if err != nil {
			return nil, err
		}
		ceiling = append(ceiling, r...)
	}
	most := point(0, ceiling)
	return &Curve{Method: m.Name, Site: m.Site, Points: points, Ceiling: most.Want, CeilingTwoWay: most.TwoWay}, nil
}

// points are those of a curve.
func (s *Steerer) points(ctx context.Context, m *Method, prompts []Prompt, strengths []float64) ([]Point, error) {
	if err := s.checkMethod(m); err != nil {
		return nil, err
	}
	dense, sparse := s.Bridge.Dense.Config.Model, s.Bridge.Sparse.Config.Model
	if err := check(prompts, dense.Vocab, min(dense.Context, sparse.Context)); err != nil {
		return nil, err
	}
	if len(strengths) == 0 {
		return nil, fmt.Errorf("steer: no strengths; Strengths() has the usual ones")
	}
	for _, x := range strengths {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("steer: a strength of %v; give finite numbers", x)
		}
	}
	all := make([][]result, len(strengths))
	for part := range slices.Chunk(prompts, atOnce) {
		coefficients, err := s.coefficients(m, part)
		if err != nil {
			return nil, err
		}
		x := batch{site: m.Site}
		for _, p := range part {
			x.tokens = append(x.tokens, p.Tokens)
			x.last = append(x.last, len(p.Tokens)-1)
			x.want, x.have = append(x.want, p.Want), append(x.have, p.Have)
		}
		for i, strength := range strengths {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("steer: %s: %w", m.Name, err)
			}
			x.shifts = x.shifts[:0]
			for b := range part {
				x.shifts = append(x.shifts, m.shift(coefficients[b], strength))
			}
			r, err := s.run(x)
			if err != nil {
				return nil, fmt.Errorf("%s at strength %v: %w", m.Name, strength, err)
			}
			all[i] = append(all[i], r...)
		}
	}
	var out []Point
	for i, strength := range strengths {
		out = append(out, point(strength, all[i]))
	}
	return out, nil
}

// shift is what is added at every token of a prompt, [token·d_dense].
func (m *Method) shift(coefficients []float32, strength float64) []float32 {
	k, d := m.parts(), len(m.Directions[0])
	out := make([]float32, len(coefficients)/k*d)
	for t := range len(coefficients) / k {
		to := out[t*d : (t+1)*d]
		for i, direction := range m.Directions {
			a := float32(strength) * coefficients[t*k+i]
			if a == 0 {
				continue
			}
			for j, x := range direction {
				to[j] += a * x
			}
		}
	}
	return out
}

func point(strength float64, list []result) Point {
	of := func(f func(result) float64) stat.Estimate {
		var v []float64
		for _, r := range list {
			v = append(v, f(r))
		}
		return stat.Mean(v)
	}
	return Point{
		Strength: strength,
		Want:     of(func(r result) float64 { return r.want }),
		Have:     of(func(r result) float64 { return r.have }),
		TwoWay:   of(func(r result) float64 { return r.twoWay }),
		OtherKL:  of(func(r result) float64 { return r.otherKL }),
		Changed:  of(func(r result) float64 { return r.changed }),
	}
}
