package ablate

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestColumns: the nonzero weights by input give what all weights give.
func TestColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out, in := rapid.IntRange(1, 5).Draw(t, "out"), rapid.IntRange(1, 5).Draw(t, "in")
		small := rapid.Map(rapid.IntRange(-2, 2), func(i int) float32 { return float32(i) })
		w := rapid.SliceOfN(small, out*in, out*in).Draw(t, "weights")
		x := rapid.SliceOfN(small, in, in).Draw(t, "inputs")
		var bias []float32
		if rapid.Bool().Draw(t, "biased") {
			bias = rapid.SliceOfN(small, out, out).Draw(t, "bias")
		}
		want := make([]float32, out)
		copy(want, bias)
		nonzero := 0
		for j := range out {
			for i := range in {
				want[j] += w[j*in+i] * x[i]
				if w[j*in+i] != 0 {
					nonzero++
				}
			}
		}
		c := columnsOf(w, bias, out, in)
		if got := c.held(x); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if len(c.value) != nonzero || len(c.start) != in+1 {
			t.Fatalf("%d weights of %d nonzero, %d columns of %d", len(c.value), nonzero, len(c.start)-1, in)
		}
	})
}
