package synth

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Rare names are many, none is a held-out pair, and pools keep most of the draws.
func TestRareNames(t *testing.T) {
	g := &gen{r: rand.New(rand.NewPCG(1, 2))}
	seen, pooled, letters := map[string]bool{}, 0, 0
	for range 4000 {
		name := g.rare()
		seen[name] = true
		if a, n, two := strings.Cut(name, "_"); two && HeldOut(a, n) {
			t.Fatalf("%s is held out", name)
		}
		if g.named([]string{"pool"}) == "pool" {
			pooled++
		}
		c := g.counter()
		if n, p, two := strings.Cut(c, "_"); !two {
			letters++
		} else if HeldOut(n, p) {
			t.Fatalf("%s is held out", c)
		}
	}
	if len(seen) < 1000 {
		t.Errorf("only %d different names", len(seen))
	}
	if pooled < 2600 || pooled > 3000 {
		t.Errorf("%d of 4000 names come from the pool", pooled)
	}
	if letters < 1700 || letters > 2300 {
		t.Errorf("%d of 4000 counters are letters", letters)
	}
}
