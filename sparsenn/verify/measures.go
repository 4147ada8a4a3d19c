package verify

import (
	"context"
	"math"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// A Number is one of the [Measures] of a circuit.
type Number struct {
	Name  string `json:"name"`  // as it is claimed, such as "loss_raw"
	Label string `json:"label"` // for a reader
	Unit  string `json:"unit"`
	stat.Estimate
}

// answered is what a model makes of an example: its task loss, the mean over both sides of
// the right answer's logit less the other's, and 1 if both sides are answered right.
type answered struct{ loss, margin, right float64 }

// example is what the whole model, the circuit alone with raw logits, the model without
// the circuit and the model with every node ablated make of one example.
type example struct {
	full, alone, removed, empty answered
	calibrated                  float64 // task loss of the circuit alone, calibrated
	kl                          float64 // of the circuit alone from the full model, mean of both sides
}

// measures are all numbers of a circuit, raw ones first: the mean over examples of what of
// returns, or of it divided by the mean of what per returns. A new number is a line here.
var measures = []struct {
	name, label, unit string
	of, per           func(x example) float64
}{
	{"loss_full", "full model", perExample, func(x example) float64 { return x.full.loss }, nil},
	{"loss_raw", "circuit alone", perExample, func(x example) float64 { return x.alone.loss }, nil},
	{calibratedLoss, "circuit alone, calibrated", perExample, func(x example) float64 { return x.calibrated }, nil},
	{"loss_removed", "circuit removed", perExample, func(x example) float64 { return x.removed.loss }, nil},
	{"right_full", "pairs right, full model", share, func(x example) float64 { return x.full.right }, nil},
	{"right_raw", "pairs right, circuit alone", share, func(x example) float64 { return x.alone.right }, nil},
	{"right_removed", "pairs right, circuit removed", share, func(x example) float64 { return x.removed.right }, nil},
	{"faithfulness", "margin recovered by the circuit alone", share, func(x example) float64 { return x.alone.margin - x.empty.margin },
		func(x example) float64 { return x.full.margin - x.empty.margin }},
	{"kl", "KL from the full model, circuit alone", "nats per token", func(x example) float64 { return x.kl }, nil},
}

const (
	perExample = "nats per example"
	share      = "share"
	// calibratedLoss is of calibrated circuits alone.
	calibratedLoss = "loss_calibrated"
)

// Measures are the numbers that say how far a circuit is what the model uses, on examples
// that nothing was chosen by. Logits are raw: only loss_calibrated reads those of the
// circuit by the scale and shift that its search fitted. Faithfulness is the share of the
// full model's margin that the circuit alone recovers, (m(circuit) − m(∅)) / (m(full) −
// m(∅)), where m is the mean of the right answer's logit less the other's and ∅ has every
// node at its mean; 1 is the model's own, more is an exaggeration. A circuit with frozen
// norms is an error, as for [Alone].
func Measures(ctx context.Context, run *train.Result, c *circuit.Circuit, list task.Reported) ([]Number, error) {
	examples := list.ForMeasuring()
	out := make([]example, len(examples))
	calibration := calibrationOf(c)
	full := make([][2][]float32, len(examples))
	for _, m := range []struct {
		nodes []circuit.Node
		keep  bool
		use   func(x *example, a answered, logits [2][]float32, i int)
	}{
		// The whole model is one without nothing, so that one program serves all four.
		{nil, false, func(x *example, a answered, l [2][]float32, i int) { x.full, full[i] = a, l }},
		{nodesOf(c), true, func(x *example, a answered, l [2][]float32, i int) {
			x.alone, x.kl = a, (kl(full[i][0], l[0])+kl(full[i][1], l[1]))/2
			p, q, _ := examples[i].PickBoth(l[0], l[1]) // which was done before
			x.calibrated = task.Loss(read(p, calibration), read(q, calibration))
		}},
		{nodesOf(c), false, func(x *example, a answered, _ [2][]float32, _ int) { x.removed = a }},
		{nil, true, func(x *example, a answered, _ [2][]float32, _ int) { x.empty = a }},
	} {
		sub, err := submodel(ctx, run, c, m.nodes, m.keep)
		if err != nil {
			return nil, err
		}
		err = task.Answers(sub, examples, func(i int, prompt, counter []float32) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			p, q, err := examples[i].PickBoth(prompt, counter)
			if err != nil {
				return err
			}
			a := answered{loss: task.Loss(p, q), margin: (p.Target - p.Alt + q.Alt - q.Target) / 2}
			if task.Correct(p, q) {
				a.right = 1
			}
			m.use(&out[i], a, [2][]float32{prompt, counter}, i)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return numbers(out, c.Calibrated), nil
}

// numbers are the measures of what was made of examples.
func numbers(list []example, calibrated bool) (out []Number) {
	for _, m := range measures {
		if m.name == calibratedLoss && !calibrated {
			continue
		}
		of, per := make([]float64, len(list)), make([]float64, len(list))
		for i, x := range list {
			of[i] = m.of(x)
			if m.per != nil {
				per[i] = m.per(x)
			}
		}
		e := stat.Mean(of)
		if m.per != nil {
			ratio := func(at func(i int) int) float64 {
				a, b := 0.0, 0.0
				for i := range of {
					a, b = a+of[at(i)], b+per[at(i)]
				}
				return a / b
			}
			e = stat.Bootstrap(ratio(func(i int) int { return i }), len(of), func(index func(n int) int) float64 {
				return ratio(func(int) int { return index(len(of)) })
			})
		}
		out = append(out, Number{m.name, m.label, m.unit, e})
	}
	return out
}

// read is what a calibration makes of the lead of one answer.
func read(l task.Logits, c ablate.Calibration) task.Logits {
	return task.Logits{Target: l.Alt + c.Scale*(l.Target-l.Alt) + c.Shift, Alt: l.Alt}
}

// kl is KL(p‖q) in nats of the softmax of two vectors of logits.
func kl(p, q []float32) float64 {
	normal := func(x []float32) float64 {
		most, sum := math.Inf(-1), 0.0
		for _, v := range x {
			most = math.Max(most, float64(v))
		}
		for _, v := range x {
			sum += math.Exp(float64(v) - most)
		}
		return most + math.Log(sum)
	}
	np, nq, sum := normal(p), normal(q), 0.0
	for i := range p {
		lp, lq := float64(p[i])-np, float64(q[i])-nq
		sum += math.Exp(lp) * (lp - lq)
	}
	return sum
}
