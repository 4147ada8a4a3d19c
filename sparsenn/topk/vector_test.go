package topk

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"pgregory.net/rapid"
)

// checkVectors compares AbsTopKMask and AbsTopK on rows of a width.
func checkVectors(t testing.TB, p *program, x []float32, width, k int) {
	t.Helper()
	out := p.call(t, floats(x, len(x)/width, width))
	mask, y := values[bool](out[0]), values[float32](out[1])
	for i := 0; i < len(x); i += width {
		row := x[i : i+width]
		want := SelectVector(row, k)
		if got := mask[i : i+width]; !slices.Equal(got, want) {
			t.Fatalf("width %d k=%d row %d: %v\n got %v\nwant %v", width, k, i/width, row, got, want)
		}
		for j, kept := range want {
			expect := uint32(0)
			if kept {
				expect = math.Float32bits(row[j])
			}
			if math.Float32bits(y[i+j]) != expect {
				t.Fatalf("entry %d of %v is %v, kept %v", j, row, y[i+j], kept)
			}
		}
	}
}

// compileVectors makes AbsTopK sort rows of up to limit keys in all, and search
// more than that.
func compileVectors(t testing.TB, b compute.Backend, k, limit int) *program {
	return compile(t, b, func(in []*Node) []*Node {
		defer func(old int) { sortedSize = old }(sortedSize)
		sortedSize = limit
		return []*Node{AbsTopKMask(in[0], k), AbsTopK(in[0], k)}
	})
}

func TestAbsTopKProperty(t *testing.T) {
	// Below, at and above the widths of the kernels, with padding and without; k that
	// is taken by steps and k that is searched for.
	cases := [][2]int{{20, 5}, {33, 3}, {128, 32}, {130, 129}}
	backends(t, func(t *testing.T, b compute.Backend) {
		for i, c := range slices.Concat(cases, cases) {
			width, k := c[0], c[1]
			limit := 0
			if i >= len(cases) {
				if isGo(b) {
					break // it does not sort
				}
				limit = sortedSize
			}
			p := compileVectors(t, b, k, limit)
			rows := 4 + 512/width
			rapid.Check(t, func(r *rapid.T) {
				var x []float32
				for range rows {
					kind := rapid.SampledFrom(kinds).Draw(r, "kind")
					x = append(x, sample(kind, rapid.Uint64().Draw(r, "seed"), width)...)
				}
				checkVectors(t, p, x, width, k)
			})
			if p.built != 1 {
				t.Errorf("built %d programs", p.built)
			}
		}
	})
}

func TestAbsTopKEveryWidth(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		for width := 1; width <= 260; width++ {
			if !isGo(b) && width%87 != 1 && !long() {
				continue
			}
			k := (width * 7 / 3) % (width + 2) // 0, 1, width and more among them
			var x []float32
			for i, kind := range kinds {
				x = append(x, sample(kind, uint64(width*100+i), width)...)
			}
			checkVectors(t, compileVectors(t, b, k, sortedSize*(width%2)), x, width, k)
		}
	})
}

// As many rows as a training step has: the rarest gap between neighbours decides how
// long the search takes.
func TestAbsTopKManyRows(t *testing.T) {
	b := xlaOrSkip(t)
	for _, width := range []int{128, 512} {
		p := compileVectors(t, b, width/4, sortedSize)
		for i, kind := range finiteKinds {
			checkVectors(t, p, sample(kind, uint64(i), 1024*width), width, width/4)
		}
	}
}

func TestAbsTopKRanks(t *testing.T) {
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(in []*Node) []*Node { return []*Node{AbsTopK(in[0], 1), AbsTopK(in[1], 2), AbsTopK(in[1], 0)} })
		out := p.call(t, floats([]float32{1, -3, 2}, 3), floats([]float32{1, -3, 2, 4, 4, 4, 0, 0, 0, -1, 0, 0}, 2, 2, 3))
		if got, want := fmt.Sprint(out[0].Value()), "[0 -3 0]"; got != want {
			t.Errorf("vector: %s, want %s", got, want)
		}
		if got, want := fmt.Sprint(out[1].Value()), "[[[0 -3 2] [4 4 0]] [[0 0 0] [-1 0 0]]]"; got != want {
			t.Errorf("batch: %s, want %s", got, want)
		}
		if slices.ContainsFunc(values[float32](out[2]), func(v float32) bool { return v != 0 }) {
			t.Errorf("k=0: %v", out[2].Value())
		}
		for name, fn := range map[string]func(x *Node) *Node{
			"negative k": func(x *Node) *Node { return AbsTopK(x, -1) },
			"scalar":     func(x *Node) *Node { return AbsTopK(ReduceAllSum(x), 1) },
			"integers":   func(x *Node) *Node { return AbsTopK(magnitude(x), 1) },
		} {
			if _, err := MustNewExec(b, fn).Call(floats([]float32{1, 2}, 2)); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

// Gradients by finite differences: of a loss that uses AbsTopK twice, at points away
// from the ties, where it is differentiable.
func TestAbsTopKGradient(t *testing.T) {
	const rows, width, k = 3, 40, 10
	loss := func(x *Node) *Node {
		y := AbsTopK(x, k)
		return ReduceAllSum(Mul(Sin(y), AbsTopK(Add(Square(y), x), k)))
	}
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(in []*Node) []*Node {
			l := loss(in[0])
			return []*Node{l, Gradient(l, in[0])[0], AbsTopKMask(in[0], k)}
		})
		x := sample("normal", 11, rows*width)
		out := p.call(t, floats(x, rows, width))
		gradient, kept := values[float32](out[1]), values[bool](out[2])
		at := func(i int, d float32) float64 {
			moved := slices.Clone(x)
			moved[i] += d
			return float64(values[float32](p.call(t, floats(moved, rows, width))[0])[0])
		}
		const h = 1e-2
		for i := range x {
			numeric := (at(i, h) - at(i, -h)) / (2 * h)
			if diff := math.Abs(numeric - float64(gradient[i])); diff > 0.03*(1+math.Abs(numeric)) {
				t.Errorf("entry %d (kept %v): gradient %v, by differences %v", i, kept[i], gradient[i], numeric)
			}
		}
	})
}

func TestAbsTopKGradientOnlyKept(t *testing.T) {
	const width, k = 64, 16
	backends(t, func(t *testing.T, b compute.Backend) {
		p := compile(t, b, func(in []*Node) []*Node {
			y := AbsTopK(in[0], k)
			return []*Node{AbsTopKMask(in[0], k), Gradient(ReduceAllSum(Mul(y, in[1])), in[0])[0]}
		})
		for i, kind := range finiteKinds {
			x, v := sample(kind, uint64(i), width), sample("normal", uint64(i+50), width)
			out := p.call(t, floats(x, 1, width), floats(v, 1, width))
			gradient := values[float32](out[1])
			for j, kept := range values[bool](out[0]) {
				if want := map[bool]float32{true: v[j]}[kept]; gradient[j] != want {
					t.Fatalf("%s: gradient %v at %d, kept %v, want %v", kind, gradient[j], j, kept, want)
				}
			}
		}
	})
}
