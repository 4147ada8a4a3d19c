package lab

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/viz/tokenview"
)

// tokensOf are a prompt's tokens, and each as text.
func (m *Model) tokensOf(prompt string) (ids []int32, texts []string) {
	r := m.Run()
	ids = r.Tokenizer.Encode(prompt)
	if n := r.Config.Model.Context; len(ids) == 0 || len(ids) > n {
		cell.End(fmt.Errorf("the prompt has %d tokens; the model takes 1 to %d", len(ids), n))
	}
	for _, id := range ids {
		texts = append(texts, cell.Must(r.Tokenizer.Token(id)))
	}
	return ids, texts
}

// Attention is where every head looks from the last token of a prompt.
func (m *Model) Attention(prompt string) tokenview.AttentionStrip {
	ids, texts := m.tokensOf(prompt)
	c := m.Run().Config.Model
	a := tokenview.AttentionStrip{Note: m.Note("Attention from the last token", ""), Tokens: texts, Sink: c.Sink}
	for l := range c.Layers {
		for h, weights := range m.patterns(ids, l) {
			a.Rows = append(a.Rows, tokenview.AttentionRow{Name: fmt.Sprintf("%d.%d", l, h), Query: len(ids) - 1, Weights: weights[len(ids)-1]})
		}
	}
	return a
}

// Head is all that a head of a layer does over a prompt.
func (m *Model) Head(layer, head int, prompt string) tokenview.AttentionMatrix {
	ids, texts := m.tokensOf(prompt)
	c := m.Run().Config.Model
	if layer < 0 || layer >= c.Layers || head < 0 || head >= c.Heads {
		cell.End(fmt.Errorf("there is no head %d.%d: the model has %d layers of %d heads, counted from 0", layer, head, c.Layers, c.Heads))
	}
	name := fmt.Sprintf("%d.%d", layer, head)
	return tokenview.AttentionMatrix{Note: m.Note("Head "+name, ""), Tokens: texts, Sink: c.Sink,
		Heads: []tokenview.AttentionHead{{Name: name, Weights: m.patterns(ids, layer)[head]}}}
}

// patterns are the attention weights of a layer, [head][query][key].
func (m *Model) patterns(ids []int32, layer int) (out [][][]float64) {
	r := m.Run()
	rec := cell.Must(r.Model.Record([][]int32{ids}, []model.Site{model.At(layer, model.AttnPattern)}))
	for h := range r.Config.Model.Heads {
		out = append(out, cell.Must(tokenview.Pattern(rec.Activations[0].Shape, rec.Activations[0].Data, 0, h)))
	}
	return out
}

// nodesOf are nodes of the model by their paths. One that it does not have ends the cell
// before any text is read.
func (m *Model) nodesOf(paths ...string) []circuit.Node {
	nodes := cell.Must(parseNodes(paths))
	for _, n := range nodes {
		if width := cell.Must(m.Config().Model.Width(model.Site(n.Site))); n.Index >= width {
			cell.End(fmt.Errorf("there is no node %s: the site has %d channels, counted from 0", n, width))
		}
	}
	return nodes
}

// Strips is what nodes are at every token of a prompt.
func (m *Model) Strips(prompt string, nodes ...string) tokenview.TokenStrips {
	ids, texts := m.tokensOf(prompt)
	s := tokenview.TokenStrips{Note: m.Note("Activations", "")}
	for i, v := range m.activations(ids, m.nodesOf(nodes...)) {
		s.Strips = append(s.Strips, tokenview.Strip(nodes[i], texts, v))
	}
	return s
}

// activations are what nodes are at the tokens of a sequence, [node][token].
func (m *Model) activations(ids []int32, nodes []circuit.Node) (out [][]float64) {
	for _, n := range nodes {
		rec := cell.Must(m.Run().Model.Record([][]int32{ids}, []model.Site{model.Site(n.Site)}))
		v := make([]float64, len(ids))
		for t := range v {
			v[t] = float64(rec.Activations[0].At(0, t)[n.Index])
		}
		out = append(out, v)
	}
	return out
}
