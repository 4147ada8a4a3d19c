package finite

import (
	"math"
	"testing"
)

func TestFirst(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		v    []float32
		want int
	}{
		{nil, -1}, {[]float32{0, -0, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32}, -1},
		{[]float32{1, nan}, 1}, {[]float32{inf, nan}, 0}, {[]float32{1, 2, -inf}, 2},
	} {
		if got := First(c.v); got != c.want {
			t.Errorf("%v: %d, want %d", c.v, got, c.want)
		}
	}
}
