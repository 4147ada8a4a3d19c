package patch

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// A Change is what is done to a model while it reads a batch of sequences of one length that
// end, before their padding, at the tokens that last says.
type Change func(tokens [][]int32, last []int) ([]model.Intervention, error)

// Put sets nodes of a model to values that may differ from token to token. value says what a
// node, by its place in nodes, is put to at a token of a sequence; where ok is false it stays
// as it is.
func Put(c model.Config, nodes []circuit.Node, value func(node, sequence, token int) (v float64, ok bool)) Change {
	return func(tokens [][]int32, last []int) (out []model.Intervention, err error) {
		for j, n := range nodes {
			d, err := c.Width(model.Site(n.Site))
			if err != nil {
				return nil, fmt.Errorf("put %s: %w", n, err)
			}
			if n.Index < 0 || n.Index >= d {
				return nil, fmt.Errorf("put %s: the site has %d channels", n, d)
			}
			long := len(tokens[0])
			i := slices.IndexFunc(out, func(x model.Intervention) bool { return string(x.Site) == n.Site })
			if i < 0 {
				i = len(out)
				size := len(tokens) * long * d
				out = append(out, model.Intervention{Site: model.Site(n.Site), Scale: slices.Repeat([]float32{1}, size), Shift: make([]float32, size)})
			}
			for s, end := range last {
				for t := range end + 1 {
					if v, ok := value(j, s, t); ok {
						at := (s*long+t)*d + n.Index
						out[i].Scale[at], out[i].Shift[at] = 0, float32(v)
					}
				}
			}
		}
		return out, nil
	}
}

// Hold holds nodes at one value each, at every token.
func Hold(c model.Config, nodes []circuit.Node, values []float64) Change {
	return Put(c, nodes, func(j, _, _ int) (float64, bool) { return values[j], true })
}

// Leave changes nothing about nodes, by the program that [Put] and [Hold] of them take.
func Leave(c model.Config, nodes []circuit.Node) Change {
	return Put(c, nodes, func(int, int, int) (float64, bool) { return 0, false })
}

// Means are what the nodes of a circuit are over training text, which those that it leaves
// out are held at; 0 for one that it does not have.
func Means(c *circuit.Circuit, nodes []circuit.Node) (out []float64) {
	for _, n := range nodes {
		k, _ := c.Find(n)
		out = append(out, k.Mean)
	}
	return out
}

// A Reading is what a model makes of pairs: task loss in nats per example, the share of pairs
// of which both sides are right, and the attention of a head from the last token to the
// opening one.
type Reading struct{ Loss, Right, Look stat.Estimate }

// Under reads pairs with a model under a change, nil for none. Intervals are of the normal
// approximation; see [Mean].
func Under(m model.Recorder, sink bool, list []task.Example, head circuit.Head, do Change) (r Reading, err error) {
	var loss, right, look []float64
	for part := range slices.Chunk(list, probe.PairsAtOnce) {
		tokens, last := probe.Sides(part)
		var changes []model.Intervention
		if do != nil {
			if changes, err = do(tokens, last); err != nil {
				return r, err
			}
		}
		rec, err := m.Record(tokens, []model.Site{model.Logits, model.At(head.Layer, model.AttnPattern)}, changes...)
		if err != nil {
			return r, fmt.Errorf("a model under a change: %w", err)
		}
		logits, pattern := rec.Activations[0], rec.Activations[1]
		for i, e := range part {
			a, err := e.Pick(logits.At(2*i, last[2*i]))
			if err != nil {
				return r, err
			}
			b, err := e.Pick(logits.At(2*i+1, last[2*i+1]))
			if err != nil {
				return r, err
			}
			hit := 0.0
			if task.Correct(a, b) {
				hit = 1
			}
			at := probe.Opening(e.Prompt, e.Counter)
			weight := (probe.Weight(pattern, 2*i, head.Head, last[2*i], at, sink) + probe.Weight(pattern, 2*i+1, head.Head, last[2*i+1], at, sink)) / 2
			loss, right, look = append(loss, task.Loss(a, b)), append(right, hit), append(look, weight)
		}
	}
	return Reading{stat.Mean(loss), stat.Mean(right), stat.Mean(look)}, nil
}
