package lab

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
)

// Embedding exchanges the channels of the embedding that the circuit reads, each alone and all
// together, between the two sides at the first token in which they differ; and shows what the
// one that does most, chosen on prompts for selecting, and the channel of the node that
// decides mean at both ends of the model. Numbers are channel, channel_after_full and
// channel_after_circuit of that one, all_after_full and all_after_circuit.
func (c *Circuit) Embedding() (out cell.Result) {
	r := c.model.Run()
	reads := c.Data().EmbeddingReads(c.Few(24))
	if len(reads) == 0 {
		return cell.Nothing("the circuit reads nothing of the embedding")
	}
	best := cell.Must(patch.Most(r.Model, c.Selected(), patch.Opening, patch.Apart(reads)...))
	groups := append(patch.Apart(reads), reads)
	list := c.reported().ForMeasuring()
	full, alone := cell.Must(patch.Exchange(r.Model, list, patch.Opening, groups...)), cell.Must(patch.Exchange(c.alone(), list, patch.Opening, groups...))
	t := viz.Table{Note: c.Note("Exchanging channels of the embedding at the first token that differs", fmt.Sprintf("%d pairs; share of prompts then answered with the other side's answer, and the margin of the whole model before and after.", len(list))),
		Columns: []viz.Column{{Name: "channels"}, {Name: "whole model", Format: "%.3f", Bar: true, Max: 1}, {Name: "circuit alone", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin before", Format: "%.2f"}, {Name: "margin after", Format: "%.2f"}}}
	for i, g := range groups {
		name := g[0].String()
		if i == len(reads) {
			name = "all that the circuit reads"
		}
		t.Rows = append(t.Rows, []any{name, full[i].After, alone[i].After, full[i].MarginBefore, full[i].MarginAfter})
	}
	last := len(reads)
	out.Numbers = []book.Stated{{Name: "channel", Value: reads[best].Index}, {Name: "channel_after_full", Value: full[best].After}, {Name: "channel_after_circuit", Value: alone[best].After},
		{Name: "all_after_full", Value: full[last].After}, {Name: "all_after_circuit", Value: alone[last].After}}
	out.Figures = cell.Page{t}
	if v := c.model.Channel(reads[best].Index); len(v.Writes)+len(v.Reads) > 0 {
		v.Note = c.Note("The channel that tells the sides apart at the input", "Look for the two tokens that differ among those that write it.")
		out.Figures = append(out.Figures, v)
	}
	if d := c.Deciding(); d != "" {
		n := cell.Must(circuit.ParseNode(d))
		if v := c.model.Channel(n.Index); len(v.Writes)+len(v.Reads) > 0 {
			v.Note = c.Note("The channel of the deciding node, "+d, "Look for the two answers among the tokens whose logit reads it.")
			out.Figures = append(out.Figures, v)
		}
	}
	return out
}

// Channel is what a channel of the residual stream means at both ends of the model: the tokens
// whose embedding writes it, and those whose logit reads it.
func (m *Model) Channel(channel int) tokenview.EmbeddingView {
	r := m.Run()
	c := r.Config.Model
	if channel < 0 || channel >= c.DModel {
		cell.End(fmt.Errorf("there is no channel %d: the residual stream has %d, counted from 0", channel, c.DModel))
	}
	token := func(id int) string { return cell.Must(r.Tokenizer.Token(int32(id))) }
	return tokenview.EmbeddingView{Note: m.Note(fmt.Sprintf("Channel %d", channel), ""), Channel: channel, Vocab: c.Vocab,
		Writes: cell.Must(tokenview.TokenColumn(cell.Must(r.Model.Values("transformer.wte.weight")), c.DModel, channel, token)),
		Reads:  cell.Must(tokenview.TokenColumn(cell.Must(r.Model.Values("lm_head.weight")), c.DModel, channel, token))}
}
