package model

import (
	"math"
	"slices"
	"testing"
)

// TestDigest: the digest is a function of the values alone, and the last bit of
// any of them changes it.
func TestDigest(t *testing.T) {
	c := NewConfig(16, 2, 16, 32)
	a, err := New(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest() != again.Digest() || len(a.Digest()) != 32 {
		t.Errorf("two models of one seed have digests %s and %s", a.Digest(), again.Digest())
	}
	seen := map[string]string{a.Digest(): "the model itself"}
	for _, p := range c.Params() {
		values, err := a.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		changed := slices.Clone(values)
		last := len(changed) - 1
		changed[last] = math.Float32frombits(math.Float32bits(changed[last]) ^ 1)
		b, err := a.With(p.Name, changed)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[b.Digest()]; ok {
			t.Errorf("a last bit of %s gives the digest of %s", p.Name, other)
		}
		seen[b.Digest()] = p.Name
	}
}
