package topk

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"pgregory.net/rapid"
)

// shape is a weight tensor of a test, with its floor.
type shape struct {
	dims  []int
	floor NeuronFloor
}

func (s shape) size() int {
	n := 1
	for _, d := range s.dims {
		n *= d
	}
	return n
}

func (s shape) want(w []float32, k int) []bool {
	if len(s.dims) != 2 {
		return Select(w, k)
	}
	return SelectMatrix(w, s.dims[0], s.dims[1], k, s.floor)
}

// compileMasks compiles one call of Masks. Its arguments are the weights and then
// the sizes of all shapes; its results a mask, a count and a flag for each.
func compileMasks(t testing.TB, b compute.Backend, shapes []shape) *program {
	return compile(t, b, func(in []*Node) []*Node {
		all := make([]Tensor, len(shapes))
		for i, s := range shapes {
			all[i] = Tensor{W: in[i], K: in[len(shapes)+i], Floor: s.floor}
		}
		var out []*Node
		for _, s := range Masks(all) {
			out = append(out, s.Mask, s.Count, s.Finite)
		}
		return out
	})
}

// checkMasks runs a program of compileMasks and compares with SelectMatrix.
func checkMasks(t testing.TB, p *program, shapes []shape, w [][]float32, ks []int) {
	t.Helper()
	var args []any
	for i, s := range shapes {
		args = append(args, floats(w[i], s.dims...))
	}
	for _, k := range ks {
		args = append(args, int32(k))
	}
	out := p.call(t, args...)
	for i, s := range shapes {
		want := s.want(w[i], max(ks[i], 0))
		if got := values[bool](out[3*i]); !slices.Equal(got, want) {
			t.Fatalf("%v k=%d of %v\n got %v\nwant %v", s, ks[i], w[i], got, want)
		}
		if n := values[int32](out[3*i+1])[0]; n != count(want) {
			t.Fatalf("%v k=%d: count %d, want %d", s, ks[i], n, count(want))
		}
		if finite := values[bool](out[3*i+2])[0]; finite != allFinite(w[i]) {
			t.Fatalf("%v: finite is %v for %v", s, finite, w[i])
		}
	}
}

// drawSize draws k with a preference for the ends; negative counts as 0.
func drawSize(t *rapid.T, n int) int {
	return rapid.OneOf(rapid.IntRange(0, n), rapid.SampledFrom([]int{-3, 0, 1, n - 1, n, n + 7})).Draw(t, "k")
}

func TestMasksProperty(t *testing.T) {
	shapes := []shape{
		{dims: []int{37}},
		{dims: []int{}},
		{dims: []int{1024}},
		{dims: []int{3, 5, 7}},
		{[]int{16, 24}, NeuronFloor{2, Rows}},
		{[]int{24, 16}, NeuronFloor{2, Columns}}, // neurons of 24, with the row above
		{[]int{40, 33}, NeuronFloor{5, Rows}},
		{[]int{9, 130}, NeuronFloor{1, Columns}},
		{[]int{2, 1100}, NeuronFloor{}},
		{[]int{6, 4}, NeuronFloor{9, Rows}}, // protects all
	}
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compileMasks(t, b, shapes)
		rapid.Check(t, func(r *rapid.T) {
			w, ks := make([][]float32, len(shapes)), make([]int, len(shapes))
			for i, s := range shapes {
				kind := rapid.SampledFrom(kinds).Draw(r, "kind")
				w[i] = sample(kind, rapid.Uint64().Draw(r, "seed"), s.size())
				ks[i] = drawSize(r, s.size())
			}
			checkMasks(t, p, shapes, w, ks)
		})
		if p.built != 1 {
			t.Errorf("built %d programs for one set of shapes", p.built)
		}
	})
}

// Every matrix of up to 40 entries, and vectors around the block of 1024 that
// tensors are padded to.
func TestMasksEveryShape(t *testing.T) {
	var shapes []shape
	for rows := 1; rows <= 40; rows++ {
		for cols := 1; rows*cols <= 40; cols++ {
			axis := Axis((rows + cols) % 2)
			shapes = append(shapes, shape{[]int{rows, cols}, NeuronFloor{(rows + 2*cols) % 4, axis}})
		}
	}
	sizes := []int{63, 127, 128, 300, 511, 777, 1023, 1025, 2047, 2048, 2049}
	for _, n := range sizes {
		shapes = append(shapes, shape{dims: []int{n}})
	}
	backends(t, func(t *testing.T, b compute.Backend) {
		shapes := shapes
		if !isGo(b) && !long() { // a kernel a tensor takes XLA long to compile
			shapes = slices.DeleteFunc(slices.Clone(shapes), func(s shape) bool { return s.size()%16 != 0 && s.size()%1024 != 1 })
		}
		p := compileMasks(t, b, shapes)
		for i, kind := range kinds {
			w, ks := make([][]float32, len(shapes)), make([]int, len(shapes))
			for j, s := range shapes {
				w[j] = sample(kind, uint64(i*1000+j), s.size())
				ks[j] = (i*7 + j*3) % (s.size() + 1)
			}
			checkMasks(t, p, shapes, w, ks)
		}
	})
}

