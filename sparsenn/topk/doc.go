// Package topk keeps the largest magnitudes: exactly k of a matrix, or exactly k
// of every vector.
//
// Both operations of the weight-sparse transformer of Gao et al. ("Weight-sparse
// transformers have interpretable circuits", 2025) are graph operations here:
//
//   - [Mask] and [Masks] choose the support of weight tensors after an optimizer
//     step (§2.4): the k largest |w| of the whole tensor, k an input of the
//     compiled program, with a floor of j entries per neuron counted inside k.
//   - [AbsTopK] keeps the k largest |x| of every vector along the last axis
//     (§1.3), k a constant of the program; gradients reach kept entries only.
//
// Both are exact: neither rounds a threshold, and equal magnitudes are taken by
// lowest flat index, so that the number of kept entries is k and not about k.
// They give the same selection, bit for bit, on every backend. [Select],
// [SelectMatrix] and [SelectVector] are the same definitions in plain Go.
//
// # How
//
// On XLA both search for the threshold by counting, in a loop inside of the program:
// a pass over the data compares, and adds up eight slices of the comparison in one
// fused and vectorised kernel. Thresholds are interpolated between counts, so that
// some ten passes do where halving the bit patterns takes 31. A loop that breaks
// ties by index follows, and does not run where there are none. Backends without
// such loops (the pure-Go one) halve. ALGORITHMS.md has what was tried and timed.
//
// # Order
//
// Magnitudes are compared as the bit patterns of |x|, which order float32 exactly:
// -0 equals +0, and denormals are told apart even where the hardware flushes them
// to zero. What happens to NaN and infinities is part of each function's contract.
package topk
