package viz_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"time"

	"circuitbook/viz"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// figures are small instances of every kind; golden files hold what they look like.
func figures() map[string]viz.Figure {
	budget, err := charts.Budget(viz.Note{Title: "Budget of every tensor", Caption: "Embeddings keep a tenth.", Provenance: "seed 7"}, []charts.Tensor{
		{Name: "transformer.wte.weight", Shape: []int{512, 32}, K: 1638, Nonzero: 1638},
		{Name: "transformer.h.0.attn.c_attn.weight", Shape: []int{96, 32}, K: 61, Floor: 1, Nonzero: -1},
		{Name: "transformer.h.0.mlp.c_fc.bias", Shape: []int{128}, K: 128, Nonzero: 0},
	})
	if err != nil {
		panic(err)
	}
	figs := map[string]viz.Figure{
		"plot":     curves(),
		"plot_log": logPlot(),
		"matrix":   beforeAfter(),
		"matrix_blocks": charts.Matrices{Note: viz.Note{Title: "Dense"}, Panels: []charts.Matrix{
			{Name: "all", Rows: 90, Cols: 70, Values: weights(90, 70, 1, 0.2)},
		}},
		"table": viz.Table{
			Note:    viz.Note{Title: "Losses", Caption: "Lower is better.", Provenance: viz.ProvenanceLine(map[string]any{"seed": 7, "steps": 200})},
			Columns: []viz.Column{{Name: "model"}, {Name: "loss"}, {Name: "steps"}, {Name: "done"}, {Name: "accuracy", Format: "%.1f %%", Bar: true, Max: 100}},
			Rows:    [][]any{{"sparse", 2.75, 200, true, 91.25}, {"dense", 2.6, 1200, true, 93.0}, {"none", nil, 0, false, math.NaN()}},
		},
		"budget": budget,
		"samples": tokenview.Samples{
			Note: viz.Note{Title: "What the model writes", Caption: "Greedy."},
			Items: []tokenview.Sample{
				{Name: "sparse", Prompt: "def f(a):\n\treturn ", Completion: "a + 1\n"},
				{Name: "tokens", Prompt: "x = [1", Completion: ", 2]\n", PromptTokens: []string{"x", " =", " [", "1"}, CompletionTokens: []string{",", " 2", "]\n"}},
			},
		},
		"progress": viz.Progress{Note: viz.Note{Title: "train", Provenance: "seed 7"}, Done: 2000, Total: 2000, Elapsed: 187 * time.Second, Last: "loss 2.13", Ended: true},
	}
	maps.Copy(figs, tokenFigures())
	maps.Copy(figs, bridgeFigures())
	maps.Copy(figs, scatterFigures())
	return figs
}

func curves() charts.Plot {
	x := charts.Steps(200)
	fall := func(to, tau float64) []float64 {
		y := make([]float64, len(x))
		for i := range y {
			y[i] = to + (6.2-to)*math.Exp(-x[i]/tau) + 0.1*math.Sin(x[i])
		}
		return y
	}
	gap := fall(1.8, 15)
	for i := 80; i < 100; i++ {
		gap[i] = math.NaN()
	}
	l0, flat := make([]float64, len(x)), make([]float64, len(x))
	for i := range l0 {
		flat[i] = 4000
		l0[i] = math.Max(4000, 90000*math.Exp(-x[i]/20))
	}
	return charts.Plot{
		Note: viz.Note{Title: "Two schedules", Caption: "At equal tokens.", Provenance: "seed 7 · steps 200"},
		X:    charts.Axis{Label: "step"},
		Panels: []charts.Panel{
			{Y: charts.Axis{Label: "loss, nats per token"}, Refs: []charts.Ref{{Name: "uniform", Y: math.Log(512)}}, Series: []charts.Series{
				{Name: "constant", X: x, Y: fall(2.1, 25), Smooth: 9}, {Name: "anneal", X: x, Y: gap},
			}},
			{Y: charts.Axis{Label: "L0", Log: true}, Series: []charts.Series{{Name: "constant", X: x, Y: flat}, {Name: "anneal", X: x, Y: l0}}},
		},
	}
}

func logPlot() charts.Plot {
	return charts.Plot{
		Note:   viz.Note{Title: "Loss by size"},
		X:      charts.Axis{Label: "nodes", Log: true},
		Panels: []charts.Panel{{Y: charts.Axis{Label: "loss", Include: []float64{0}}, Series: []charts.Series{{Name: "circuit", X: []float64{1, 10, 100, 1000}, Y: []float64{2, 1, 0.25, 0.125}}}}},
	}
}

func weights(rows, cols int, density, std float64) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, rows*cols)
	for i := range v {
		if r.Float64() < density {
			v[i] = float32(std * r.NormFloat64())
		}
	}
	return v
}

func beforeAfter() charts.Matrices {
	return charts.Matrices{
		Note:    viz.Note{Title: "One matrix, before and after", Caption: "Both have 10 % of their weights.", Provenance: "seed 7"},
		RowName: "neuron", ColName: "channel",
		Panels: []charts.Matrix{
			{Name: "before", Rows: 24, Cols: 16, Values: weights(24, 16, 0.1, 0.1)},
			{Name: "after", Rows: 24, Cols: 16, Values: weights(24, 16, 0.12, 0.4)},
		},
	}
}
