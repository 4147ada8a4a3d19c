package topk

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

func TestSmoke(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		e := mustExec(t, b, func(x *graph.Node) *graph.Node { return AbsTopKMask(x, 5) })
		x := normals(1, 64*16)
		for i := range x {
			if i%3 == 0 {
				x[i] = float32(int(x[i] * 2))
			}
		}
		got := bools(call(t, e, tensorOf(x, 64, 16))[0])
		for r := range 64 {
			want := SelectVector(x[r*16:][:16], 5)
			if !slices.Equal(got[r*16:][:16], want) {
				t.Fatal(r, x[r*16:][:16], got[r*16:][:16], want)
			}
		}
		m := mustExec(t, b, func(w1, k1, w2, k2, w3, k3 *graph.Node) []*graph.Node {
			s := Masks([]Tensor{{w1, k1, NeuronFloor{}}, {w2, k2, NeuronFloor{2, Rows}}, {w3, k3, NeuronFloor{3, Columns}}})
			return []*graph.Node{s[0].Mask, s[1].Mask, s[2].Mask, s[0].Count, s[1].Count, s[2].Count}
		})
		for _, k := range []int32{0, 1, 64, 100, 300, 511, 512, 600, 1024, 2000} {
			out := call(t, m, tensorOf(x, 64*16), k, tensorOf(x[:512], 32, 16), k, tensorOf(x, 64, 16), k)
			for i, want := range [][]bool{Select(x, int(k)),
				SelectMatrix(x[:512], 32, 16, int(k), NeuronFloor{2, Rows}),
				SelectMatrix(x, 64, 16, int(k), NeuronFloor{3, Columns})} {
				if got := bools(out[i]); !slices.Equal(got, want) {
					t.Fatal(k, i, got, want, out[3+i].Value())
				}
			}
		}
	})
}

func TestSmokeGradient(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		e := mustExec(t, b, func(x, y *graph.Node) *graph.Node {
			loss := graph.ReduceAllSum(graph.Mul(graph.Square(AbsTopK(x, 2)), AbsTopK(y, 1)))
			return graph.Gradient(loss, x)[0]
		})
		got := call(t, e, tensorOf([]float32{1, -2, 3, 4, 4, 4}, 2, 3), tensorOf([]float32{1, 2, 9, 1, 2, 0}, 2, 3))[0]
		t.Log(got.Value())
	})
}
