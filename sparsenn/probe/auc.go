package probe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/circuit"
)

const aucResamples = 1000 // of the bootstrap

// AUC is the probability that a positive case, taken at random, has a larger
// score than a negative one, ties counted half: the area under the ROC curve,
// exactly (Mann–Whitney). 1 and 0 tell the kinds apart, 0.5 does not. Both kinds
// must occur, and no score may be NaN.
func AUC(scores []float64, positive []bool) (float64, error) {
	r, err := rank(scores, positive)
	if err != nil {
		return 0, err
	}
	return r.auc(nil, nil), nil
}

// AUCInterval is [AUC] with its 95 % interval: percentiles of a bootstrap over
// groups of cases that belong together, such as the tokens of a document, which
// are no independent observations. group says which group a case is of; nil
// makes every case its own. The interval is a function of the arguments alone.
func AUCInterval(scores []float64, positive []bool, group []int) (auc, lo, hi float64, err error) {
	r, err := rank(scores, positive)
	if err != nil {
		return 0, 0, 0, err
	}
	auc = r.auc(nil, nil)
	if group == nil {
		group = make([]int, len(scores))
		for i := range group {
			group[i] = i
		}
	}
	if len(group) != len(scores) {
		return 0, 0, 0, fmt.Errorf("auc: %d scores in groups of %d", len(scores), len(group))
	}
	number := map[int]int{}
	of := make([]int, len(group))
	for i, g := range group {
		if _, ok := number[g]; !ok {
			number[g] = len(number)
		}
		of[i] = number[g]
	}
	rng := rand.New(rand.NewPCG(uint64(len(scores)), 0x617563))
	weights := make([]int, len(number))
	var draws []float64
	for tries := 0; len(draws) < aucResamples; tries++ {
		if tries == 10*aucResamples {
			return 0, 0, 0, fmt.Errorf("auc: too few of the %d groups hold one of the two kinds for an interval; give more groups", len(number))
		}
		clear(weights)
		for range weights {
			weights[rng.IntN(len(weights))]++
		}
		// A draw without one of the kinds has no area.
		if a := r.auc(of, weights); !math.IsNaN(a) {
			draws = append(draws, a)
		}
	}
	lo, hi = circuit.PercentileInterval(draws, auc)
	return auc, lo, hi, nil
}

// ranked is cases by their score, ascending.
type ranked struct {
	order    []int
	scores   []float64
	positive []bool
}

func rank(scores []float64, positive []bool) (*ranked, error) {
	if len(scores) != len(positive) {
		return nil, fmt.Errorf("auc: %d scores for %d cases", len(scores), len(positive))
	}
	n := 0
	r := &ranked{order: make([]int, len(scores)), scores: scores, positive: positive}
	for i, s := range scores {
		if math.IsNaN(s) {
			return nil, fmt.Errorf("auc: score %d is NaN; leave it out", i)
		}
		if positive[i] {
			n++
		}
		r.order[i] = i
	}
	if n == 0 || n == len(scores) {
		return nil, fmt.Errorf("auc: %d of %d cases are positive; both kinds must occur", n, len(scores))
	}
	slices.SortFunc(r.order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	return r, nil
}

// auc counts the pairs of a positive and a negative case that are in order. A
// case counts as often as the weight of its group says, or once without groups.
// Where a kind has no weight the result is NaN.
func (r *ranked) auc(group, weights []int) float64 {
	var below, above, pairs float64 // negatives and positives so far; pairs in order, doubled
	for i := 0; i < len(r.order); {
		var pos, neg float64
		score := r.scores[r.order[i]]
		for ; i < len(r.order) && r.scores[r.order[i]] == score; i++ {
			w := 1.0
			if group != nil {
				w = float64(weights[group[r.order[i]]])
			}
			if r.positive[r.order[i]] {
				pos += w
			} else {
				neg += w
			}
		}
		pairs += pos * (2*below + neg)
		below += neg
		above += pos
	}
	return pairs / (2 * below * above)
}
