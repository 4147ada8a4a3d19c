package lab

import (
	"fmt"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/probe"
	"circuitbook/viz"
)

// Firing is what every node of the circuit is at the first token in which the two sides of a
// pair differ, at the last one and elsewhere, on held-out prompts of the whole model; and how
// well it finds that token and tells the sides apart, as areas under the ROC curve. Nodes are
// at most twenty of each kind.
func (c *Circuit) Firing() cell.Result {
	nodes := c.kinds(20, circuit.ActIn, circuit.Query, circuit.Key, circuit.Value, circuit.PostAct, circuit.ResidDelta)
	if len(nodes) == 0 {
		return cell.Nothing("the circuit is empty")
	}
	list := c.reported().ForMeasuring()
	at := probe.Opening(list[0].Prompt, list[0].Counter)
	own, other := c.model.texts(list[0].Prompt[at : at+1])[0], c.model.texts(list[0].Counter[at : at+1])[0]
	t := viz.Table{Note: c.Note("The nodes of the circuit at the tokens of a prompt", fmt.Sprintf("Means over %d pairs of held-out prompts in the whole model, and areas under the ROC curve.", len(list))),
		Columns: []viz.Column{{Name: "node"}, {Name: "at " + own, Format: "%.2f"}, {Name: "at " + other, Format: "%.2f"}, {Name: "at other tokens", Format: "%.2f"}, {Name: "last token after " + own, Format: "%.2f"}, {Name: "after " + other, Format: "%.2f"},
			{Name: "fires on either", Format: "%.2f"}, {Name: "tells which, opening", Format: "%.2f"}, {Name: "tells which, last", Format: "%.2f"}}}
	for i, v := range cell.Must(probe.OnPairs(c.model.Run().Model, list, nodes)) {
		f := cell.Must(probe.FiringOf(v, list))
		t.Rows = append(t.Rows, []any{nodes[i].String(), f.Open[0], f.Open[1], f.Rest, f.Last[0], f.Last[1], f.Either, f.Opening, f.End})
	}
	return cell.Result{Figures: cell.Page{t}}
}

// Detectors are the nodes of the circuit's MLPs, one neuron and one channel that they write
// each, that best find the first token in which the two sides differ, and that best tell
// there which side it is: chosen on prompts for selecting, shown over a held-out pair and over
// validation text. Numbers are detector_neuron, type_neuron and the same of channel: the
// node, _auc on held-out prompts, and type_KIND_either_auc, how well that one finds it.
func (c *Circuit) Detectors() (out cell.Result) {
	r := c.model.Run()
	chosen, list := c.Selected(), c.reported().ForMeasuring()
	var shown []string
	for _, x := range [][2]string{{"neuron", circuit.PostAct}, {"channel", circuit.ResidDelta}} {
		nodes := slices.DeleteFunc(c.kinds(40, x[1]), func(n circuit.Node) bool { return n.Block() != circuit.MLP })
		if len(nodes) == 0 {
			continue
		}
		either, which, e, w, err := probe.Detectors(r.Model, chosen, nodes)
		cell.Check(err)
		v := cell.Must(probe.OnPairs(r.Model, list, []circuit.Node{nodes[either], nodes[which]}))
		finds, tells := cell.Must(probe.FiringOf(v[0], list)), cell.Must(probe.FiringOf(v[1], list))
		// A node may be lower where it finds or tells: the sign is that of the prompts for selecting.
		found, told := finds.Either, tells.Opening
		if e.Either < 0.5 {
			found = 1 - found
		}
		if w.Opening < 0.5 {
			told = 1 - told
		}
		out.State("detector_"+x[0], nodes[either].String())
		out.State("detector_"+x[0]+"_auc", found)
		out.State("type_"+x[0], nodes[which].String())
		out.State("type_"+x[0]+"_auc", told)
		out.State("type_"+x[0]+"_either_auc", tells.Either)
		for _, n := range []circuit.Node{nodes[either], nodes[which]} {
			if !slices.Contains(shown, n.String()) {
				shown = append(shown, n.String())
			}
		}
	}
	if len(shown) == 0 {
		return cell.Nothing("the circuit has no node of an MLP")
	}
	out.Figures = cell.Page{c.Strips(shown...), c.TextStrips(shown...)}
	return out
}
