package topk

import (
	"cmp"
	"math"
	"slices"
)

// SelectVector is AbsTopK in plain Go: it reports which k entries of x are kept.
// Non-finite entries rank above every finite one and equal to each other; equal
// magnitudes rank by lowest index. Exactly min(k, len(x)) entries are true.
func SelectVector(x []float32, k int) []bool {
	keys := make([]uint32, len(x))
	for i, v := range x {
		keys[i] = min(magnitudeBits(v), nonFinite)
	}
	return takeLargest(keys, k)
}

// Select is Mask without a floor in plain Go: it reports which k entries of w are
// selected, equal magnitudes by lowest index. Non-finite entries never are, so
// exactly min(k, number of finite entries) entries are true.
func Select(w []float32, k int) []bool {
	return SelectMatrix(w, 1, len(w), k, NeuronFloor{})
}

// SelectMatrix is Mask in plain Go, for a row-major matrix of rows × cols: the
// floor's entries of every neuron are protected first (largest magnitudes of the
// neuron, equal ones by lowest index), then the k largest of the matrix are taken,
// protected entries before all others. If k does not even cover the protected
// ones, those of lowest flat index are taken; see [CheckBudget]. It panics if w
// has fewer than rows·cols entries.
func SelectMatrix(w []float32, rows, cols, k int, floor NeuronFloor) []bool {
	keys := make([]uint32, len(w)) // 0 means never selected, hence the +1
	for i, v := range w {
		if bits := magnitudeBits(v); bits < nonFinite {
			keys[i] = bits + 1
		}
	}
	neurons, each := floor.neurons([]int{rows, cols})
	protected := slices.Clone(keys)
	for n := range neurons {
		start, stride, length := n*cols, 1, cols
		if floor.Axis == Columns {
			start, stride, length = n, cols, rows
		}
		neuron := make([]uint32, length)
		for i := range neuron {
			neuron[i] = keys[start+i*stride]
		}
		for i, kept := range takeLargest(neuron, each) {
			if kept && neuron[i] > 0 {
				protected[start+i*stride] = nonFinite + 1
			}
		}
	}
	selected := takeLargest(protected, k)
	for i, key := range keys {
		selected[i] = selected[i] && key > 0
	}
	return selected
}

// nonFinite is the bit pattern of +Inf: magnitudes at or above it are Inf or NaN.
const nonFinite = 0x7f800000

func magnitudeBits(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// takeLargest marks the k largest keys, equal ones by lowest index.
func takeLargest(keys []uint32, k int) []bool {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[b], keys[a]) })
	taken := make([]bool, len(keys))
	for _, i := range order[:max(0, min(k, len(order)))] {
		taken[i] = true
	}
	return taken
}
