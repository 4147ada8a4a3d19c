package viz_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"circuitbook/viz"
	"circuitbook/viz/charts"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/tokenview"
)

// withTokens puts one string wherever a figure of tokens takes one.
func withTokens(n viz.Note, s string) map[string]viz.Figure {
	tokens, values := []string{s, s + s, "x", s}, []float64{0, -1, 0.5, 1}
	context := tokenview.Context{Tokens: tokens, Values: values, At: 3}
	weights := [][]float64{{1}, {0.5, 0.5}, {0, 0, 1}, {0.25, 0.25, 0.25, 0.25}}
	words := []tokenview.TokenWeight{{ID: 1, Token: s, Weight: 1}, {ID: 2, Token: s + "y", Weight: -1}}
	return map[string]viz.Figure{
		"tokens": tokenview.TokenStrips{Note: n, Strips: []tokenview.TokenStrip{tokenview.Strip(s, tokens, values), must(tokenview.Pair(s, tokens, values, tokens[1:], values[1:])),
			{Name: s, Rows: []tokenview.TokenRow{{Name: s, Tokens: tokens, Values: values}, {Name: s + "2", Tokens: tokens[2:], Values: values[2:]}}}}},
		"contexts":  tokenview.Contexts{Note: n, Node: s, Top: []tokenview.Context{context}, Quantiles: []tokenview.Quantile{{Fraction: 0.5, Bottom: []tokenview.Context{context}}}},
		"attention": tokenview.AttentionStrip{Note: n, Tokens: tokens, Rows: []tokenview.AttentionRow{{Name: s, Query: 3, Weights: weights[3]}}},
		"pattern":   tokenview.AttentionMatrix{Note: n, Tokens: tokens, Heads: []tokenview.AttentionHead{{Name: s, Weights: weights}}},
		"embedding": tokenview.EmbeddingView{Note: n, Writes: words, Reads: words},
		"estimates": charts.Estimates{Note: n, X: charts.Axis{Label: s}, Interval: s, Refs: []charts.Ref{{Name: s, Y: 1}}, Rows: []charts.Estimate{{Name: s, Group: s, Value: 1, Lo: 0.5, Hi: 2, Runs: []float64{1}}}},
		"bridge":    charts.BridgePath{Note: n, Interval: s, Boundaries: []charts.BridgeBoundary{{Site: s, DenseToSparse: charts.BridgeLoss{CEHi: 1}}, {Site: s + "2"}, {Site: s}}},
		"band":      charts.Plot{Note: n, Band: s, Panels: []charts.Panel{{Series: []charts.Series{{Name: s, X: []float64{1, 2}, Y: []float64{1, 2}, Lo: []float64{0, 1}, Hi: []float64{2, 3}}}}}},
	}
}

// FuzzTokens cuts arbitrary bytes into tokens, even within a character, and reads them back: each
// is there once, in order, with its value, and nothing else is.
func FuzzTokens(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, step uint8) {
		if len(s) > 2000 {
			return
		}
		var tokens []string
		var values []float64
		for i, at := 0, 0; at < len(s); i++ {
			to := min(len(s), at+1+(int(step)*i)%7)
			tokens, values = append(tokens, s[at:to]), append(values, float64((i*int(step)+i)%9-4))
			at = to
		}
		if len(tokens) == 0 {
			return
		}
		b := check(t, "tokens", tokenview.TokenStrips{Strips: []tokenview.TokenStrip{tokenview.Strip("node", tokens, values)}})
		spans := readSpans(t, b.HTML)
		if len(spans) != len(tokens) {
			t.Fatalf("%d tokens, of which %d can be read back", len(tokens), len(spans))
		}
		for i, sp := range spans {
			if want := draw.Number(values[i]) + " at token "; !strings.HasPrefix(sp.title, want) {
				t.Errorf("token %d says %q, want %q", i, sp.title, want)
			}
			if draw.Visible(sp.text) != sp.text || strings.TrimSpace(sp.text) == "" {
				t.Errorf("token %d (%q) shows %q", i, tokens[i], sp.text)
			}
		}
	})
}

// A span is a token as a reader of the HTML finds it.
type Span struct{ title, text string }

// readSpans returns the spans that have a title, in order.
func readSpans(t testing.TB, html string) []Span {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	var out []Span
	depth, in := 0, -1
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			depth++
			for _, a := range x.Attr {
				if a.Name.Local == "title" {
					out, in = append(out, Span{title: a.Value}), depth
				}
			}
		case xml.EndElement:
			if depth == in {
				in = -1
			}
			depth--
		case xml.CharData:
			if in >= 0 {
				out[len(out)-1].text += string(x)
			}
		}
	}
}
