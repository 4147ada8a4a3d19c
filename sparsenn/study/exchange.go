package study

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/prove"
	"circuitbook/sparsenn/task"
)

// Where says at which tokens of the two sides of an example nodes are
// exchanged: token prompt[i] of the prompt with token counter[i] of the
// counterpart.
type Where func(e task.Example) (prompt, counter []int)

// Opening is where the two sides begin to differ: one token.
func Opening(e task.Example) (prompt, counter []int) {
	i := 0
	for i+1 < len(e.Prompt) && i+1 < len(e.Counter) && e.Prompt[i] == e.Counter[i] {
		i++
	}
	return []int{i}, []int{i}
}

// Last is the token after which the answer follows.
func Last(e task.Example) (prompt, counter []int) {
	return []int{len(e.Prompt) - 1}, []int{len(e.Counter) - 1}
}

// Everywhere is every token that has a counterpart, the sides aligned at their
// ends, as prove.Interchange does it.
func Everywhere(e task.Example) (prompt, counter []int) {
	for back := 1; back <= min(len(e.Prompt), len(e.Counter)); back++ {
		prompt, counter = append(prompt, len(e.Prompt)-back), append(counter, len(e.Counter)-back)
	}
	return prompt, counter
}

// Exchange is prove.Interchange of several nodes of one site, at some tokens
// only: both prompts of every pair are run with the nodes taken from the other
// prompt there, and it counts how the answers swap. width is the site's. The
// site may be one that circuits do not have, such as embed. Swap.Node is the
// first node.
func Exchange(m prove.Recorder, width int, examples []task.Example, nodes []circuit.Node, where Where) (prove.Swap, error) {
	s := prove.Swap{N: len(examples)}
	if len(examples) == 0 || len(nodes) == 0 || where == nil {
		return s, fmt.Errorf("exchange of %d nodes over %d examples: give at least one of each, and where", len(nodes), len(examples))
	}
	s.Node = nodes[0]
	for _, n := range nodes {
		if n.Site != s.Node.Site {
			return s, fmt.Errorf("exchange of %s and %s: the nodes must be of one site", s.Node, n)
		}
		if n.Index < 0 || n.Index >= width {
			return s, fmt.Errorf("exchange of %s: the site has %d channels", n, width)
		}
	}
	var tokens [][]int32
	longest := 0
	for i, e := range examples {
		if e.Alt == task.Any {
			return s, fmt.Errorf("exchange of %s: example %d has one answer only; the task must have two", s.Node, i)
		}
		longest = max(longest, len(e.Prompt), len(e.Counter))
	}
	pad := func(t []int32) []int32 {
		return append(append(make([]int32, 0, longest), t...), make([]int32, longest-len(t))...)
	}
	for _, e := range examples {
		tokens = append(tokens, pad(e.Prompt), pad(e.Counter))
	}
	site := model.Site(s.Node.Site)
	before, err := m.Record(tokens, []model.Site{site, model.Logits})
	if err != nil {
		return s, fmt.Errorf("exchange of %s: %w", s.Node, err)
	}
	own := before.Activations[0]
	if got := own.Shape[len(own.Shape)-1]; len(own.Shape) != 3 || got != width {
		return s, fmt.Errorf("exchange of %s: the site is of shape %v, not %d wide", s.Node, own.Shape, width)
	}
	change := model.Intervention{Site: site, Scale: make([]float32, len(own.Data)), Shift: make([]float32, len(own.Data))}
	for i := range change.Scale {
		change.Scale[i] = 1
	}
	seq := own.Shape[1]
	for i, e := range examples {
		a, b := where(e)
		if len(a) != len(b) {
			return s, fmt.Errorf("exchange of %s: %d tokens for %d in example %d", s.Node, len(a), len(b), i)
		}
		for k := range a {
			if a[k] < 0 || a[k] >= len(e.Prompt) || b[k] < 0 || b[k] >= len(e.Counter) {
				return s, fmt.Errorf("exchange of %s: tokens %d and %d are not both in example %d", s.Node, a[k], b[k], i)
			}
			for _, n := range nodes {
				x, y := ((2*i)*seq+a[k])*width+n.Index, ((2*i+1)*seq+b[k])*width+n.Index
				change.Scale[x], change.Shift[x] = 0, own.Data[y]
				change.Scale[y], change.Shift[y] = 0, own.Data[x]
			}
		}
	}
	after, err := m.Record(tokens, []model.Site{model.Logits}, change)
	if err != nil {
		return s, fmt.Errorf("exchange of %s: %w", s.Node, err)
	}
	n := float64(2 * len(examples))
	for i, e := range examples {
		for side, prompt := range [][]int32{e.Prompt, e.Counter} {
			margin := func(a model.Activation) float64 {
				l := a.At(2*i+side, len(prompt)-1)
				d := float64(l[e.Target] - l[e.Alt])
				if side == 1 {
					d = -d
				}
				return d
			}
			was, is := margin(before.Activations[1]), margin(after.Activations[0])
			s.MarginBefore += was / n
			s.MarginAfter += is / n
			if was > 0 {
				s.Before += 1 / n
			}
			if is < 0 {
				s.After += 1 / n
			}
		}
	}
	return s, nil
}
