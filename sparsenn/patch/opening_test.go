package patch

import (
	"slices"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

var _ Pairing = Opening

// TestOpening: it is one token of both sides, equal before, and different there
// unless one side begins with the other.
func TestOpening(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []int32 {
			return rapid.SliceOfN(rapid.Int32Range(0, 2), 1, 9).Draw(t, name)
		}
		a, b := draw("prompt"), draw("counter")
		p := Opening(a, b)
		n := min(len(a), len(b))
		if len(p) != 1 || p[0][0] != p[0][1] || p[0][0] < 0 || p[0][0] >= n {
			t.Fatalf("%v", p)
		}
		i := p[0][0]
		if !slices.Equal(a[:i], b[:i]) {
			t.Fatalf("they differ before %d", i)
		}
		if i+1 < n && a[i] == b[i] {
			t.Fatalf("they do not differ at %d", i)
		}
	})
	if Opening(nil, []int32{1}) != nil {
		t.Error("a token of an empty side")
	}
}
