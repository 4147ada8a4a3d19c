package verify

import (
	"math/rand/v2"
	"testing"

	"circuitbook/sparsenn/ablate"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestRandomLike: as many nodes per site, none of them dead or in the circuit,
// unless a site has too few, which is counted.
func TestRandomLike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 12), 1, 4).Draw(t, "sizes")
		sp := ablate.Space{Start: []int{0}}
		for _, n := range sizes {
			sp.Sites = append(sp.Sites, "s")
			sp.Start = append(sp.Start, sp.Len()+n)
		}
		bits := func(name string) ablate.Mask { return rapid.SliceOfN(rapid.Bool(), sp.Len(), sp.Len()).Draw(t, name) }
		circuit, live := ablate.Mask(bits("circuit")), ablate.Mask(bits("live"))
		seed := rapid.Uint64().Draw(t, "seed")
		m, missing := randomLike(sp, circuit, live, rand.New(rand.NewPCG(seed, 0)))
		short := 0
		for s := range sp.Sites {
			want, got, pool := 0, 0, 0
			for i := sp.Start[s]; i < sp.Start[s+1]; i++ {
				if m[i] {
					got++
					if circuit[i] || !live[i] {
						t.Fatalf("node %d is taken", i)
					}
				}
				if circuit[i] {
					want++
				} else if live[i] {
					pool++
				}
			}
			if got != min(want, pool) {
				t.Fatalf("site %d has %d nodes, want %d of %d", s, got, want, pool)
			}
			short += max(0, want-pool)
		}
		if short != missing {
			t.Fatalf("%d missing, want %d", missing, short)
		}
	})
}
