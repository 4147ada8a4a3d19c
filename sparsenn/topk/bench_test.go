package topk

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
)

// The time of a call includes the transfer of nothing: weights and results stay on
// the device, and k is the only input that changes.

func BenchmarkMask(b *testing.B) {
	for _, side := range []int{1024, 4096} {
		n := side * side
		backend := xlaOrSkip(b)
		p := compile(b, backend, func(in []*Node) []*Node {
			return []*Node{Mask(in[0], in[1], NeuronFloor{}).Mask}
		})
		w := floats(sample("normal", 1, n), side, side)
		for _, part := range []int{1000, 100, 10} {
			b.Run(fmt.Sprintf("n=%dM/k=n÷%d", n>>20, part), func(b *testing.B) {
				benchmark(b, p, int64(4*n), w, int32(n/part))
			})
		}
	}
}

func BenchmarkMaskFloor(b *testing.B) {
	const side = 1024
	for _, axis := range []Axis{Rows, Columns} {
		p := compile(b, xlaOrSkip(b), func(in []*Node) []*Node {
			return []*Node{Mask(in[0], in[1], NeuronFloor{J: 4, Axis: axis}).Mask}
		})
		w := floats(sample("normal", 1, side*side), side, side)
		b.Run(axis.String(), func(b *testing.B) { benchmark(b, p, 4*side*side, w, int32(side*side/100)) })
	}
}

func BenchmarkAbsTopK(b *testing.B) {
	const rows = 4096
	for _, width := range []int{128, 512} {
		p := compile(b, xlaOrSkip(b), func(in []*Node) []*Node { return []*Node{AbsTopK(in[0], width/4)} })
		for _, kind := range []string{"normal", "skewed", "sparse"} {
			x := floats(sample(kind, 1, rows*width), rows, width)
			b.Run(fmt.Sprintf("%dx%d/%s", rows, width, kind), func(b *testing.B) { benchmark(b, p, 4*rows*int64(width), x) })
		}
	}
}

func benchmark(b *testing.B, p *program, bytes int64, args ...any) {
	b.SetBytes(bytes)
	for range 2 { // compiles, and moves the weights to the device
		for _, t := range p.call(b, args...) {
			t.MustFinalizeAll()
		}
	}
	for b.Loop() {
		for _, t := range p.call(b, args...) {
			t.MustFinalizeAll()
		}
	}
}
