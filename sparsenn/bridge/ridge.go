package bridge

import (
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"

	"gonum.org/v1/gonum/mat"
)

// ridgeWindows is how many windows are recorded at once.
const ridgeWindows = 16

// ridge returns the values, in the order of parameters, of the affine maps between
// the residual streams of two models that have the least squared error plus ridge
// on windows of a stream. AbsTopK plays no part.
func ridge(ctx context.Context, sparse, dense *model.Model, stream corpus.Tokens, c Config) ([][]float32, error) {
	n := Boundaries(sparse.Config)
	windows := max(ridgeWindows, (c.RidgeTokens+c.SeqLen-1)/c.SeqLen)
	windows = (windows + ridgeWindows - 1) / ridgeWindows * ridgeWindows
	moments := make([]*moments, n)
	sites := make([]model.Site, n)
	for i := range n {
		moments[i] = newMoments(dense.Config.DModel, sparse.Config.DModel)
		sites[i] = Boundary(sparse.Config, i)
	}
	for w := 0; w < windows; w += ridgeWindows {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("bridge: fitting the regression: %w", err)
		}
		tokens := stream.Batch(c.Seed, w, ridgeWindows, c.SeqLen)
		if len(tokens) == 0 {
			return nil, fmt.Errorf("bridge: the corpus has no training text to fit the regression on; give it more text")
		}
		batch := slices.Collect(slices.Chunk(tokens, c.SeqLen))
		d, err := dense.Record(batch, sites)
		if err != nil {
			return nil, fmt.Errorf("bridge: dense model: %w", err)
		}
		s, err := sparse.Record(batch, sites)
		if err != nil {
			return nil, fmt.Errorf("bridge: sparse model: %w", err)
		}
		for i := range n {
			moments[i].add(d.Activations[i].Data, s.Activations[i].Data)
		}
	}
	var out [][]float32
	for i, m := range moments {
		we, be, err := m.solve(c.Ridge, false)
		if err != nil {
			return nil, fmt.Errorf("bridge: encoder at boundary %d: %w", i, err)
		}
		wd, bd, err := m.solve(c.Ridge, true)
		if err != nil {
			return nil, fmt.Errorf("bridge: decoder at boundary %d: %w", i, err)
		}
		out = append(out, we, be, wd, bd)
	}
	return out, nil
}

// moments are the sums that a regression between x [dx] and y [dy] needs, of z =
// (x, y, 1): z·zᵀ, in float64.
type moments struct {
	dx, dy int
	sum    *mat.Dense
}

func newMoments(dx, dy int) *moments {
	return &moments{dx, dy, mat.NewDense(dx+dy+1, dx+dy+1, nil)}
}

// add takes vectors of both, row-major, as many of the one as of the other.
func (m *moments) add(x, y []float32) {
	n, d := len(x)/m.dx, m.dx+m.dy+1
	z := mat.NewDense(n, d, nil)
	for r := range n {
		row := z.RawRowView(r)
		for j, v := range x[r*m.dx : (r+1)*m.dx] {
			row[j] = float64(v)
		}
		for j, v := range y[r*m.dy : (r+1)*m.dy] {
			row[m.dx+j] = float64(v)
		}
		row[d-1] = 1
	}
	var zz mat.Dense
	zz.Mul(z.T(), z)
	m.sum.Add(m.sum, &zz)
}

// solve returns the map from x to y, weight [dy, dx] row-major and bias [dy], or
// the reverse one. The ridge is relative to the mean variance of a channel of the
// source, and the bias has none.
func (m *moments) solve(ridge float64, reverse bool) (w, b []float32, err error) {
	from, to, dx, dy := 0, m.dx, m.dx, m.dy
	if reverse {
		from, to, dx, dy = m.dx, 0, m.dy, m.dx
	}
	last := m.dx + m.dy
	count := m.sum.At(last, last)
	mean := func(i int) float64 { return m.sum.At(i, last) / count }
	cov := func(i, j int) float64 { return m.sum.At(i, j)/count - mean(i)*mean(j) }
	trace := 0.0
	for i := range dx {
		trace += cov(from+i, from+i)
	}
	a := mat.NewSymDense(dx, nil)
	for i := range dx {
		for j := i; j < dx; j++ {
			a.SetSym(i, j, cov(from+i, from+j))
		}
		a.SetSym(i, i, a.At(i, i)+ridge*trace/float64(dx)+1e-12)
	}
	c := mat.NewDense(dx, dy, nil)
	for i := range dx {
		for j := range dy {
			c.Set(i, j, cov(from+i, to+j))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(a) {
		return nil, nil, fmt.Errorf("the residual stream's covariance is not positive; raise ridge")
	}
	var x mat.Dense
	if err := chol.SolveTo(&x, c); err != nil {
		return nil, nil, fmt.Errorf("the regression has no solution: %w; raise ridge", err)
	}
	w, b = make([]float32, dy*dx), make([]float32, dy)
	for j := range dy {
		s := mean(to + j)
		for i := range dx {
			w[j*dx+i] = float32(x.At(i, j))
			s -= x.At(i, j) * mean(from+i)
		}
		b[j] = float32(s)
	}
	return w, b, nil
}
