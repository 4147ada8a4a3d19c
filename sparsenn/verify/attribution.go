package verify

import (
	"cmp"
	"fmt"
	"slices"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Attribution is the baseline that needs no search: nodes ranked by attribution
// patching, the first-order estimate of what the whole model's loss rises by
// when a node is ablated (Gao et al., Fig 31, compare it too).
type Attribution struct {
	// AtSize is the loss on the report split of as many of its nodes as the
	// circuit has.
	AtSize stat.Estimate `json:"at_size"`
	// Nodes and Edges are the size at which its ranking reaches the target on
	// the select split, with the confidence that pruning asked for; Reached is
	// false where no number of nodes short of all does.
	Reached bool `json:"reached"`
	Nodes   int  `json:"nodes"`
	Edges   int  `json:"edges"`
}

// attribution ranks on select examples and measures on the report split.
func (p *prover) attribution(examples []task.Example, confidence float64) (Attribution, error) {
	var out Attribution
	e, err := p.on.Of(examples, ablate.LengthOf(examples))
	if err != nil {
		return out, err
	}
	_, gradient, err := e.Gradient(e.All())
	if err != nil {
		return out, err
	}
	order := make([]int, len(gradient))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(gradient[a], gradient[b]) })
	first := func(k int) ablate.Mask {
		m := make(ablate.Mask, len(order))
		for _, i := range order[:k] {
			m[i] = true
		}
		return m
	}
	same, err := p.on.Margins(first(p.kept.Count()))
	if err != nil {
		return out, err
	}
	out.AtSize = stat.Mean(p.fitted(same).Losses())

	// Loss is no monotone function of k: doubling finds a size that does, and
	// bisection one near the smallest.
	good := func(k int) (bool, error) {
		m, err := e.Margins(first(k))
		if err != nil {
			return false, err
		}
		loss, se := p.fitted(m).Mean()
		return loss+confidence*se <= p.circuit.Target, nil
	}
	lo, hi := 0, max(1, p.kept.Count())
	for {
		ok, err := good(hi)
		if err != nil {
			return out, err
		}
		if ok {
			break
		}
		if hi == len(order) {
			out.Nodes = hi
			return out, nil
		}
		lo, hi = hi, min(len(order), 2*hi)
	}
	for hi-lo > 1 {
		k := (lo + hi) / 2
		ok, err := good(k)
		if err != nil {
			return out, err
		}
		if ok {
			hi = k
		} else {
			lo = k
		}
	}
	out.Reached, out.Nodes = hi < len(order), hi
	var kept []circuit.Kept
	for _, i := range order[:hi] {
		kept = append(kept, circuit.Kept{Node: p.on.Space.Node(i)})
	}
	_, edges, err := circuit.Build(p.circuit.Model, kept, valuesOf(p.run))
	out.Edges = len(edges)
	return out, err
}

// valuesOf looks parameters up for circuit.Build, which takes nil for a bias
// that a model does not have.
func valuesOf(run *train.Result) func(string) ([]float32, error) {
	return func(name string) ([]float32, error) {
		v, err := run.Model.Values(name)
		if err != nil && !run.Config.Model.Bias {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("circuit: %w", err)
		}
		return v, nil
	}
}
