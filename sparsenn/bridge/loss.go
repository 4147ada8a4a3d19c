package bridge

import (
	"circuitbook/sparsenn/model"

	. "github.com/gomlx/gomlx/core/graph"
)

// Terms names the terms of the loss that every step's metric holds, in order: the
// sparse model's cross-entropy (0 in a fit), then the mean over boundaries of each
// of the four sums.
func Terms() []string {
	return []string{"ce", "encode", "decode", "dense_to_sparse", "sparse_to_dense"}
}

// loss builds the loss of a bridge for train.Extension. joint says that the sparse
// model is trained.
func (c Config) loss(sparse, dense model.Config, joint bool) func(vars model.Vars, params, fixed []*Node, inputs, targets *Node) (*Node, []*Node) {
	return func(vars model.Vars, params, fixed []*Node, inputs, targets *Node) (*Node, []*Node) {
		denseVars, _ := dense.Vars(fixed)
		m := crossing{vars: map[string]*Node{}, keep: c.keep(sparse)}
		for i, p := range parameters(sparse, dense) {
			m.vars[p.Name] = params[i]
		}
		w := c.Weights
		p := run(sparse, dense, vars, denseVars, m, inputs, w.DenseToSparse > 0, w.SparseToDense > 0)
		zero := ScalarZero(inputs.Graph(), p.denseLogits.DType())
		ce := zero
		if joint {
			ce = model.CrossEntropy(p.sparseLogits, targets)
		}
		sum := func(of func(i int) *Node) *Node {
			total := zero
			for i := range p.dense {
				total = Add(total, of(i))
			}
			return total
		}
		encode := sum(func(i int) *Node { return nmse(p.encoded[i], p.sparse[i]) })
		decode := sum(func(i int) *Node { return nmse(p.decoded[i], p.dense[i]) })
		toSparse, toDense := zero, zero
		if p.denseToSparse != nil {
			toSparse = sum(func(i int) *Node { return ReduceAllMean(tokenKL(p.denseLogits, p.denseToSparse[i])) })
		}
		if p.sparseToDense != nil {
			toDense = sum(func(i int) *Node { return ReduceAllMean(tokenKL(p.denseLogits, p.sparseToDense[i])) })
		}
		total := MulScalar(ce, w.CE)
		terms := []*Node{ce}
		for _, t := range []struct {
			x *Node
			w float64
		}{{encode, w.Encode}, {decode, w.Decode}, {toSparse, w.DenseToSparse}, {toDense, w.SparseToDense}} {
			if t.w > 0 {
				total = Add(total, MulScalar(t.x, t.w))
			}
			terms = append(terms, MulScalar(t.x, 1/float64(len(p.dense))))
		}
		return total, terms
	}
}

// keep is how many entries of a vector an encoder's AbsTopK keeps; 0 is all.
func (c Config) keep(sparse model.Config) int {
	if c.Keep == 0 {
		return 0
	}
	return max(1, int(c.Keep*float64(sparse.DModel)))
}
