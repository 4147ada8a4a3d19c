package contrast

import (
	"math"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
)

// Brought is what a head brings to the last token of prompts by one channel, beside the plain
// mean of its value over all tokens, and how many tokens there are: one of each a prompt.
type Brought struct{ Value, Mean, Tokens []float64 }

// Brings reads the value of a head on prompts, a node of an attn.v, and what the head makes of
// it at the last token.
func Brings(m model.Recorder, prompts [][]int32, value circuit.Node) (out Brought, err error) {
	for _, b := range Batches(prompts) {
		a, err := record(m, b, nil, model.Site(value.Site), model.At(value.Layer(), model.AttnY))
		if err != nil {
			return out, err
		}
		for i := range b.N {
			sum, n := 0.0, float64(b.Last[i]+1)
			for token := 0; token <= b.Last[i]; token++ {
				sum += float64(a[0].At(i, token)[value.Index])
			}
			out.Value, out.Mean, out.Tokens = append(out.Value, float64(a[1].At(i, b.Last[i])[value.Index])), append(out.Mean, sum/n), append(out.Tokens, n)
		}
	}
	return out, nil
}

// Correlation is Pearson's r; ok is false where one of the two does not vary.
func Correlation(x, y []float64) (r float64, ok bool) {
	mx, my := stat.Mean(x).Mean, stat.Mean(y).Mean
	var xx, yy, xy float64
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	r = xy / math.Sqrt(xx*yy)
	return r, !math.IsNaN(r) && !math.IsInf(r, 0)
}

// Crossing is the x at which y, a straight line between its points, first passes through a
// level; ok is false where it never does.
func Crossing(x, y []float64, level float64) (at float64, ok bool) {
	for n := 1; n < len(y); n++ {
		if (y[n]-level)*(y[n-1]-level) < 0 {
			return x[n-1] + (level-y[n-1])/(y[n]-y[n-1])*(x[n]-x[n-1]), true
		}
	}
	return 0, false
}
