package bridge

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// MeasureOptions say on which text a bridge is measured: windows of the corpus's
// validation text, evenly spaced, on which nothing is fitted.
type MeasureOptions struct {
	Windows int // default 128
	SeqLen  int // default that of the bridge's config; at most the models' context
	// Progress is called after every part of the windows.
	Progress func(artifact.Progress)
}

// atBoundary is what a bridge does at one boundary.
type atBoundary struct {
	Boundary int
	Site     model.Site
	// Encode and Decode are NMSE over all windows, with the variance around the mean
	// over all of them: of f_i(h^d_i) as h^s_i, and of g_i(h^s_i) as h^d_i.
	Encode, Decode float64
	// DenseToSparse and SparseToDense are the hybrids that switch here and nowhere
	// else, named by the direction of the switch.
	DenseToSparse, SparseToDense Loss
}

// Loss is how a model or a hybrid does on text: cross-entropy, and the divergence
// KL(dense ‖ it) of its answers from the dense model's, in nats per token.
type Loss struct {
	CE, KL  stat.Estimate
	Windows []float64 // the cross-entropy of each window; of models measured on the same ones it is paired
}

// Over is by how much the cross-entropy of l is above that of m, which was measured on the
// same windows, with the interval of the differences: how hard the single windows
// are cancels out. Losses of different windows are an error.
func (l Loss) Over(m Loss) (stat.Estimate, error) {
	if len(l.Windows) != len(m.Windows) || len(l.Windows) < 2 {
		return stat.Estimate{}, fmt.Errorf("bridge: losses of %d and of %d windows are not paired; measure both with the same MeasureOptions", len(l.Windows), len(m.Windows))
	}
	over := make([]float64, len(l.Windows))
	for i, x := range l.Windows {
		over[i] = x - m.Windows[i]
	}
	return stat.Mean(over), nil
}

// Report is a bridge as measured.
type Report struct {
	Tokens        int
	Sparse, Dense Loss
	Boundaries    []atBoundary
}

// Worst returns the highest cross-entropy of all hybrids of one switch.
func (r *Report) Worst() float64 {
	worst := 0.0
	for _, b := range r.Boundaries {
		worst = max(worst, b.DenseToSparse.CE.Mean, b.SparseToDense.CE.Mean)
	}
	return worst
}

// MeanKL is the mean divergence over all hybrids of one switch.
func (r *Report) MeanKL() float64 {
	sum := 0.0
	for _, b := range r.Boundaries {
		sum += b.DenseToSparse.KL.Mean + b.SparseToDense.KL.Mean
	}
	return sum / float64(2*len(r.Boundaries))
}

// measureAtOnce is how many windows a program takes.
const measureAtOnce = 8

// Measure runs both models and all hybrids of one switch on validation text.
func (b *Bridge) Measure(ctx context.Context, o MeasureOptions) (*Report, error) {
	o, tokens, err := b.windows(ctx, o)
	if err != nil {
		return nil, err
	}
	windows := o.Windows
	s := b.Sparse.Config.Model
	n := Boundaries(s)
	exec, err := programs.Get(fmt.Sprintf("measure %d, %s", o.SeqLen, b.key()), func(in []*Node) []*Node { return b.measureGraph(in) })
	if err != nil {
		return nil, err
	}
	losses := make([][]float64, 2*(2+2*n)) // CE and KL of sparse, dense, then of the hybrids
	errors := make([]float64, 4*n)
	means := make([]spread, 2*n) // of the sparse and the dense model by boundary
	per := measureAtOnce * (o.SeqLen + 1)
	for w := 0; w < windows; w += measureAtOnce {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("bridge: measuring: %w", err)
		}
		at := w / measureAtOnce * per
		out, err := exec.Call(b.args(tensors.FromFlatDataAndDimensions(tokens[at:at+per], measureAtOnce, o.SeqLen+1))...)
		if err != nil {
			return nil, fmt.Errorf("bridge: measuring: %w", err)
		}
		for i, t := range out {
			v, err := tensors.CopyFlatData[float32](t)
			if err != nil {
				return nil, fmt.Errorf("bridge: measuring: %w", err)
			}
			_ = t.FinalizeAll()
			if i >= 2 { // the means of one model
				width := len(v) / n
				for k := range n {
					means[2*k+i-2].add(v[k*width : (k+1)*width])
				}
				continue
			}
			for j, x := range v {
				if i == 0 {
					losses[j/measureAtOnce] = append(losses[j/measureAtOnce], float64(x))
				} else {
					errors[j] += float64(x)
				}
			}
		}
		o.report(w+measureAtOnce, windows)
	}
	loss := func(i int) Loss { return lossOf(losses[2*i], losses[2*i+1]) }
	r := &Report{Tokens: windows * o.SeqLen, Sparse: loss(0), Dense: loss(1)}
	// The variance of all is that within programs and that between their means.
	tokensAtOnce := float64(measureAtOnce * o.SeqLen)
	nmse := func(i, side int) float64 {
		at := 4*i + 2*side
		return errors[at] / (errors[at+1] + tokensAtOnce*means[2*i+side].squares())
	}
	for i := range n {
		r.Boundaries = append(r.Boundaries, atBoundary{Boundary: i, Site: Boundary(s, i), Encode: nmse(i, 0), Decode: nmse(i, 1),
			DenseToSparse: loss(2 + i), SparseToDense: loss(2 + n + i)})
	}
	return r, nil
}

