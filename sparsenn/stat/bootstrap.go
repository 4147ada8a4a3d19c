package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Resamples is how often a bootstrap draws.
const Resamples = 2000

// Bootstrap is a value with the interval between the percentiles 2.5 and 97.5 of what
// draw returns for [Resamples] samples. draw takes its sample with index, which returns
// a number below n, all equally likely: it draws what is exchangeable, first among groups,
// then within the one that it got. The interval is a function of n, the number of units,
// and of what draw computes. It holds the value itself, which that of few, equal units may
// miss by rounding.
//
// A sample for which the statistic is not defined, of which draw returns NaN, is replaced
// by another one; where only one of ten is defined, Lo and Hi are NaN. Infinity is a value.
func Bootstrap(value float64, n int, draw func(index func(n int) int) float64) Estimate {
	rng := rand.New(rand.NewPCG(uint64(n), 0x70726f7665))
	draws := make([]float64, 0, Resamples)
	for range 10 * Resamples {
		if x := draw(rng.IntN); !math.IsNaN(x) {
			if draws = append(draws, x); len(draws) == Resamples {
				break
			}
		}
	}
	if len(draws) < Resamples {
		return Estimate{Mean: value, Lo: math.NaN(), Hi: math.NaN(), N: n}
	}
	slices.Sort(draws)
	return Estimate{Mean: value, Lo: min(value, draws[Resamples*25/1000]), Hi: max(value, draws[Resamples*975/1000]), N: n}
}