// All sizes of one tensor through one program: annealing does not recompile.
func TestMaskEverySize(t *testing.T) {
	s := []shape{{[]int{9, 15}, NeuronFloor{2, Columns}}}
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compileMasks(t, b, s)
		for k := range s[0].size() + 1 {
			kind := kinds[k%len(kinds)]
			checkMasks(t, p, s, [][]float32{sample(kind, uint64(k), s[0].size())}, []int{k})
		}
		if p.built != 1 {
			t.Errorf("built %d programs, want 1", p.built)
		}
	})
}

func TestMaskLarge(t *testing.T) {
	sides := []int{1024, 2048}
	if long() {
		sides = append(sides, 4096)
	}
	backends(t, func(t *testing.T, b compute.Backend) {
		for _, side := range sides {
			if isGo(b) && side > sides[0] {
				continue // a second and more for each
			}
			n := side * side
			p := compile(t, b, func(in []*Node) []*Node {
				s := Mask(in[0], in[1], NeuronFloor{})
				return []*Node{s.Mask, s.Count}
			})
			for kind, k := range map[string]int{"normal": n / 100, "few": n / 3, "skewed": n / 1000, "close": n / 2} {
				if isGo(b) && kind != "normal" && kind != "few" && !long() {
					continue
				}
				t.Run(fmt.Sprint(side, kind), func(t *testing.T) {
					w := sample(kind, 5, n)
					out := p.call(t, floats(w, side, side), int32(k))
					checkOrder(t, w, values[bool](out[0]), k)
					if got := values[int32](out[1])[0]; got != int32(k) {
						t.Errorf("count %d, want %d", got, k)
					}
				})
			}
		}
	})
}

// checkOrder is what a mask of k finite weights must fulfil, without sorting them.
func checkOrder(t testing.TB, w []float32, mask []bool, k int) {
	t.Helper()
	if n := count(mask); n != int32(k) {
		t.Fatalf("%d selected, want %d", n, k)
	}
	last, first := -1, -1 // worst selected and best dropped, in the order of ahead
	for i, kept := range mask {
		if kept && (last < 0 || ahead(w, last, i)) {
			last = i
		}
		if !kept && (first < 0 || ahead(w, i, first)) {
			first = i
		}
	}
	if last >= 0 && first >= 0 && ahead(w, first, last) {
		t.Fatalf("entry %d (%v) is dropped and %d (%v) is kept", first, w[first], last, w[last])
	}
}

func TestSelectionApply(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(in []*Node) []*Node {
			s := Mask(in[0], in[1], NeuronFloor{})
			return []*Node{s.Apply(in[0]), AllFinite(in[0])}
		})
		out := p.call(t, floats([]float32{3, nan, -inf, -4, 0.5, 0}, 6), int32(2))
		if got := values[float32](out[0]); !slices.Equal(got, []float32{3, 0, 0, -4, 0, 0}) {
			t.Errorf("applied %v", got)
		}
		if values[bool](out[1])[0] {
			t.Error("NaN and -Inf count as finite")
		}
	})
}

func TestAllFinite(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		for _, n := range []int{1, 7, 8, 9, 1001} {
			p := compile(t, b, func(in []*Node) []*Node { return []*Node{AllFinite(in[0])} })
			for i := range n {
				for _, v := range []float32{nan, inf, -inf, 3e38, minus0} {
					if i > 20 && i < n-20 {
						continue
					}
					x := sample("bits", uint64(i), n)
					x[i] = v
					if got := values[bool](p.call(t, floats(x, n))[0])[0]; got != allFinite(x) {
						t.Fatalf("%v at %d of %d: finite is %v", v, i, n, got)
					}
				}
			}
		}
	})
}

func TestMaskMistakes(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		for name, floor := range map[string]NeuronFloor{"floor on a vector": {J: 1}, "negative floor": {J: -1}} {
			e := MustNewExec(b, func(w, k *Node) *Node { return Mask(w, k, floor).Mask })
			if _, err := e.Call(floats([]float32{1, 2}, 2), int32(1)); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		e := MustNewExec(b, func(w, k *Node) *Node { return Mask(w, k, NeuronFloor{}).Mask })
		for name, args := range map[string][]any{
			"float k":         {floats([]float32{1, 2}, 2), float32(1)},
			"vector k":        {floats([]float32{1, 2}, 2), []int32{1}},
			"integer weights": {[]int32{1, 2}, int32(1)},
			"no weights":      {floats(nil, 0), int32(0)},
		} {
			if _, err := e.Call(args...); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if Masks(nil) != nil {
			t.Error("no tensors give selections")
		}
	})
}
