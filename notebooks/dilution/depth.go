package dilution

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Depth is what a circuit's last attention tells the readout, as one number: what
// the circuit's heads write at the last token, each channel weighted by how much
// more the prompt's answer reads it than its counterpart's. It is the part of the
// lead between both answers that goes there directly, before the last norm divides
// it: in the bracket task, how much deeper than flat the list looks.
type Depth struct {
	Nodes   []circuit.Node // of one site, an attn.resid_delta
	Weights []float64
}

// DepthOf finds the depth of a circuit between two answers, those of an example: the
// nodes that the circuit's attention writes, of the last layer in which it writes any.
// That it writes none is an error.
func DepthOf(m *model.Model, c *circuit.Circuit, e task.Example) (Depth, error) {
	var d Depth
	for _, n := range c.Nodes {
		if n.Block() != circuit.Attn || n.Kind() != circuit.ResidDelta {
			continue
		}
		if len(d.Nodes) > 0 && d.Nodes[0].Site != n.Site {
			d.Nodes = nil // nodes come in the order of the forward pass
		}
		d.Nodes = append(d.Nodes, n.Node)
	}
	if len(d.Nodes) == 0 {
		return d, fmt.Errorf("dilution: attention writes nothing in the circuit of %s, so that there is no depth to dilute", c.Task)
	}
	if e.Alt == task.Any || max(e.Target, e.Alt) >= int32(m.Config.Vocab) || min(e.Target, e.Alt) < 0 {
		return d, fmt.Errorf("dilution: answers %d and %d are no two tokens of a vocabulary of %d", e.Target, e.Alt, m.Config.Vocab)
	}
	gain, err := m.Values("transformer.ln_f.weight")
	if err != nil {
		return d, err
	}
	head, err := m.Values("lm_head.weight")
	if err != nil {
		return d, err
	}
	width := m.Config.DModel
	for _, n := range d.Nodes {
		if n.Index >= width {
			return d, fmt.Errorf("dilution: the circuit's node %s is beyond the model's width of %d; give the model that it was found in", n, width)
		}
		more := head[int(e.Target)*width+n.Index] - head[int(e.Alt)*width+n.Index]
		d.Weights = append(d.Weights, float64(gain[n.Index]*more))
	}
	return d, nil
}

// Seen is what a model shows on pairs of one length, one value a pair: depth at the
// last token, and by how much the prompt's answer leads there, in nats. Of the
// counterparts the right answer is the other one.
type Seen struct{ Depth, Lead []float64 }

// Read records depth and lead on prompts of every length, for both sides of the
// pairs.
func (d Depth) Read(m model.Recorder, p Prompts) (prompt, counter []Seen, err error) {
	if len(d.Nodes) == 0 {
		return nil, nil, fmt.Errorf("dilution: a depth without nodes cannot be read; DepthOf finds them")
	}
	sites := []model.Site{model.Site(d.Nodes[0].Site), model.Logits}
	for i := range p.Lengths {
		var both [2]Seen
		list := p.List[i]
		for from := 0; from < len(list); from += batch {
			var rows [][]int32
			longest := 0
			for k := range batch {
				e := list[min(from+k, len(list)-1)]
				rows = append(rows, e.Prompt, e.Counter)
				longest = max(longest, len(e.Prompt), len(e.Counter))
			}
			padded := make([][]int32, len(rows))
			for k, s := range rows {
				padded[k] = append(append(make([]int32, 0, longest), s...), make([]int32, longest-len(s))...)
			}
			rec, err := m.Record(padded, sites)
			if err != nil {
				return nil, nil, fmt.Errorf("dilution with %d %s: %w", p.Lengths[i], p.Filler.Unit, err)
			}
			for k := range 2 * min(batch, len(list)-from) {
				last := len(rows[k]) - 1
				x := 0.0
				for j, n := range d.Nodes {
					x += d.Weights[j] * float64(rec.Activations[0].At(k, last)[n.Index])
				}
				lead, err := marginOf(list[from+k/2], rec.Activations[1].At(k, last))
				if err != nil {
					return nil, nil, err
				}
				s := &both[k%2]
				s.Depth, s.Lead = append(s.Depth, x), append(s.Lead, lead)
			}
		}
		prompt, counter = append(prompt, both[0]), append(counter, both[1])
	}
	return prompt, counter, nil
}
