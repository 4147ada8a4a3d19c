package dilution

import (
	"errors"
	"fmt"
	"math"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// Prediction is the length at which a circuit's mechanism is to fail.
//
// Depth is a mean that is diluted, so its average over prompts follows an [Average]
// on either side of the pairs; both are fitted on short prompts alone. The readout
// turns where the lead of one answer over the other is zero, which is at one depth
// if the lead grows with depth; that Threshold is where a straight line through lead
// against depth, over the same prompts, crosses zero. Prompts need more depth than
// that and counterparts less. The side whose average passes the threshold first
// fails first, and Failure says at which length that is, be it far beyond the
// lengths that were looked at. +Inf means that neither ever does: both averages come to
// rest on their own sides.
type Prediction struct {
	Threshold float64 // of depth
	// Explained is the share of the variance of the lead that the line explains.
	Explained       float64
	Prompt, Counter Average
	// Failure is the predicted one: its interval is from a bootstrap over prompts.
	Failure Failure
}

// Predict fits a prediction for a circuit, or for the whole model that it was found
// in, read at the circuit's depth. The prompts are to be short, within what the model
// was trained on, and of the select split.
func Predict(m model.Recorder, d Depth, p Prompts) (Prediction, error) {
	if len(p.Lengths) < 3 {
		return Prediction{}, fmt.Errorf("dilution with %s: a prediction from %d lengths; give at least three", p.Filler.Name, len(p.Lengths))
	}
	prompt, counter, err := d.Read(m, p)
	if err != nil {
		return Prediction{}, err
	}
	tokens := make([]float64, len(p.Lengths))
	for i := range tokens {
		tokens[i] = p.Tokens(i)
	}
	return predict(p.Lengths, tokens, prompt, counter)
}

// predictMargin is what takes no circuit: the lead of the answer itself, in any model,
// is taken for a mean that is diluted, and its threshold is zero. It says what looking
// into a circuit is worth, beyond drawing a line on.
func predictMargin(m task.Predictor, p Prompts) (Prediction, error) {
	if len(p.Lengths) < 3 {
		return Prediction{}, fmt.Errorf("dilution with %s: a prediction from %d lengths; give at least three", p.Filler.Name, len(p.Lengths))
	}
	curve, err := Curve(m, p)
	if err != nil {
		return Prediction{}, err
	}
	var prompt, counter []Seen
	tokens := make([]float64, len(curve))
	logit := func(p []float64, sign float64) Seen {
		lead := make([]float64, len(p))
		for i, x := range p {
			lead[i] = sign * (math.Log(max(x, tiny)) - math.Log(max(1-x, tiny)))
		}
		return Seen{lead, lead}
	}
	for i, x := range curve {
		prompt, counter, tokens[i] = append(prompt, logit(x.Prompt.Right, 1)), append(counter, logit(x.Counter.Right, -1)), x.Tokens
	}
	return predict(p.Lengths, tokens, prompt, counter)
}

// tiny keeps the logarithm of a probability finite.
const tiny = 1e-12

// predict is Predict of what was read.
func predict(lengths []int, tokens []float64, prompt, counter []Seen) (Prediction, error) {
	n := make([]float64, len(lengths))
	for i, l := range lengths {
		n[i] = float64(l)
	}
	out, err := once(n, prompt, counter, every)
	if err != nil {
		return out, err
	}
	f := &out.Failure
	each, others, _ := line(n, tokens)
	if f.Tokens = math.Inf(1); f.Within() {
		f.Tokens = others + each*f.Length
	}
	e := stat.Bootstrap(f.Length, len(lengths), func(index func(n int) int) float64 {
		x, err := once(n, prompt, counter, func(s Seen) []int {
			pick := make([]int, len(s.Depth))
			for k := range pick {
				pick[k] = index(len(pick))
			}
			return pick
		})
		if err != nil {
			return math.Inf(1) // these prompts foretell no failure
		}
		return x.Failure.Length
	})
	f.Lo, f.Hi = e.Lo, e.Hi
	return out, nil
}

// errNoThreshold says that the lead of the answer does not grow with depth, as in a
// model that does not do the task, so that nothing can be foretold.
var errNoThreshold = errors.New("the readout has no threshold to pass")

// every picks all of the prompts.
func every(s Seen) []int {
	out := make([]int, len(s.Depth))
	for i := range out {
		out[i] = i
	}
	return out
}

// once is a prediction from some of the prompts.
func once(n []float64, prompt, counter []Seen, pick func(Seen) []int) (out Prediction, err error) {
	var depth, lead []float64
	var means [2][]float64
	for s, side := range [2][]Seen{prompt, counter} {
		for _, x := range side {
			var here []float64
			for _, k := range pick(x) {
				here, lead = append(here, x.Depth[k]), append(lead, x.Lead[k])
			}
			if len(here) == 0 {
				return out, fmt.Errorf("dilution: a length without prompts cannot be predicted from")
			}
			depth, means[s] = append(depth, here...), append(means[s], gonum.Mean(here, nil))
		}
	}
	slope, at, r2 := line(depth, lead)
	if !(slope > 0) {
		return out, fmt.Errorf("dilution: the lead grows by %.3g per unit of depth: %w", slope, errNoThreshold)
	}
	out.Threshold, out.Explained = -at/slope, r2
	if out.Prompt, err = FitAverage(n, means[0]); err != nil {
		return out, err
	}
	if out.Counter, err = FitAverage(n, means[1]); err != nil {
		return out, err
	}
	f := Failure{Length: math.Inf(1), Side: -1}
	for s, a := range []Average{out.Prompt, out.Counter} {
		if x := a.Passes(out.Threshold, s == 0, n[0]); x < f.Length {
			f.Length, f.Side = x, s
		}
	}
	f.AtOnce = f.Length == n[0]
	out.Failure = f
	return out, nil
}
