package dilution

import (
	"fmt"
	"math"

	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// Point is how a model does on prompts of one length.
type Point struct {
	Length int     // pieces of the filler
	Tokens float64 // of the prompts, on average
	// Prompt and Counter are the two sides of the pairs, such as nested and flat lists.
	Prompt, Counter Side
}

// Side holds numbers of one side of the pairs, one a pair.
type Side struct {
	// Right is the probability of the right answer against the other one, Whole that of
	// the right answer among all tokens.
	Right, Whole []float64
}

// Estimate is the mean of Right with its interval over prompts.
func (s Side) Estimate() stat.Estimate { return stat.Mean(s.Right) }

// batch is how many pairs a call of the model gets, always as many, so that one
// compiled program serves all.
const batch = 24

// Curve measures a model at every length of the prompts.
func Curve(m task.Predictor, p Prompts) ([]Point, error) {
	var out []Point
	for i, n := range p.Lengths {
		x := Point{Length: n, Tokens: p.Tokens(i)}
		list := p.List[i]
		for from := 0; from < len(list); from += batch {
			var sequences [][]int32
			for k := range batch {
				e := list[min(from+k, len(list)-1)]
				sequences = append(sequences, e.Prompt, e.Counter)
			}
			logits, err := m.Next(sequences)
			if err != nil {
				return nil, fmt.Errorf("dilution with %d %s: %w", n, p.Filler.Unit, err)
			}
			if len(logits) != len(sequences) {
				return nil, fmt.Errorf("dilution: the model gave %d answers to %d prompts", len(logits), len(sequences))
			}
			for k, e := range list[from:min(from+batch, len(list))] {
				if err := x.Prompt.add(e, logits[2*k], e.Target); err != nil {
					return nil, err
				}
				if err := x.Counter.add(e, logits[2*k+1], e.Alt); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// curveFrom is the curve of what [Depth.Read] saw, without Whole: for a circuit alone,
// whose other logits mean nothing.
func curveFrom(p Prompts, prompt, counter []Seen) []Point {
	var out []Point
	for i, n := range p.Lengths {
		x := Point{Length: n, Tokens: p.Tokens(i)}
		for k := range prompt[i].Lead {
			x.Prompt.Right = append(x.Prompt.Right, 1/(1+math.Exp(-prompt[i].Lead[k])))
			x.Counter.Right = append(x.Counter.Right, 1/(1+math.Exp(counter[i].Lead[k])))
		}
		out = append(out, x)
	}
	return out
}

// add takes in the logits after one prompt.
func (s *Side) add(e task.Example, logits []float32, right int32) error {
	lead, err := marginOf(e, logits)
	if err != nil {
		return err
	}
	if right == e.Alt {
		lead = -lead
	}
	most := math.Inf(-1)
	for _, v := range logits {
		most = max(most, float64(v))
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - most)
	}
	s.Right = append(s.Right, 1/(1+math.Exp(-lead)))
	s.Whole = append(s.Whole, math.Exp(float64(logits[right])-most)/sum)
	return nil
}

// leadOf is by how much the prompt's answer leads the counterpart's, in nats.
func marginOf(e task.Example, logits []float32) (float64, error) {
	if e.Alt == task.Any {
		return 0, fmt.Errorf("dilution: the pair has one answer only; its counterpart needs one of its own")
	}
	l, err := e.Pick(logits)
	return l.Target - l.Alt, err
}
