package contrast

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// against is P of the first side's answer against the other one.
func against(logits []float32, e task.Example) float64 {
	return 1 / (1 + math.Exp(float64(logits[e.Alt]-logits[e.Target])))
}

// record runs a batch, under a change if there is one.
func record(m model.Recorder, b Batch, do Change, sites ...model.Site) ([]model.Activation, error) {
	var changes []model.Intervention
	if do != nil {
		changes = do(b)
	}
	rec, err := m.Record(b.Tokens, sites, changes...)
	if err != nil {
		return nil, fmt.Errorf("a model on prompts of %d tokens: %w", len(b.Tokens[0]), err)
	}
	return rec.Activations, nil
}

// Look runs prompts whose possible answers are those of e. It returns P of e's answer against
// the other and, for each node, its value at a token, [node][prompt]: where says at which, nil
// at the last.
func Look(m model.Recorder, prompts [][]int32, e task.Example, nodes []circuit.Node, where []int, do Change) (p []float64, values [][]float64, err error) {
	sites, of := []model.Site{model.Logits}, map[string]int{}
	for _, n := range nodes {
		if _, ok := of[n.Site]; !ok {
			of[n.Site] = len(sites)
			sites = append(sites, model.Site(n.Site))
		}
	}
	values = make([][]float64, len(nodes))
	for _, b := range Batches(prompts) {
		a, err := record(m, b, do, sites...)
		if err != nil {
			return nil, nil, err
		}
		for i := range b.N {
			p = append(p, against(a[0].At(i, b.Last[i]), e))
			token := b.Last[i]
			if where != nil {
				token = where[b.At[i]]
			}
			for j, n := range nodes {
				values[j] = append(values[j], float64(a[of[n.Site]].At(i, token)[n.Index]))
			}
		}
	}
	return p, values, nil
}

// Site is a whole site at one token of every prompt, [prompt][channel].
func Site(m model.Recorder, prompts [][]int32, site model.Site, token []int) (out [][]float32, err error) {
	for _, b := range Batches(prompts) {
		a, err := record(m, b, nil, site)
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			out = append(out, slices.Clone(a[0].At(i, token[b.At[i]])))
		}
	}
	return out, nil
}

// Attended is what a model answers on the prompts of a side, and the shares of the last
// token's attention that a head gives to the sink, 0 where there is none, and to the token
// that opens, by prompt.
type Attended struct{ P, Sink, Open []float64 }

// Attend runs a side under a change.
func Attend(m model.Recorder, of Side, e task.Example, h circuit.Head, sink bool, do Change) (out Attended, err error) {
	for _, b := range Batches(of.Prompts) {
		a, err := record(m, b, do, model.Logits, model.At(h.Layer, model.AttnPattern))
		if err != nil {
			return out, err
		}
		off := 0
		if sink {
			off = 1
		}
		for i := range b.N {
			out.P = append(out.P, against(a[0].At(i, b.Last[i]), e))
			row := ((i*a[1].Shape[1]+h.Head)*a[1].Shape[2] + b.Last[i]) * a[1].Shape[3]
			out.Sink = append(out.Sink, float64(off)*float64(a[1].Data[row]))
			out.Open = append(out.Open, float64(a[1].Data[row+off+of.Open[b.At[i]]]))
		}
	}
	return out, nil
}

// An Outcome is what a model makes of pairs: of each the task loss in nats, 1 where both sides
// are right, and P of the first side's answer on the second, where it is wrong.
type Outcome struct{ Loss, Right, Wrong []float64 }

// OutcomeOf puts together P on the one side and on the other.
func OutcomeOf(prompt, counter []float64) (o Outcome) {
	for i, p := range prompt {
		q := counter[i]
		o.Loss = append(o.Loss, -(math.Log(math.Max(p, 1e-12))+math.Log(math.Max(1-q, 1e-12)))/2)
		right := 0.0
		if p > 0.5 && q < 0.5 {
			right = 1
		}
		o.Right, o.Wrong = append(o.Right, right), append(o.Wrong, q)
	}
	return o
}

// Less is a − b, pair by pair.
func Less(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i := range out {
		out[i] -= b[i]
	}
	return out
}

// Next is P of e's answer against the other after every prompt, by what a model predicts,
// all in one batch.
func Next(m task.Predictor, prompts [][]int32, e task.Example) (p []float64, err error) {
	logits, err := m.Next(prompts)
	if err != nil {
		return nil, err
	}
	for _, x := range logits {
		p = append(p, against(x, e))
	}
	return p, nil
}
