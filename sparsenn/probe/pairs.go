package probe

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// PairsAtOnce is how many examples go through a model at a time.
const PairsAtOnce = 32

// Sides lays the two sides of examples under each other, prompt and counterpart in turn, and
// says which token each ends with. Shorter ones are filled up behind their end with token 0.
func Sides(list []task.Example) (tokens [][]int32, last []int) {
	var sequences [][]int32
	for _, e := range list {
		sequences = append(sequences, e.Prompt, e.Counter)
	}
	return model.Padded(sequences)
}

// OnPairs says what nodes are on both sides of examples, prompt and counterpart in turn:
// [node][side][token], each side as long as it is.
func OnPairs(m model.Recorder, list []task.Example, nodes []circuit.Node) ([][][]float64, error) {
	out := make([][][]float64, len(nodes))
	var sites []model.Site
	for _, n := range nodes {
		if s := model.Site(n.Site); !slices.Contains(sites, s) {
			sites = append(sites, s)
		}
	}
	if len(sites) == 0 {
		return nil, errors.New("probe: no nodes to look at on pairs")
	}
	for part := range slices.Chunk(list, PairsAtOnce) {
		tokens, last := Sides(part)
		rec, err := m.Record(tokens, sites)
		if err != nil {
			return nil, fmt.Errorf("probe nodes on pairs: %w", err)
		}
		for i, n := range nodes {
			a := rec.Activations[slices.Index(sites, model.Site(n.Site))]
			if width := a.Shape[len(a.Shape)-1]; n.Index < 0 || n.Index >= width {
				return nil, fmt.Errorf("probe %s on pairs: the site has %d channels", n, width)
			}
			for s, end := range last {
				v := make([]float64, end+1)
				for t := range v {
					v[t] = float64(a.At(s, t)[n.Index])
				}
				out[i] = append(out[i], v)
			}
		}
	}
	return out, nil
}

// Weight is the attention that a head pays, in one sequence of a recorded pattern, from one
// token to another; sink says that the pattern's first key is the sink.
func Weight(pattern model.Activation, sequence, head, from, to int, sink bool) float64 {
	if sink {
		to++
	}
	heads, queries, keys := pattern.Shape[1], pattern.Shape[2], pattern.Shape[3]
	return float64(pattern.Data[((sequence*heads+head)*queries+from)*keys+to])
}

// Opening is the token in which the two sides of an example first differ: where a string or a
// list was opened, say. Sides of which one begins with the other differ in the last token of
// the shorter one at the latest.
func Opening(prompt, counter []int32) int {
	i, n := 0, min(len(prompt), len(counter))
	for i+1 < n && prompt[i] == counter[i] {
		i++
	}
	return i
}

// Attention is how much of its attention a head pays from the last token to the one in which
// the sides differ first: the mean over both sides, for each of the examples.
func Attention(m model.Recorder, list []task.Example, h circuit.Head, sink bool) (out []float64, err error) {
	for part := range slices.Chunk(list, PairsAtOnce) {
		tokens, last := Sides(part)
		rec, err := m.Record(tokens, []model.Site{model.At(h.Layer, model.AttnPattern)})
		if err != nil {
			return nil, fmt.Errorf("attention of head %d.%d: %w", h.Layer, h.Head, err)
		}
		for i, e := range part {
			at, sum := Opening(e.Prompt, e.Counter), 0.0
			for side := range 2 {
				sum += Weight(rec.Activations[0], 2*i+side, h.Head, last[2*i+side], at, sink) / 2
			}
			out = append(out, sum)
		}
	}
	return out, nil
}

// Firing is what a node is on pairs whose sides differ first in one token, the opening one.
type Firing struct {
	Open [2]float64 // mean at the opening token of the prompts, and of their counterparts
	Rest float64    // at all other tokens
	Last [2]float64 // at the last token
	// Either is the area under the ROC curve between opening tokens and all others, of the
	// side for which it is nearer to 0.5; 0.5 where one is above and one below.
	Either float64
	// Opening and End are the areas of prompts against counterparts, at the opening token
	// and at the last.
	Opening, End float64
}

// FiringOf sums up what a node is on examples, v as OnPairs gives it: [side][token].
func FiringOf(v [][]float64, list []task.Example) (f Firing, err error) {
	if len(list) == 0 || len(v) != 2*len(list) {
		return f, fmt.Errorf("probe: %d examples have two sides each, not %d", len(list), len(v))
	}
	var open, end, rest [2][]float64
	sum, n := 0.0, 0
	for i, e := range list {
		at := Opening(e.Prompt, e.Counter)
		for side := range 2 {
			x := v[2*i+side]
			for t, y := range x {
				if t != at {
					rest[side] = append(rest[side], y)
					sum, n = sum+y, n+1
				}
			}
			open[side], end[side] = append(open[side], x[at]), append(end[side], x[len(x)-1])
			f.Open[side] += x[at] / float64(len(list))
			f.Last[side] += x[len(x)-1] / float64(len(list))
		}
	}
	f.Rest = sum / float64(max(1, n))
	auc := func(a, b []float64) float64 {
		positive := make([]bool, len(a)+len(b))
		for i := range a {
			positive[i] = true
		}
		v, bad := stat.AUC(append(slices.Clone(a), b...), positive)
		err = errors.Join(err, bad)
		return v
	}
	x, y := auc(open[0], rest[0]), auc(open[1], rest[1])
	f.Either = x
	if math.Abs(y-0.5) < math.Abs(x-0.5) {
		f.Either = y
	}
	if (x-0.5)*(y-0.5) < 0 { // of one sign for one side and of the other for the other
		f.Either = 0.5
	}
	f.Opening, f.End = auc(open[0], open[1]), auc(end[0], end[1])
	return f, err
}
