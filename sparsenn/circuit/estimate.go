package circuit

import (
	"math/rand/v2"
	"slices"
)

const resamples = 2000

// NewEstimate is the mean of values with its 95 % bootstrap interval (percentiles), a
// function of the values alone; the zero Estimate where there are none.
func NewEstimate(values []float64) Estimate {
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
	e := Estimate{N: n, Mean: mean(func(i int) float64 { return values[i] })}
	rng := rand.New(rand.NewPCG(uint64(n), 0x70726f7665))
	means := make([]float64, resamples)
	for r := range means {
		means[r] = mean(func(int) float64 { return values[rng.IntN(n)] })
	}
	e.Lo, e.Hi = PercentileInterval(means, e.Mean)
	return e
}

// PercentileInterval is the 95 % percentile interval of what a bootstrap drew, which
// it sorts; it holds the value itself, which that of few, equal ones may miss by
// rounding. There has to be a draw.
func PercentileInterval(draws []float64, value float64) (lo, hi float64) {
	slices.Sort(draws)
	return min(value, draws[len(draws)*25/1000]), max(value, draws[len(draws)*975/1000])
}
