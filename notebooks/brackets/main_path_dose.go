package brackets

import (
	"context"
	"fmt"
	"math"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// width is the number of channels of a node's site.
func (w MainPath) width(n circuit.Node) int {
	return cell.Must(w.Circuit.Model().Run().Config.Model.Width(model.Site(n.Site)))
}

// Dose sets the way's last node to one value after another at the last token: the answer
// against an imposed depth, on both sides, and the neuron of the circuit that reads it and
// counts most. Numbers are depth_SIDE_MODEL, what it is as it is, threshold_MODEL, where the
// first side's answer turns, and threshold_neuron.
func (w MainPath) Dose() (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	list, sides := w.pairs(64, 48)
	depth, answer := nodeOf(w.Depth), w.answer(list[0].Target)
	nodes := []circuit.Node{depth}
	neuron, some := c.Chosen().NeuronOn(depth)
	if some {
		nodes = append(nodes, neuron)
	}
	views, width := w.Circuit.Views(), w.width(depth)
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range views {
		for s, side := range sides {
			_, v, err := contrast.Look(m.Reader, side.Prompts, list[0], nodes, nil, contrast.Put(width, depth, contrast.Nowhere))
			cell.Check(err)
			low, high = min(low, slices.Min(v[0])), max(high, slices.Max(v[0]))
			r.State(fmt.Sprintf("depth_%s_%s", w.Sides[s], m.Claim), stat.Mean(v[0]))
		}
	}
	if high-low < 1e-6 {
		low, high = low-1, high+1
	}
	panel := charts.Panel{Y: charts.Axis{Label: fmt.Sprintf("P(%s) against %s", answer, w.answer(list[0].Alt)), Include: []float64{0, 1}}, Refs: []charts.Ref{{Name: "even", Y: 0.5}}}
	response := charts.Panel{Y: charts.Axis{Label: "neuron at the last token"}}
	grid := 13
	if c.Model().Scale() == "tiny" {
		grid = 5
	}
	caption := ""
	b := cell.NewBar("imposing depth", len(views)*2*grid)
	for i, m := range views {
		for k, side := range sides {
			s := charts.Series{Name: m.Name + ", " + w.Sides[k]}
			f := s
			for j := range grid {
				x := low + (high-low)*float64(j)/float64(grid-1)
				p, v, err := contrast.Look(m.Reader, side.Prompts, list[0], nodes, nil, contrast.Put(width, depth, func(_, last int) (int, float64) { return last, x }))
				cell.Check(err)
				cell.Point(&s, x, stat.Mean(p))
				if some {
					cell.Point(&f, x, stat.Mean(v[1]))
				}
				b.Step((2*i+k)*grid+j+1, m.Name)
			}
			if k == 0 {
				if turns, ok := contrast.Crossing(s.X, s.Y, 0.5); ok {
					r.State("threshold_"+m.Claim, turns)
				} else {
					caption += fmt.Sprintf(" In %s the answer to %s prompts does not turn within this range.", m.Name, w.Sides[0])
				}
			}
			panel.Series, response.Series = append(panel.Series, s), append(response.Series, f)
		}
	}
	cell.Check(b.Done(true))
	panels, name := []charts.Panel{panel}, "none: the readout"
	if some {
		panels, name = append(panels, response), neuron.String()
		caption += " Below: the neuron that reads the channel and counts most, " + name + "."
	} else {
		caption += " No neuron of the circuit reads the channel after it is written: the threshold is in the readout, where both answers' logits read it."
	}
	r.Show(charts.Plot{Note: c.Note("The answer against depth", fmt.Sprintf("%s set at the last token, %d held-out pairs.%s", w.Depth, len(list), caption)), X: charts.Axis{Label: "imposed depth"}, Panels: panels, Band: "95 % over prompts"})
	if !some {
		r.Show(w.channel(depth.Index, fmt.Sprintf("Channel %d at both ends of the model", depth.Index)))
	}
	r.State("threshold_neuron", name)
	return r
}

// InText shows where the way's last node and the detector are greatest and least in validation
// text, in the whole model, and asks how well the first tells, at any token inside brackets, a
// depth of two or more from one: the area under the ROC curve, with its interval over
// documents, is depth_auc.
func (w MainPath) InText(open, closing string) (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	run, stream := c.Model().Run(), c.Model().Data().Valid
	n := 40000
	if c.Model().Scale() == "tiny" {
		n = 4000
	}
	stream = stream[:min(len(stream), n)]
	windows := cell.Must(probe.Cut(stream, run.Config.SeqLen, run.Config.SeqLen/2))
	nodes := []circuit.Node{nodeOf(w.Depth), nodeOf(w.Detector)}
	b := cell.NewBar("reading validation text", len(windows))
	values := cell.Interruptible(func(ctx context.Context) ([][][]float32, error) {
		return probe.Scan(ctx, run.Model, windows, nodes, func(done, all int) { b.Step(done, fmt.Sprintf("window %d", done)) })
	})
	cell.Check(b.Done(true))
	text := cell.Must(run.Tokenizer.Texts(stream))
	depth, document, err := probe.Nesting(run.Tokenizer, stream, open, closing)
	cell.Check(err)
	for i, node := range nodes {
		along := cell.Must(probe.Join(windows, values[i], len(stream)))
		note := c.Note("Where "+node.String()+" is greatest and least", fmt.Sprintf("%d tokens of validation text.", len(stream)))
		if i == 0 {
			note.Caption += w.tells(&r, along, depth, document)
		}
		top, bottom, err := tokenview.SelectContexts([][]float64{along}, [][]string{text}, 0, 6, 12)
		cell.Check(err)
		if len(top)+len(bottom) > 0 {
			r.Show(tokenview.Contexts{Note: note, Node: node.String(), Top: top, Bottom: bottom})
		}
	}
	if len(r.Figures) == 0 {
		return cell.Nothing("%s and %s are zero on all of this text", w.Depth, w.Detector)
	}
	return r
}

// tells states how well values tell a depth of two or more from one, and says it.
func (w MainPath) tells(r *cell.Result, along []float64, depth, document []int) string {
	var scores []float64
	var deep []bool
	var group []int
	for k, v := range along {
		if depth[k] > 0 {
			scores, deep, group = append(scores, v), append(deep, depth[k] > 1), append(group, document[k])
		}
	}
	auc, err := stat.AUCInterval(scores, deep, group)
	if err != nil {
		return " No area under the ROC curve on this text: " + err.Error() + "."
	}
	r.State("depth_auc", auc)
	return fmt.Sprintf(" Area under the ROC curve, two or more open brackets against one: %.3f (%.3f to %.3f), %d tokens.", auc.Mean, auc.Lo, auc.Hi, len(scores))
}
