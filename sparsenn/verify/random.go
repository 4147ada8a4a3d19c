package verify

import (
	"math/rand/v2"

	"circuitbook/sparsenn/ablate"
)

// randomLike draws as many nodes per site as a circuit has, from the live nodes
// outside it: dead ones would prove nothing. missing counts the nodes for which
// a site had no live one left.
func randomLike(sp ablate.Space, circuit, live ablate.Mask, rng *rand.Rand) (m ablate.Mask, missing int) {
	m = make(ablate.Mask, sp.Len())
	for s := range sp.Sites {
		want := 0
		var pool []int
		for i := sp.Start[s]; i < sp.Start[s+1]; i++ {
			switch {
			case circuit[i]:
				want++
			case live[i]:
				pool = append(pool, i)
			}
		}
		rng.Shuffle(len(pool), func(a, b int) { pool[a], pool[b] = pool[b], pool[a] })
		for _, i := range pool[:min(want, len(pool))] {
			m[i] = true
		}
		missing += max(0, want-len(pool))
	}
	return m, missing
}
