package topk

import (
	"fmt"
	"math"
	"strconv"
)

// Axis says which slice of a [out, in] matrix is one neuron.
type Axis int

const (
	// Rows makes every output row w[i, :] a neuron: what c_attn and c_fc need.
	Rows Axis = iota
	// Columns makes every input column w[:, j] a neuron: what attn.c_proj (value
	// channels) and mlp.c_proj (hidden neurons) need.
	Columns
)

// String returns "row" or "column".
func (a Axis) String() string {
	if a == Columns {
		return "column"
	}
	return "row"
}

// NeuronFloor protects the J largest magnitudes of every neuron of a matrix before the
// rest of the budget is spent: Gao et al. never leave a neuron or attention
// channel with fewer than 4 nonzero weights, against dead neurons (§2.1, §2.4).
// Protected entries count inside k. The zero NeuronFloor protects nothing.
type NeuronFloor struct {
	J    int  // entries protected per neuron; more than a neuron has means all of it
	Axis Axis // which slice is a neuron
}

// neurons returns how many neurons a matrix of the given dimensions has and how
// many entries of each are protected.
func (f NeuronFloor) neurons(dims []int) (count, each int) {
	if f.J <= 0 || len(dims) != 2 {
		return 0, 0
	}
	if f.Axis == Columns {
		return dims[1], min(f.J, dims[0])
	}
	return dims[0], min(f.J, dims[1])
}

// CheckBudget reports whether k nonzeros fit a tensor of the given dimensions
// under the floor. It is meant to be called with the smallest k of a schedule
// before anything is compiled: in the graph k is only known at run time, and a
// budget below the floor would silently drop protected entries.
//
// It returns an error if a dimension or k is negative, if k exceeds the tensor,
// if the floor is negative or set on a tensor that is not a matrix, or if
// floor × neurons > k; this last names the smallest density that fits.
func CheckBudget(dims []int, k int, floor NeuronFloor) error {
	n := 1
	for _, d := range dims {
		if d < 0 {
			return fmt.Errorf("topk: dimensions %v: %d is negative", dims, d)
		}
		n *= d
	}
	switch {
	case k < 0 || k > n:
		return fmt.Errorf("topk: budget k=%d is not within 0 and the %d entries of a tensor %v", k, n, dims)
	case floor.J < 0:
		return fmt.Errorf("topk: floor of %d entries per neuron is negative", floor.J)
	case floor.J > 0 && len(dims) != 2:
		return fmt.Errorf("topk: a floor of %d per %s needs a matrix, not a tensor %v; leave the floor at 0 there",
			floor.J, floor.Axis, dims)
	}
	neurons, each := floor.neurons(dims)
	if need := neurons * each; need > k {
		return fmt.Errorf("topk: a floor of %d per %s needs %d nonzeros in a %v matrix, but k=%d (density %s): "+
			"the smallest possible density is %s; raise it, or lower the floor to %d",
			floor.J, floor.Axis, need, dims, k, density(k, n), density(need, n), k/neurons)
	}
	return nil
}

// density formats k of n so that the printed number, multiplied by n and rounded
// down, gives at least k again: a user who copies it gets a budget that fits.
func density(k, n int) string {
	if n == 0 || k == 0 {
		return "0"
	}
	const digits = 4
	scale := math.Pow(10, digits-math.Floor(math.Log10(float64(k)/float64(n)))-1)
	// What is printed is what has to do: 0.7 of 90 is 62.99…, rounded down one too few.
	for d := math.Ceil(float64(k)/float64(n)*scale - 1e-9); ; d++ {
		text := fmt.Sprintf("%.*g", digits, d/scale)
		if v, err := strconv.ParseFloat(text, 64); err != nil || int(v*float64(n)) >= k {
			return text
		}
	}
}
