package patch

import (
	"context"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// HeldAt is what a model does with nodes held in one way.
type HeldAt struct {
	At, Claim string
	Reading
}

// Held is a group of nodes held in several ways, and how their first rises with the position.
type Held struct {
	Claim string
	Nodes []circuit.Node
	Rows  []HeldAt
	// Position is the correlation of the first node with the position of the token.
	Position float64
}

// HoldByPosition holds nodes of a circuit at their mean in training text, at their mean on
// other prompts, at zero, and at the mean that the position of the token has on other
// prompts: if the last changes nothing and the others do, what counts of them is the position.
func HoldByPosition(ctx context.Context, m model.Recorder, config model.Config, c *circuit.Circuit, list, other []task.Example, head circuit.Head, nodes []circuit.Node) (h Held, err error) {
	h.Nodes = nodes
	v, err := probe.OnPairs(m, other, nodes)
	if err != nil {
		return h, err
	}
	type sum struct{ sum, n float64 }
	at, average := make([]map[int]sum, len(nodes)), make([]float64, len(nodes))
	for j := range nodes {
		at[j] = map[int]sum{}
		var all sum
		for _, s := range v[j] {
			for t, y := range s {
				at[j][t] = sum{at[j][t].sum + y, at[j][t].n + 1}
				all = sum{all.sum + y, all.n + 1}
			}
		}
		average[j] = all.sum / all.n
	}
	for _, x := range []struct {
		at, claim string
		do        Change
	}{
		{"its mean in training text", "training", Hold(config, nodes, Means(c, nodes))},
		{"its mean over the other prompts", "prompts", Hold(config, nodes, average)},
		{"zero", "zero", Hold(config, nodes, make([]float64, len(nodes)))},
		{"by position", "position", Put(config, nodes, func(j, _, t int) (float64, bool) {
			v, ok := at[j][t]
			return v.sum / math.Max(1, v.n), ok
		})},
	} {
		if err := ctx.Err(); err != nil {
			return h, err
		}
		r, err := Under(m, config.Sink, list, head, x.do)
		if err != nil {
			return h, err
		}
		h.Rows = append(h.Rows, HeldAt{x.at, x.claim, r})
	}
	if v, err = probe.OnPairs(m, list, nodes[:1]); err != nil {
		return h, err
	}
	var position, is []float64
	for _, s := range v[0] {
		for t, y := range s {
			position, is = append(position, float64(t)), append(is, y)
		}
	}
	h.Position = correlation(position, is)
	return h, nil
}

// correlation is that of two lists; 0 where one of them does not vary.
func correlation(x, y []float64) float64 {
	mx, my := stat.Mean(x).Mean, stat.Mean(y).Mean
	var xx, yy, xy float64
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xx, yy, xy = xx+a*a, yy+b*b, xy+a*b
	}
	if xx*yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// A Twice is a side of a pair in which one of the two opening tokens occurred before.
type Twice struct {
	Tokens       []int32
	Right, Wrong int32 // the side's answer, and the other's
	Own, Earlier int   // where the opening token is, and the one before it
	Other        bool  // the earlier one is of the other kind
}

// OpenedTwice lists the sides of examples in which an opening token of either kind occurred
// before: the last one before it.
func OpenedTwice(list []task.Example) (out []Twice) {
	for _, e := range list {
		own := probe.Opening(e.Prompt, e.Counter)
		opens := []int32{e.Prompt[own], e.Counter[own]}
		for side, tokens := range [][]int32{e.Prompt, e.Counter} {
			answers := []int32{e.Target, e.Alt}
			x := Twice{Tokens: tokens, Right: answers[side], Wrong: answers[1-side], Own: own, Earlier: -1}
			for t, id := range tokens[:own] {
				if slices.Contains(opens, id) {
					x.Earlier, x.Other = t, id != opens[side]
				}
			}
			if x.Earlier >= 0 {
				out = append(out, x)
			}
		}
	}
	return out
}

// Looked is what a head and the answers do on prompts that opened twice.
type Looked struct {
	Open, Earlier stat.Estimate // attention from the last token to the two
	// Turned is the share of answers to the earlier one, of prompts in which it is of the
	// other kind; its N is 0 where there are none.
	Turned stat.Estimate
}

// ExchangeWithin exchanges nodes between the two opening tokens of the same prompt, and says
// what a head and the answers do as they are, and then.
func ExchangeWithin(ctx context.Context, m model.Recorder, config model.Config, list []Twice, nodes []circuit.Node, head circuit.Head) (before, after Looked, err error) {
	var own, earlier, turned [2][]float64
	for part := range slices.Chunk(list, 2*probe.PairsAtOnce) {
		if err := ctx.Err(); err != nil {
			return before, after, err
		}
		var sequences [][]int32
		for _, x := range part {
			sequences = append(sequences, x.Tokens)
		}
		tokens, last := model.Padded(sequences)
		was := make([]model.Activation, len(nodes))
		for j, n := range nodes {
			if j > 0 && n.Site == nodes[j-1].Site {
				was[j] = was[j-1]
				continue
			}
			rec, err := m.Record(tokens, []model.Site{model.Site(n.Site)})
			if err != nil {
				return before, after, err
			}
			was[j] = rec.Activations[0]
		}
		swap := Put(config, nodes, func(j, s, t int) (float64, bool) {
			switch x := part[s]; t {
			case x.Own:
				return float64(was[j].At(s, x.Earlier)[nodes[j].Index]), true
			case x.Earlier:
				return float64(was[j].At(s, x.Own)[nodes[j].Index]), true
			}
			return 0, false
		})
		for k, do := range []Change{Leave(config, nodes), swap} {
			changes, err := do(tokens, last)
			if err != nil {
				return before, after, err
			}
			rec, err := m.Record(tokens, []model.Site{model.Logits, model.At(head.Layer, model.AttnPattern)}, changes...)
			if err != nil {
				return before, after, err
			}
			for i, x := range part {
				own[k] = append(own[k], probe.Weight(rec.Activations[1], i, head.Head, last[i], x.Own, config.Sink))
				earlier[k] = append(earlier[k], probe.Weight(rec.Activations[1], i, head.Head, last[i], x.Earlier, config.Sink))
				if l := rec.Activations[0].At(i, last[i]); x.Other {
					turned[k] = append(turned[k], map[bool]float64{true: 1}[l[x.Wrong] > l[x.Right]])
				}
			}
		}
	}
	looked := func(k int) Looked { return Looked{stat.Mean(own[k]), stat.Mean(earlier[k]), stat.Mean(turned[k])} }
	return looked(0), looked(1), nil
}
