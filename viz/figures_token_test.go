package viz_test

import (
	"maps"
	"math"

	"circuitbook/viz"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// A closing quote is to be predicted: the two sides differ in one token.
var (
	doubleQuoted = []string{"def", " greet", "(", "name", "):", "\n", "    ", "print", "(\"", "hello", ",", " ", "world"}
	singleQuoted = []string{"def", " greet", "(", "name", "):", "\n", "    ", "print", "('", "hello", ",", " ", "world"}
)

// spike is 0 but where it rises and fades.
func spike(n, at int, height, fade float64) []float64 {
	v := make([]float64, n)
	for i := at; i < n; i++ {
		v[i] = height * math.Pow(fade, float64(i-at))
	}
	return v
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tokenFigures are small instances of the figures of tokens.
func tokenFigures() map[string]viz.Figure {
	n := len(doubleQuoted)
	code := []string{"class", " Stack", ":", "\n", "    ", "def", " push", "(", "self", ",", " x", "):", "\n", "\t", "\t", "self", ".", "items", ".", "append", "(", "x", ")", "  ", "#", " grow", "·", "\n"}
	values := make([]float64, len(code))
	for i := range values {
		values[i] = math.Round(100*math.Sin(float64(i)*1.3)*math.Exp(-float64(i%9)/3)) / 100
	}
	figs := map[string]viz.Figure{
		"tokens": tokenview.TokenStrips{
			Note:   viz.Note{Title: "What a neuron does over a text", Caption: "It answers to names.", Provenance: "seed 7"},
			Strips: []tokenview.TokenStrip{tokenview.Strip("0.mlp.post_act[863]", code, values), tokenview.Strip("0.mlp.post_act[5]", code[:8], make([]float64, 8))},
		},
		"pair": tokenview.TokenStrips{
			Note: viz.Note{Title: "The two sides of a pair", Caption: "One neuron sees the double quote, the channel after it carries the sign.", Provenance: "seed 7"},
			Strips: []tokenview.TokenStrip{
				must(tokenview.Pair("0.mlp.post_act[863]", doubleQuoted, spike(n, 8, 0.82, 0), singleQuoted, spike(n, 8, 0.05, 0))),
				must(tokenview.Pair("4.attn.resid_delta[83]", doubleQuoted, spike(n, 8, 0.9, 0.8), singleQuoted, spike(n, 8, -0.7, 0.8))),
				must(tokenview.Pair("sides of different length", []string{"a", " =", " [", "1", "]"}, []float64{0, 0.1, 0.5, -0.2, 0.3}, []string{"a", " =", " [", "[", "1", ",", "2", "]"}, []float64{0, 0.1, 0.5, 0.9, -0.2, 0, 0, 0.3})),
			},
		},
		"contexts": contextFigure(), "embedding": embeddingFigure(), "estimates": estimateFigure(), "plot_band": bandFigure(),
	}
	maps.Copy(figs, attentionFigures())
	return figs
}

func attentionFigures() map[string]viz.Figure {
	tokens := []string{"x", " =", " [", "[", "1", ",", " 2", "]", ",", "[", "3", "]"}
	n := len(tokens)
	induction, uniform := make([][]float64, n), make([][]float64, n)
	for q := range tokens {
		induction[q], uniform[q] = make([]float64, n+1), make([]float64, n+1)
		// The first head rests on the sink, and looks at the brackets from what follows one.
		rest := 1.0
		for k := 0; k <= q; k++ {
			if tokens[q] == "]" && (tokens[k] == "[" || tokens[k] == " [") {
				induction[q][k+1] = 0.3
				rest -= 0.3
			}
			uniform[q][k+1] = 1 / float64(q+2)
		}
		induction[q][0] = rest
		uniform[q][0] = 1 / float64(q+2)
	}
	return map[string]viz.Figure{
		"attention": tokenview.AttentionStrip{
			Note: viz.Note{Title: "Where two heads look from the end", Caption: "One averages, one finds the open brackets.", Provenance: "seed 7"}, Tokens: tokens, Sink: true,
			Rows: []tokenview.AttentionRow{{Name: "2.attn head 3", Query: 11, Weights: induction[11]}, {Name: "2.attn head 3", Query: 7, Weights: induction[7]}, {Name: "2.attn head 5", Query: 11, Weights: uniform[11]}},
		},
		"attention_matrix": tokenview.AttentionMatrix{
			Note: viz.Note{Title: "Two heads over a short prompt", Caption: "One averages, one finds the open brackets.", Provenance: "seed 7"}, Tokens: tokens, Sink: true,
			Heads: []tokenview.AttentionHead{{Name: "2.attn head 3", Weights: induction}, {Name: "2.attn head 5", Weights: uniform}},
		},
	}
}

func contextFigure() viz.Figure {
	text := []string{"import", " os", "\n", "print", "(\"", "Distance", " from", " node", ":", "\")", "\n", "with", " open", "(\"", "input", ".", "txt", "\"", ",", " ", "'r'", ")", " as", " f", ":", "\n", "    ", "raise", " Value", "Error", "(\"", "Invalid", " data", "\")", "\n"}
	var values [][]float64
	var tokens [][]string
	for s := range 3 {
		v := make([]float64, len(text))
		for i, t := range text {
			switch t {
			case "(\"":
				v[i] = 0.9 - 0.1*float64(i%7) - 0.05*float64(s)
			case "\")":
				v[i] = -0.4 + 0.02*float64(i+s)
			}
		}
		values, tokens = append(values, v), append(tokens, text)
	}
	top, bottom, err := tokenview.SelectContexts(values, tokens, 0, 5, 12)
	if err != nil {
		panic(err)
	}
	qt, qb, err := tokenview.SelectContexts(values, tokens, 0.05, 2, 12)
	if err != nil {
		panic(err)
	}
	return tokenview.Contexts{
		Note: viz.Note{Title: "Where the neuron is active", Caption: "It opens at a double quote.", Provenance: "validation data, 3 streams"},
		Node: "0.mlp.post_act[863]", Top: top, Bottom: bottom, Quantiles: []tokenview.Quantile{{Fraction: 0.05, Top: qt, Bottom: qb}},
	}
}

func embeddingFigure() viz.Figure {
	words := []string{"(\"", "\"", "\",", " \"", "['", "'", "\")", "')", "='", " print", "\n", "    ", "\t", "def", " return", " if", "日本", "é", "x", "class"}
	m := make([]float32, 200*3)
	token := func(id int) string {
		if id < len(words) {
			return words[id]
		}
		return " w" + string(rune('a'+id%26))
	}
	for id := range 200 {
		if id%4 != 3 {
			m[id*3+1] = float32(math.Round(1000*math.Cos(float64(id)*0.7)*math.Exp(-float64(id)/40)) / 1000)
		}
	}
	reads := make([]float32, 200*3)
	for id := 0; id < 30; id += 2 {
		reads[id*3+1] = float32(12-id) / 40
	}
	return tokenview.EmbeddingView{
		Note: viz.Note{Title: "Channel 1 at both ends of the model", Caption: "Double quotes write it.", Provenance: "seed 7"}, Channel: 1, Vocab: 200, Show: 6,
		Writes: must(tokenview.TokenColumn(m, 3, 1, token)), Reads: must(tokenview.TokenColumn(reads, 3, 1, token)),
	}
}

func estimateFigure() viz.Figure {
	return charts.Estimates{
		Note: viz.Note{Title: "The circuit is what the model uses", Caption: "Alone it does the task; without it the model guesses.", Provenance: "5 seeds, 256 held-out examples"},
		X:    charts.Axis{Label: "task loss, nats per example", Include: []float64{0}}, Interval: "95 % over 5 seeds",
		Refs: []charts.Ref{{Name: "chance", Y: math.Ln2}},
		Rows: []charts.Estimate{
			{Name: "full model", Value: 0.031, Lo: 0.024, Hi: 0.040, Runs: []float64{0.025, 0.028, 0.031, 0.034, 0.039}},
			{Name: "circuit alone", Value: 0.149, Lo: 0.138, Hi: 0.161, Runs: []float64{0.139, 0.144, 0.150, 0.152, 0.160}},
			{Name: "circuit removed", Value: 0.664, Lo: 0.601, Hi: 0.742, Runs: []float64{0.61, 0.63, 0.66, 0.70, 0.72}},
			{Name: "random nodes removed", Value: 0.033, Lo: 0.026, Hi: 0.043},
			{Name: "circuit alone", Group: "dense twin", Value: 0.31},
		},
	}
}

func bandFigure() viz.Figure {
	n := []float64{3, 8, 13, 18, 23, 28, 33, 38}
	sparse := charts.Series{Name: "sparse", X: n}
	dense := charts.Series{Name: "dense", X: n}
	for i := range n {
		y := 0.95 - 0.1*float64(i)
		sparse.Y = append(sparse.Y, y)
		sparse.Lo, sparse.Hi = append(sparse.Lo, y-0.02-0.01*float64(i)), append(sparse.Hi, y+0.03)
		dense.Y = append(dense.Y, y*y+0.05)
		dense.Lo, dense.Hi = append(dense.Lo, y*y), append(dense.Hi, y*y+0.08)
	}
	dense.Y[5], dense.Lo[5], dense.Hi[5] = math.NaN(), math.NaN(), math.NaN()
	return charts.Plot{
		Note: viz.Note{Title: "Long lists dilute the average", Provenance: "5 seeds"}, X: charts.Axis{Label: "list elements"}, Band: "95 % over 5 seeds",
		Panels: []charts.Panel{{Y: charts.Axis{Label: "probability of ]]"}, Refs: []charts.Ref{{Name: "chance", Y: 0.5}}, Series: []charts.Series{sparse, dense}}},
	}
}
