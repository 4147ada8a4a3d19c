package circuit

import (
	"math"
	"testing"
)

func TestOverlap(t *testing.T) {
	a, b, c := []string{"1", "2", "3"}, []string{"2", "3", "4"}, []string{"5"}
	if x, err := Overlap(a, b); err != nil || x != 0.5 {
		t.Errorf("%v, %v", x, err)
	}
	if x, err := Overlap(a, b, c); err != nil || math.Abs(x-0.5/3) > 1e-12 {
		t.Errorf("%v, %v", x, err)
	}
	if x, err := Overlap(a, a); err != nil || x != 1 {
		t.Errorf("%v of the same, %v", x, err)
	}
	if x, err := Overlap(a, nil, nil); err != nil || x != 0 {
		t.Errorf("%v, %v", x, err)
	}
	if _, err := Overlap(a); err == nil {
		t.Error("one circuit overlaps")
	}
	if _, err := Overlap(nil, nil); err == nil {
		t.Error("nothing overlaps")
	}
}
