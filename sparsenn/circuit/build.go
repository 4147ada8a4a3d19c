package circuit

import (
	"fmt"
	"math"
	"slices"
)

// Build finds the edges of a circuit: every nonzero weight between two of the
// nodes. It returns the nodes sorted, with Bias filled in, and the edges sorted;
// nodes itself is left as it is.
//
// weight returns the values of a tensor of OpenAI's state dict, row-major, [out,
// in] for a weight and [out] for a bias; nil for a bias that the model does not
// have, which counts as 0. It is called once for each tensor that is needed.
//
// A node twice, a node that the model does not have, a tensor of the wrong size and
// a value that is not finite are errors.
func Build(shape Shape, nodes []Kept, weight func(tensor string) ([]float32, error)) ([]Kept, []Edge, error) {
	if err := shape.Check(); err != nil {
		return nil, nil, err
	}
	kept := slices.Clone(nodes)
	slices.SortStableFunc(kept, func(a, b Kept) int { return a.Compare(b.Node) })
	at := map[string][]Kept{}
	for i, n := range kept {
		if err := shape.has(n.Node); err != nil {
			return nil, nil, err
		}
		if i > 0 && kept[i-1].Node == n.Node {
			return nil, nil, fmt.Errorf("node %s is there twice", n)
		}
		at[n.Site] = append(at[n.Site], n)
	}
	tensors := loader{weight: weight, have: map[string][]float32{}}
	var edges []Edge
	for i := range kept {
		to := &kept[i]
		to.Bias = 0
		f, layer, ok := maker(to.Site)
		if !ok {
			continue
		}
		rows, cols := f.size(shape)
		row := f.row(shape, to.Index)
		bias, err := tensors.get(f.name(layer, "bias"), rows, 1)
		if err != nil {
			return nil, nil, err
		}
		if bias != nil {
			if to.Bias = float64(bias[row]); !finite(to.Bias) {
				return nil, nil, fmt.Errorf("the bias of node %s is %v", to, to.Bias)
			}
		}
		sources := at[f.source(layer)]
		if len(sources) == 0 {
			continue
		}
		w, err := tensors.get(f.name(layer, "weight"), rows, cols)
		if err != nil {
			return nil, nil, err
		}
		if w == nil {
			return nil, nil, fmt.Errorf("tensor %s is missing", f.name(layer, "weight"))
		}
		for _, from := range sources {
			e := Edge{From: from.Node, To: to.Node, Weight: float64(w[row*cols+from.Index])}
			if !finite(e.Weight) {
				return nil, nil, fmt.Errorf("the weight from %s to %s is %v", e.From, e.To, e.Weight)
			}
			if e.Weight != 0 {
				edges = append(edges, e)
			}
		}
	}
	return kept, edges, nil
}

// loader asks for each tensor once.
type loader struct {
	weight func(string) ([]float32, error)
	have   map[string][]float32
}

func (l loader) get(name string, rows, cols int) ([]float32, error) {
	if v, ok := l.have[name]; ok {
		return v, nil
	}
	v, err := l.weight(name)
	if err != nil {
		return nil, fmt.Errorf("tensor %s: %w", name, err)
	}
	if v != nil && len(v) != rows*cols {
		return nil, fmt.Errorf("tensor %s has %d values; this model's has %d × %d", name, len(v), rows, cols)
	}
	l.have[name] = v
	return v, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
