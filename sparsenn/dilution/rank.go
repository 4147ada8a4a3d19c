package dilution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Rank is Spearman's rank correlation, ties (all that did not fail among them) at the
// mean of their ranks, with a permutation p. Ranks are taken within each stratum, and
// the correlation is over all of them, that is a mean of those of the strata.
type Rank struct {
	R float64 // NaN where one of the two does not vary
	// P is the share of permutations of the predictions that correlate at least as
	// strongly, in either direction, the predictions as they are counted as one of them.
	P            float64
	N            int // cases
	Permutations int
}

// Case is a predicted and a measured length; +Inf is longer than any.
type Case struct {
	Predicted, Measured float64
	// Group holds cases that share a prediction, such as the sparse and the dense
	// model of a seed: a permutation moves them together. Stratum holds cases that are
	// ranked, and groups that are exchanged, among themselves, such as those of one
	// filler: that one takes more tokens than another is no foresight.
	Group, Stratum string
}

const permutations = 10000

// Correlate compares predicted with measured lengths. Cases of a group must have the
// same prediction and stratum.
func Correlate(cases []Case) (Rank, error) {
	if len(cases) < 3 {
		return Rank{}, fmt.Errorf("dilution: a rank correlation of %d cases; give at least three", len(cases))
	}
	of, where := map[string]int{}, map[string][]int{}
	var groups []Case
	var strata []string
	x, y, at := make([]float64, len(cases)), make([]float64, len(cases)), make([]int, len(cases))
	for i, c := range cases {
		if math.IsNaN(c.Predicted) || math.IsNaN(c.Measured) {
			return Rank{}, fmt.Errorf("dilution: case %d has a length that is no number; a length that is not reached is +Inf", i)
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
		if groups[g].Predicted != c.Predicted || groups[g].Stratum != c.Stratum {
			return Rank{}, fmt.Errorf("dilution: case %d shares the group %q with another of a different prediction or stratum", i, c.Group)
		}
		x[i], y[i], at[i] = c.Predicted, c.Measured, g
	}
	within := map[string][]int{} // the cases of a stratum
	for i, c := range cases {
		within[c.Stratum] = append(within[c.Stratum], i)
	}
	ry := centred(y, strata, within)
	out := Rank{R: stat.Correlation(centred(x, strata, within), ry, nil), N: len(cases), Permutations: permutations}
	if math.IsNaN(out.R) {
		out.P = 1
		return out, nil
	}
	rng := rand.New(rand.NewPCG(uint64(len(cases)), 0x72616e6b))
	// Groups may differ in size, so that predictions that change places are ranked anew.
	moved, from, asStrong := make([]float64, len(x)), make([]int, len(groups)), 1
	for range permutations {
		for _, s := range strata {
			to := where[s]
			for i, j := range rng.Perm(len(to)) {
				from[to[i]] = to[j]
			}
		}
		for i, g := range at {
			moved[i] = groups[from[g]].Predicted
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
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
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
