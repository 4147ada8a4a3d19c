package dilution

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Even is the evenness from which on a head is said to average.
const Even = 0.5

// Evenness says how evenly the heads that write a depth look at the prompts of
// pairs from the last token: for each, 1/Σw² of its weights, which is how many tokens
// it looks at if it looks at some alike, over the number of tokens, both with the sink.
// It is 1 for a plain average and about 1/tokens for a head that picks one. Heads
// are those of the kept values in the depth's layer, ascending; the mean is over
// prompts, both sides counted.
func Evenness(m model.Recorder, c *circuit.Circuit, d Depth, list []task.Example) (heads []circuit.Head, even []float64, err error) {
	if len(d.Nodes) == 0 || len(list) == 0 {
		return nil, nil, fmt.Errorf("dilution: no depth or no prompts to see where heads look")
	}
	layer := d.Nodes[0].Layer()
	for _, n := range c.Nodes {
		if h, _, ok := c.Model.Head(n.Node); ok && n.Kind() == circuit.Value && n.Layer() == layer {
			if k := len(heads); k == 0 || heads[k-1].Head != h {
				heads = append(heads, circuit.Head{Layer: layer, Head: h})
			}
		}
	}
	if len(heads) == 0 {
		return nil, nil, fmt.Errorf("dilution: the circuit of %s keeps no value of layer %d", c.Task, layer)
	}
	even = make([]float64, len(heads))
	site := model.At(layer, model.AttnPattern)
	for _, e := range list {
		for _, s := range [][]int32{e.Prompt, e.Counter} {
			rec, err := m.Record([][]int32{s}, []model.Site{site})
			if err != nil {
				return nil, nil, fmt.Errorf("dilution: %w", err)
			}
			a := rec.Activations[0]
			keys := a.Shape[3]
			for i, h := range heads {
				row := a.Data[(h.Head*a.Shape[2]+len(s)-1)*keys:][:keys]
				square := 0.0
				for _, w := range row {
					square += float64(w) * float64(w)
				}
				even[i] += 1 / square / float64(keys) / float64(2*len(list))
			}
		}
	}
	return heads, even, nil
}
