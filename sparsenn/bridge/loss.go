package bridge

import (
	"circuitbook/sparsenn/model"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Terms names the terms of the loss that every step's metric holds, in order: the
// sparse model's cross-entropy (0 in a fit), then the mean over boundaries of each
// of the four sums.
func Terms() []string {
	return []string{"ce", "encode", "decode", "dense_to_sparse", "sparse_to_dense"}
}

// loss builds the loss of a bridge for train.Extension, of which the fixed inputs are
// the dense model's parameters and the five weights: their values are no part of the
// program, but for which hybrids are run at all. joint says that the sparse model is
// trained.
func (c Config) loss(sparse, dense model.Config, joint bool) func(vars model.Vars, params, fixed []*Node, inputs, targets *Node) (*Node, []*Node) {
	return func(vars model.Vars, params, fixed []*Node, inputs, targets *Node) (*Node, []*Node) {
		denseVars, rest := dense.Vars(fixed)
		weight := func(i int) *Node { return Reshape(Slice(rest[0], AxisRange(i, i+1))) }
		m := newCrossing(sparse, dense, params, c.keep(sparse))
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
			toSparse = sum(func(i int) *Node { return ReduceAllMean(model.TokenKL(p.denseLogits, p.denseToSparse[i])) })
		}
		if p.sparseToDense != nil {
			toDense = sum(func(i int) *Node { return ReduceAllMean(model.TokenKL(p.denseLogits, p.sparseToDense[i])) })
		}
		total := Mul(ce, weight(0))
		terms := []*Node{ce}
		for i, t := range []*Node{encode, decode, toSparse, toDense} {
			total = Add(total, Mul(t, weight(i+1)))
			terms = append(terms, MulScalar(t, 1/float64(len(p.dense))))
		}
		return total, terms
	}
}

// inputs are the weights as the program takes them, in the order of [Terms].
func (w Weights) inputs() *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions([]float32{float32(w.CE), float32(w.Encode), float32(w.Decode), float32(w.DenseToSparse), float32(w.SparseToDense)}, 5)
}

// keep is how many entries of a vector an encoder's AbsTopK keeps; 0 is all.
func (c Config) keep(sparse model.Config) int {
	if c.Keep == 0 {
		return 0
	}
	return max(1, int(c.Keep*float64(sparse.DModel)))
}
