package circuit_test

import (
	"circuitbook/sparsenn/circuit"
	"math"
	"testing"
)

func TestOverlap(t *testing.T) {
	a, b, c := []string{"1", "2", "3"}, []string{"2", "3", "4"}, []string{"5"}
	if x, err := circuit.Overlap(a, b); err != nil || x != 0.5 {
		t.Errorf("%v, %v", x, err)
	}
	if x, err := circuit.Overlap(a, b, c); err != nil || math.Abs(x-0.5/3) > 1e-12 {
		t.Errorf("%v, %v", x, err)
	}
	if x, err := circuit.Overlap(a, a); err != nil || x != 1 {
		t.Errorf("%v of the same, %v", x, err)
	}
	if x, err := circuit.Overlap(a, nil, nil); err != nil || x != 0 {
		t.Errorf("%v, %v", x, err)
	}
	if _, err := circuit.Overlap(a); err == nil {
		t.Error("one circuit overlaps")
	}
	if _, err := circuit.Overlap(nil, nil); err == nil {
		t.Error("nothing overlaps")
	}
}
