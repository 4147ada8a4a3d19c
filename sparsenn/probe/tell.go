package probe

import (
	"circuitbook/sparsenn/stat"
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Question is whether a node tells tokens of some labels from tokens of others.
type Question struct {
	Name, Claim        string // for a reader, and in claims
	Positive, Negative []Label
	Magnitude          bool // asked of the magnitude
}

// StringQuestions ask of what is on text whether it tells inside of strings from outside, by
// its value and by its magnitude, and double from single quotes.
func StringQuestions() []Question {
	strings, outside := []Label{Single, Double}, []Label{Outside}
	return []Question{
		{"in a string or not", "string", strings, outside, false},
		{"the same by magnitude", "string_magnitude", strings, outside, true},
		{"double or single", "kind", []Label{Double}, []Label{Single}, false},
	}
}

// An Answer is how well a node tells: the area under the ROC curve on documents with odd
// numbers, of a sign that was chosen on those with even ones.
type Answer struct {
	Sign   string  // "+", or "−" where the node is lower for the positive kind
	Chosen float64 // the area on the choosing documents, the sign taken off
	// Estimate is the area, its interval by a bootstrap over documents, N documents. N is 0
	// where there is no interval; Why says why.
	stat.Estimate
	Why string
}

// Ask asks what a node tells, of its values on the stream of the labels, [token]; NaN are left
// out.
func (l *Labels) Ask(values []float64, q Question) (a Answer, err error) {
	if len(values) != len(l.Of) {
		return a, fmt.Errorf("probe: %d values for %d labelled tokens", len(values), len(l.Of))
	}
	var scores [2][]float64
	var is [2][]bool
	var documents []int
	for i, x := range l.Of {
		v, odd := values[i], l.Document[i]%2
		positive := slices.Contains(q.Positive, x)
		if math.IsNaN(v) || !positive && !slices.Contains(q.Negative, x) {
			continue
		}
		if q.Magnitude {
			v = math.Abs(v)
		}
		scores[odd], is[odd] = append(scores[odd], v), append(is[odd], positive)
		if odd == 1 {
			documents = append(documents, l.Document[i])
		}
	}
	for _, x := range is {
		if !slices.Contains(x, true) || !slices.Contains(x, false) {
			return Answer{Why: "one kind only"}, nil
		}
	}
	if a.Chosen, err = stat.AUC(scores[0], is[0]); err != nil {
		return a, err
	}
	a.Sign = "+"
	if a.Chosen < 0.5 {
		a.Chosen, a.Sign = 1-a.Chosen, "−"
		for j := range scores[1] {
			scores[1][j] = -scores[1][j]
		}
	}
	if a.Mean, err = stat.AUC(scores[1], is[1]); err != nil {
		return a, err
	}
	e, err := stat.AUCInterval(scores[1], is[1], documents)
	if err != nil { // too few documents hold both kinds
		a.Why = "too few documents"
		return a, nil
	}
	a.Estimate = e
	return a, nil
}

// Extremes counts by label the tokens at which values, [token], are largest and smallest: n of
// each, fewer where there are fewer than twice as many; NaN and tokens that are left out of
// the labels do not count. of is how many were counted.
func (l *Labels) Extremes(values []float64, n int) (largest, smallest map[Label]int, of int) {
	var order []int
	for i, v := range values {
		if !math.IsNaN(v) && l.Of[i] != leftOut {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	of = min(n, len(order)/2)
	count := func(list []int) map[Label]int {
		m := map[Label]int{}
		for _, i := range list {
			m[l.Of[i]]++
		}
		return m
	}
	return count(order[:of]), count(order[len(order)-of:]), of
}
