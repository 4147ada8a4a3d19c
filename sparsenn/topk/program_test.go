package topk

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// A program as a training step is: activations, gradients through them, reductions of
// the types that the selections use, and masks of what the update makes. The XLA
// bindings refuse many a combination of loops and reductions in one program.
func TestStep(t *testing.T) {
	const in, hidden, batch = 48, 96, 32
	shapes := []shape{
		{[]int{hidden, in}, NeuronFloor{2, Rows}},
		{[]int{in, hidden}, NeuronFloor{2, Columns}},
		{[]int{hidden}, NeuronFloor{}},
	}
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(n []*Node) []*Node {
			x, w, ks := n[0], n[1:4], n[4:7]
			h := AbsTopK(Einsum("bi,hi->bh", AbsTopK(x, in/4), w[0]), hidden/4)
			y := AbsTopK(Einsum("bh,ih->bi", Add(h, ExpandLeftToRank(w[2], 2)), w[1]), in/4)
			loss := ReduceAllMean(Square(Sub(y, x)))
			gradients := Gradient(loss, w...)
			out := []*Node{loss, ReduceAllMax(magnitude(x)), ReduceAllSum(magnitude(y))}
			var all []Tensor
			for i, g := range gradients {
				out = append(out, AllFinite(g))
				all = append(all, Tensor{W: Sub(w[i], Mul(g, Const(g.Graph(), float32(0.1)))), K: ks[i], Floor: shapes[i].floor})
			}
			for i, s := range Masks(all) {
				out = append(out, s.Apply(all[i].W), s.Mask, s.Count, all[i].W)
			}
			return out
		})
		x := sample("normal", 1, batch*in)
		w := [][]float32{sample("normal", 2, hidden*in), sample("normal", 3, in*hidden), make([]float32, hidden)}
		losses := make([]float32, 12)
		for step := range losses {
			ks := []int{hidden*in - 300*step, in*hidden - 300*step, hidden - 8*step}
			args := []any{floats(x, batch, in)}
			for i, s := range shapes {
				args = append(args, floats(w[i], s.dims...))
			}
			for _, k := range ks {
				args = append(args, int32(k))
			}
			out := p.call(t, args...)
			losses[step] = values[float32](out[0])[0]
			for i, s := range shapes {
				if !values[bool](out[3+i])[0] {
					t.Fatalf("step %d: gradient %d is not finite", step, i)
				}
				o := out[6+4*i:]
				updated, mask := values[float32](o[3]), values[bool](o[1])
				if want := s.want(updated, ks[i]); !slices.Equal(mask, want) {
					t.Fatalf("step %d: mask %d differs", step, i)
				}
				if n := values[int32](o[2])[0]; n != int32(ks[i]) {
					t.Fatalf("step %d: %d entries, want %d", step, n, ks[i])
				}
				w[i] = values[float32](o[0])
			}
		}
		if losses[len(losses)-1] >= losses[0] {
			t.Errorf("losses %v do not fall", losses)
		}
		if p.built != 1 {
			t.Errorf("built %d programs for %d steps", p.built, len(losses))
		}
	})
}

// The same values on both backends, bit for bit.
func TestBackendsAgree(t *testing.T) {
	const rows, width = 40, 96
	x := sample("normal", 9, rows*width)
	var results [][][]bool
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(in []*Node) []*Node {
			return []*Node{AbsTopKMask(in[0], width/4), Mask(in[0], in[1], NeuronFloor{3, Columns}).Mask}
		})
		out := p.call(t, floats(x, rows, width), int32(rows*width/10))
		results = append(results, [][]bool{values[bool](out[0]), values[bool](out[1])})
	})
	for _, r := range results[1:] {
		for i := range r {
			if !slices.Equal(r[i], results[0][i]) {
				t.Errorf("backends differ in result %d", i)
			}
		}
	}
}