// windows returns the options with their defaults, the number of windows rounded up to
// what programs take, and the windows, one token longer than they are measured on.
func (b *Bridge) windows(ctx context.Context, o MeasureOptions) (MeasureOptions, []int32, error) {
	most := min(b.Sparse.Config.Model.Context, b.Dense.Config.Model.Context)
	if o.Windows == 0 {
		o.Windows = 128
	}
	if o.SeqLen == 0 {
		o.SeqLen = min(b.Config.SeqLen, most)
	}
	if o.Windows < 2 || o.SeqLen < 1 || o.SeqLen > most {
		return o, nil, fmt.Errorf("bridge: %d windows of %d tokens; give at least 2, of 1 to %d tokens", o.Windows, o.SeqLen, most)
	}
	data, err := corpus.Open(ctx, b.Sparse.Config.Corpus, nil)
	if err != nil {
		return o, nil, err
	}
	o.Windows = (o.Windows + measureAtOnce - 1) / measureAtOnce * measureAtOnce
	return o, data.Valid.Windows(o.Windows, o.SeqLen+1), nil
}

// measureGraph returns the losses of windows, [2·(2+2n), windows], per boundary the
// error and variance of the encoder and of the decoder, [4n], and the means of the
// channels of the sparse and of the dense model, [n, width].
func (b *Bridge) measureGraph(in []*Node) []*Node {
	sparseVars, denseVars, m, rest := b.unpack(in)
	last := rest[0].Shape().Dimensions[1] - 1
	inputs, targets := Slice(rest[0], AxisRange(), AxisRange(0, last)), Slice(rest[0], AxisRange(), AxisRange(1, last+1))
	p := run(b.Sparse.Config.Model, b.Dense.Config.Model, sparseVars, denseVars, m, inputs, true, true)
	var rows, errors []*Node
	for _, logits := range append(append([]*Node{p.sparseLogits, p.denseLogits}, p.denseToSparse...), p.sparseToDense...) {
		rows = append(rows, ReduceMean(model.TokenLosses(logits, targets), 1), ReduceMean(model.TokenKL(p.denseLogits, logits), 1))
	}
	for i := range p.dense {
		e, v := errorAndVariance(p.encoded[i], p.sparse[i])
		errors = append(errors, e, v)
		e, v = errorAndVariance(p.decoded[i], p.dense[i])
		errors = append(errors, e, v)
	}
	mean := func(x *Node) *Node { return ReduceMean(x, 0, 1) }
	var sparse, dense []*Node
	for i := range p.dense {
		sparse, dense = append(sparse, mean(p.sparse[i])), append(dense, mean(p.dense[i]))
	}
	return []*Node{Stack(rows, 0), Stack(errors, 0), Stack(sparse, 0), Stack(dense, 0)}
}

// spread adds up vectors, to say how they differ from their mean.
type spread struct {
	n     float64
	x, xx []float64
}

func (s *spread) add(v []float32) {
	if s.x == nil {
		s.x, s.xx = make([]float64, len(v)), make([]float64, len(v))
	}
	s.n++
	for i, x := range v {
		s.x[i], s.xx[i] = s.x[i]+float64(x), s.xx[i]+float64(x)*float64(x)
	}
}

// squares is the sum over all vectors of the squared distance from their mean.
func (s spread) squares() float64 {
	sum := 0.0
	for i, x := range s.x {
		sum += max(0, s.xx[i]-x*x/s.n)
	}
	return sum
}

// lossOf is the loss of values by window, nats per token.
func lossOf(ce, kl []float64) Loss { return Loss{stat.Mean(ce), stat.Mean(kl), ce} }

func (o MeasureOptions) report(done, of int) {
	artifact.Options{Progress: o.Progress}.Step("measuring", float64(done), float64(of), "")
}
