package viz_test

import (
	"fmt"
	"math"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// scatterFigures are small instances of points of two measures: with a front on logarithmic axes,
// and with intervals on two axes that are the same.
func scatterFigures() map[string]viz.Figure {
	sparse, dense := charts.Cloud{Name: "sparse models"}, charts.Cloud{Name: "dense twins"}
	sweep := charts.Cloud{Name: "one model, k from 12 to 400", Path: true, Apart: true}
	for i := range 9 {
		f := float64(i)
		loss := math.Round(1000*(0.04+0.5*math.Exp(-f/2.2)+0.05*math.Sin(5*f)*math.Exp(-f/4))) / 1000
		sparse.Points = append(sparse.Points, charts.Dot{Name: fmt.Sprintf("k %d", 12<<i/2), X: math.Round(8 * math.Pow(1.7, f)), Y: loss})
		if i%2 == 0 {
			dense.Points = append(dense.Points, charts.Dot{Name: fmt.Sprintf("seed %d", i), X: math.Round(90 * math.Pow(1.6, f)), Y: math.Round(1000*(loss*0.8+0.02)) / 1000})
		}
		if i < 5 {
			sweep.Points = append(sweep.Points, charts.Dot{X: math.Round(300 * math.Pow(0.62, f)), Y: math.Round(1000*(0.05+0.03*f*f)) / 1000})
		}
	}
	same := charts.Cloud{Name: "nodes of the circuit"}
	other := charts.Cloud{Name: "nodes drawn at random"}
	for i := range 6 {
		f := float64(i)
		x, y := 0.02+0.13*f, math.Round(1000*(0.03+0.12*f+0.05*math.Sin(3*f)))/1000
		d := charts.Dot{Name: fmt.Sprintf("%d.mlp.post_act[%d]", i/2, 37*i+5), X: x, Y: y, YLo: y - 0.02 - 0.004*f, YHi: y + 0.03}
		if i%2 == 0 {
			d.XLo, d.XHi = x-0.015, x+0.02
		}
		same.Points = append(same.Points, d)
		other.Points = append(other.Points, charts.Dot{X: 0.01 + 0.004*f, Y: math.Round(20*math.Abs(math.Sin(f))) / 1000})
	}
	return map[string]viz.Figure{
		"scatter": charts.Scatter{
			Note: viz.Note{Title: "Size of a circuit and what it loses", Caption: "Sparse models need fewer edges for the same loss.", Provenance: "seed 7"},
			X:    charts.Axis{Label: "edges of the circuit", Log: true}, Y: charts.Axis{Label: "task loss, nats per example", Log: true},
			Groups: []charts.Cloud{sparse, dense, sweep}, Rays: []charts.Ray{{Name: "one in 10,000", Factor: 1e-4}, {Name: "one in 500", Factor: 1.0 / 500}, {Name: "one in 50", Factor: 1.0 / 50}}, Front: true,
		},
		"scatter_same": charts.Scatter{
			Note: viz.Note{Title: "Two ways to remove a node", Caption: "They agree.", Provenance: "5 seeds"},
			X:    charts.Axis{Label: "change of loss by mean ablation", Include: []float64{0}}, Y: charts.Axis{Label: "change of loss by exchange"},
			Groups: []charts.Cloud{same, other}, Rays: []charts.Ray{{Name: "equal", Factor: 1}, {Name: "twice", Factor: 2}, {Factor: 0.5}, {Name: "far", Factor: -3}}, Same: true,
		},
	}
}
