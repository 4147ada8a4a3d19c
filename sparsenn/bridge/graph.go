package bridge

import (
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"

	. "github.com/gomlx/gomlx/core/graph"
)

// Boundaries is the number of sublayer boundaries of a model.
func Boundaries(c model.Config) int { return 2*c.Layers + 1 }

// Boundary names the site of a boundary: "0.resid_in", "0.resid_mid", …,
// "final_resid".
func Boundary(c model.Config, i int) model.Site {
	switch {
	case i == 2*c.Layers:
		return model.FinalResid
	case i%2 == 0:
		return model.At(i/2, model.ResidIn)
	}
	return model.At(i/2, model.ResidMid)
}

// sublayer takes the residual stream from boundary i to i+1.
func sublayer(p *model.Pass, i int, x *Node) *Node {
	if i%2 == 0 {
		return p.Attention(i/2, x)
	}
	return p.MLP(i/2, x)
}

// crossing is the bridge inside of a graph, by name of its parameters.
type crossing struct {
	vars map[string]*Node
	keep int // entries that an encoder keeps; 0 is all
}

// newCrossing takes the nodes of parameters, in their order, and how many entries an
// encoder keeps.
func newCrossing(sparse, dense model.Config, params []*Node, keep int) crossing {
	m := crossing{vars: map[string]*Node{}, keep: keep}
	for i, p := range parameters(sparse, dense) {
		m.vars[p.Name] = params[i]
	}
	return m
}

// encode takes a dense residual stream at boundary i, [batch, seq, d_dense], to a
// sparse one, [batch, seq, d_sparse].
func (m crossing) encode(i int, x *Node) *Node {
	y := m.linear(encoder, i, x)
	if m.keep > 0 {
		y = topk.AbsTopK(y, m.keep)
	}
	return y
}

// decode takes a sparse residual stream at boundary i to a dense one.
func (m crossing) decode(i int, x *Node) *Node { return m.linear(decoder, i, x) }

func (m crossing) linear(part string, i int, x *Node) *Node {
	y := Einsum("bti,oi->bto", x, m.vars[weight(part, i)])
	return Add(y, ExpandLeftToRank(m.vars[bias(part, i)], 3))
}

// passes are both models and the hybrids of one switch on the same tokens.
type passes struct {
	dense, sparse             []*Node // residual streams by boundary, [batch, seq, width]
	denseLogits, sparseLogits *Node   // [batch, seq, vocab]
	encoded, decoded          []*Node // by boundary; f_i(h^d_i) and g_i(h^s_i)
	// The logits of hybrids, by boundary: the dense model up to it and the sparse
	// one from there on, and the reverse. nil where they were not asked for.
	denseToSparse, sparseToDense []*Node
}

// run builds them. Hybrids that end in one model go through its remaining blocks
// side by side, as rows of one batch, which grows at every boundary by one.
func run(sparse, dense model.Config, sparseVars, denseVars model.Vars, m crossing, tokens *Node, toSparse, toDense bool) *passes {
	p := &passes{}
	n := Boundaries(sparse)
	batch := tokens.Shape().Dimensions[0]
	part := func(x *Node, i int) *Node { return Slice(x, AxisRange(i*batch, (i+1)*batch)) }
	tiled := func(n int) *Node {
		all := make([]*Node, n)
		for i := range all {
			all[i] = tokens
		}
		return Concatenate(all, 0)
	}

	d := &model.Pass{Config: dense, Vars: denseVars}
	x := d.Embed(tokens)
	for i := range n {
		p.dense = append(p.dense, x)
		p.encoded = append(p.encoded, m.encode(i, x))
		if i < n-1 {
			x = sublayer(d, i, x)
		}
	}
	p.denseLogits = d.Logits(x, tokens)

	s := &model.Pass{Config: sparse, Vars: sparseVars}
	x = s.Embed(tokens)
	for i := range n {
		p.sparse = append(p.sparse, part(x, 0))
		p.decoded = append(p.decoded, m.decode(i, p.sparse[i]))
		if toSparse {
			x = Concatenate([]*Node{x, p.encoded[i]}, 0)
		}
		if i < n-1 {
			x = sublayer(s, i, x)
		}
	}
	if !toSparse {
		p.sparseLogits = s.Logits(x, tokens)
	} else {
		logits := s.Logits(x, tiled(n+1))
		p.sparseLogits = part(logits, 0)
		for i := range n {
			p.denseToSparse = append(p.denseToSparse, part(logits, i+1))
		}
	}
	if toDense {
		x = p.decoded[0]
		for i := range n - 1 {
			x = Concatenate([]*Node{sublayer(d, i, x), p.decoded[i+1]}, 0)
		}
		logits := d.Logits(x, tiled(n))
		for i := range n {
			p.sparseToDense = append(p.sparseToDense, part(logits, i))
		}
	}
	return p
}

// errorAndVariance are the squared error of y as x, and the variance of x around
// its mean over the batch's tokens, both summed over channels and tokens. No
// gradient goes through the variance: what is to be met must not grow to be met.
func errorAndVariance(y, x *Node) (e, v *Node) {
	mean := ReduceAndKeep(x, ReduceMean, 0, 1)
	return ReduceAllSum(Square(Sub(y, x))), StopGradient(ReduceAllSum(Square(Sub(x, mean))))
}

// nmse is as the package's comment defines it.
func nmse(y, x *Node) *Node {
	e, v := errorAndVariance(y, x)
	return Div(e, AddScalar(v, 1e-12))
}
