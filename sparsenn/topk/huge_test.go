package topk

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
)

// TestMasksCountExactlyBeyondFloat32: a tensor of more than 2²⁴ entries has
// counts that float32 does not hold.
func TestMasksCountExactlyBeyondFloat32(t *testing.T) {
	const n, k = 1<<24 + block, 1<<24 + 3
	p := compile(t, xlaOrSkip(t), func(in []*Node) []*Node {
		s := Mask(in[0], in[1], NeuronFloor{})
		return []*Node{s.Count, s.Mask, s.Finite}
	})
	out := p.call(t, floats(slices.Repeat([]float32{-1.5}, n), n), int32(k))
	if got := values[int32](out[0])[0]; got != k {
		t.Errorf("counted %d, want %d", got, k)
	}
	mask := values[bool](out[1])
	if got := count(mask); got != k || !mask[k-1] || mask[k] {
		t.Errorf("the mask has %d entries, want the first %d", got, k)
	}
	if !values[bool](out[2])[0] {
		t.Error("not finite")
	}
}
