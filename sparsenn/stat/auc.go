package stat

import (
	"fmt"
	"math"
	"slices"
)

// AUC is the probability that a positive case, taken at random, has a larger
// score than a negative one, ties counted half: the area under the ROC curve
// (Mann–Whitney). 1 and 0 tell the kinds apart, 0.5 does not. Both kinds must
// occur, and no score may be NaN.
func AUC(scores []float64, positive []bool) (float64, error) {
	c, err := classify(scores, positive)
	if err != nil {
		return 0, err
	}
	return c.area(nil), nil
}

// AUCInterval is [AUC] with its interval, of a bootstrap over groups of cases that
// belong together, such as the tokens of a document, which are no independent
// observations. group says which group a case is of; nil makes every case its own. N
// counts groups.
func AUCInterval(scores []float64, positive []bool, group []int) (Estimate, error) {
	c, err := classify(scores, positive)
	if err != nil {
		return Estimate{}, err
	}
	if group == nil {
		group = make([]int, len(scores))
		for i := range group {
			group[i] = i
		}
	}
	if len(group) != len(scores) {
		return Estimate{}, fmt.Errorf("auc: %d scores in groups of %d", len(scores), len(group))
	}
	number := map[int]int{}       // groups count from 0
	of := make([]int, len(group)) // of the cases in their order
	for k, i := range c.order {
		g := group[i]
		if _, ok := number[g]; !ok {
			number[g] = len(number)
		}
		of[k] = number[g]
	}
	weights, times := make([]float64, len(scores)), make([]float64, len(number))
	e := Bootstrap(c.area(nil), len(number), func(index func(n int) int) float64 {
		clear(times)
		for range times {
			times[index(len(times))]++
		}
		for k, g := range of {
			weights[k] = times[g]
		}
		return c.area(weights)
	})
	if math.IsNaN(e.Lo) {
		return Estimate{}, fmt.Errorf("auc: too few of the %d groups hold one of the two kinds for an interval; give more groups", len(number))
	}
	e.How = "bootstrap over groups"
	return e, nil
}

// cases are in the order of their scores, for which their places stand, since scores
// may be infinite.
type cases struct {
	order    []int
	place    []float64
	positive []bool
}

func classify(scores []float64, positive []bool) (*cases, error) {
	n := len(scores)
	if n != len(positive) {
		return nil, fmt.Errorf("auc: %d scores for %d cases", n, len(positive))
	}
	c := &cases{make([]int, n), make([]float64, n), make([]bool, n)}
	kinds := 0
	for i, s := range scores {
		if math.IsNaN(s) {
			return nil, fmt.Errorf("auc: score %d is NaN; leave it out", i)
		}
		if positive[i] {
			kinds++
		}
		c.order[i] = i
	}
	if kinds == 0 || kinds == n {
		return nil, fmt.Errorf("auc: %d of %d cases are positive; both kinds must occur", kinds, n)
	}
	slices.SortFunc(c.order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return a - b
	})
	for k, i := range c.order {
		if c.place[k] = float64(k); k > 0 && scores[i] == scores[c.order[k-1]] {
			c.place[k] = c.place[k-1]
		}
		c.positive[k] = positive[i]
	}
	return c, nil
}

// area counts the pairs of a positive and a negative case that are in order, weighted;
// NaN where a kind has no weight. nil weighs all cases alike. gonum's ROC makes a curve for
// every sample of the bootstrap, which takes many times as long.
func (c *cases) area(weights []float64) float64 {
	var below, above, pairs float64 // negatives and positives so far; pairs in order, doubled
	for i := 0; i < len(c.place); {
		var pos, neg float64
		for at := c.place[i]; i < len(c.place) && c.place[i] == at; i++ {
			w := 1.0
			if weights != nil {
				w = weights[i]
			}
			if c.positive[i] {
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
