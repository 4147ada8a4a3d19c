package stat

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Estimate is a number with its 95 % interval.
type Estimate struct {
	Mean float64 `json:"mean"`
	Lo   float64 `json:"lo"`
	Hi   float64 `json:"hi"`
	N    int     `json:"n"` // exchangeable units: examples, circuits, seeds, tasks, windows
	// How says how the interval was made; "" stands for a bootstrap over the N units.
	How string `json:"how,omitempty"`
}

// Mean is the mean of values that are exchangeable; the zero Estimate where there are none.
func Mean(values []float64) Estimate {
	n := len(values)
	if n == 0 {
		return Estimate{}
	}
	mean := func(pick func(i int) float64) float64 {
		sum := 0.0
		for i := range n {
			sum += pick(i)
		}
		return sum / float64(n)
	}
	value := mean(func(i int) float64 { return values[i] })
	return Bootstrap(value, n, func(index func(n int) int) float64 {
		return mean(func(int) float64 { return values[index(n)] })
	})
}

// Nested is the mean of the means of groups, such as those of several models: groups are
// exchangeable, and so are the values of one. A group may not be empty. N counts groups.
func Nested(groups [][]float64) Estimate {
	if len(groups) == 0 {
		return Estimate{}
	}
	means := make([]float64, len(groups))
	for i, g := range groups {
		means[i] = stat.Mean(g, nil)
	}
	e := Bootstrap(stat.Mean(means, nil), len(groups), func(index func(n int) int) float64 {
		sum := 0.0
		for range groups {
			g := groups[index(len(groups))]
			part := 0.0
			for range g {
				part += g[index(len(g))]
			}
			sum += part / float64(len(g))
		}
		return sum / float64(len(groups))
	})
	e.How = "bootstrap over groups and within each"
	return e
}

// Median is the middle value, the mean of the two middle ones of an even number, and 0
// where there are none.
func Median[T int | float64](values []T) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return float64(s[(len(s)-1)/2]+s[len(s)/2]) / 2
}
