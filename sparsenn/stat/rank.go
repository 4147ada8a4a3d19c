package stat

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Correlation is Spearman's rank correlation with the p of a permutation test.
type Correlation struct {
	R float64 // NaN where one of the two does not vary
	// P is the share of permutations of X that correlate at least as strongly, in either
	// direction, X as it is counted as one of them.
	P            float64
	N            int // cases
	Permutations int
}

// Case is a pair of quantities, such as a predicted and a measured one. They may be infinite.
type Case struct {
	X, Y float64
	// Group holds cases that share X, such as the sparse and the dense model of a seed:
	// groups are what is exchangeable, and a permutation moves their cases together.
	// Stratum holds cases that are ranked, and groups that are exchanged, among
	// themselves.
	Group, Stratum string
}

const permutations = 10000

// Spearman correlates the ranks of X and Y, equal ones at the mean of their ranks. Ranks
// are taken within each stratum, and the correlation is over all of them, that is a mean
// of those of the strata. Cases of a group must have the same X and stratum.
func Spearman(cases []Case) (Correlation, error) {
	if len(cases) < 3 {
		return Correlation{}, fmt.Errorf("rank correlation of %d cases; give at least three", len(cases))
	}
	of, where := map[string]int{}, map[string][]int{}
	var groups []Case
	var strata []string
	x, y, at := make([]float64, len(cases)), make([]float64, len(cases)), make([]int, len(cases))
	for i, c := range cases {
		if math.IsNaN(c.X) || math.IsNaN(c.Y) {
			return Correlation{}, fmt.Errorf("rank correlation: case %d is no number; leave it out", i)
		}
		g, ok := of[c.Group]
		if !ok {
			g = len(groups)
			of[c.Group], groups = g, append(groups, c)
			if where[c.Stratum] == nil {
				strata = append(strata, c.Stratum)
			}
			where[c.Stratum] = append(where[c.Stratum], g)
		}
		if groups[g].X != c.X || groups[g].Stratum != c.Stratum {
			return Correlation{}, fmt.Errorf("rank correlation: case %d shares the group %q with another of a different X or stratum", i, c.Group)
		}
		x[i], y[i], at[i] = c.X, c.Y, g
	}
	within := map[string][]int{} // the cases of a stratum
	for i, c := range cases {
		within[c.Stratum] = append(within[c.Stratum], i)
	}
	ry := centred(y, strata, within)
	out := Correlation{R: stat.Correlation(centred(x, strata, within), ry, nil), N: len(cases), Permutations: permutations}
	if math.IsNaN(out.R) {
		out.P = 1
		return out, nil
	}
	rng := rand.New(rand.NewPCG(uint64(len(cases)), 0x72616e6b))
	// Groups may differ in size, so that what changes places is ranked anew.
	moved, from, asStrong := make([]float64, len(x)), make([]int, len(groups)), 1
	for range permutations {
		for _, s := range strata {
			to := where[s]
			for i, j := range rng.Perm(len(to)) {
				from[to[i]] = to[j]
			}
		}
		for i, g := range at {
			moved[i] = groups[from[g]].X
		}
		if r := stat.Correlation(centred(moved, strata, within), ry, nil); math.Abs(r) >= math.Abs(out.R)-1e-12 {
			asStrong++
		}
	}
	out.P = float64(asStrong) / float64(permutations+1)
	return out, nil
}

// centred are the ranks within every stratum, less their mean.
func centred(x []float64, strata []string, within map[string][]int) []float64 {
	out := make([]float64, len(x))
	for _, s := range strata {
		of := within[s]
		values := make([]float64, len(of))
		for k, i := range of {
			values[k] = x[i]
		}
		for k, r := range ranks(values) {
			out[of[k]] = r - float64(len(of)+1)/2
		}
	}
	return out
}

// ranks are 1 for the least; equal values share the mean of theirs.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}
