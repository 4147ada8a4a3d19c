package dilution

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/gonum/stat"
)

// Average is a weighted mean that is diluted by n equal pieces:
//
//	y(n) = Rest + Excess/(n + Before)
//
// A head's softmax gives token i the weight wᵢ/Σw. Let the tokens that are there
// anyway, the sink among them, have a total weight W and a mean value V, and every
// piece that is added a weight w and a mean value v. Then
//
//	y(n) = (W·V + n·w·v) / (W + n·w) = v + (W/w)·(V − v) / (n + W/w),
//
// so that Rest = v is what is left in the end, Before = W/w is how many pieces weigh
// as much as all the rest, and Excess = Before·(V − v). Uniform attention is the
// case in which all tokens weigh the same; a head that prefers a bracket has a large
// Before, and is diluted the later. Keys and values of a piece must not depend on n,
// which holds where nothing before the head averages too.
type Average struct{ Rest, Excess, Before float64 }

// At is y(n).
func (a Average) At(n float64) float64 { return a.Rest + a.Excess/(n+a.Before) }

// rounding is how far from a length one may be, by rounding, and be at it.
const rounding = 1e-9

// MaxBefore is the largest Before that is sought. Where a fit ends there, the values
// do not level off at all, and the law is a straight line in their midst.
const MaxBefore = 256

// The exponents of two that Before is sought between.
const minBefore, maxBefore = -3.0, 8.0

// FitAverage fits an average to values at lengths n by least squares: at least three
// lengths. Before is sought from 1/8 to [MaxBefore], to within some hundredths of it.
func FitAverage(n, y []float64) (Average, error) {
	if len(n) != len(y) || len(n) < 3 {
		return Average{}, fmt.Errorf("dilution: %d values at %d lengths; an average takes at least three of both", len(y), len(n))
	}
	best, least := Average{}, math.Inf(1)
	x := make([]float64, len(n))
	try := func(log2 float64) {
		a := Average{Before: math.Pow(2, log2)}
		for i := range n {
			x[i] = 1 / (n[i] + a.Before)
		}
		a.Excess, a.Rest, _ = line(x, y)
		sum := 0.0
		for i := range n {
			d := y[i] - a.At(n[i])
			sum += d * d
		}
		if sum < least {
			best, least = a, sum
		}
	}
	for k := minBefore; k <= maxBefore; k += 0.5 {
		try(k)
	}
	for k, middle := 1.0, math.Log2(best.Before); k <= 16; k++ {
		try(max(minBefore, middle-k/32))
		try(min(maxBefore, middle+k/32))
	}
	if math.IsInf(least, 1) {
		return Average{}, fmt.Errorf("dilution: no average fits %v at lengths %v; all must be finite and lengths different", y, n)
	}
	return best, nil
}

// Passes is the length from which on y(n) is on the other side of a threshold, +Inf
// where it never is. above says on which side it is to be at first; where it is on
// the other one at length from already, or there but for rounding, from is the answer.
func (a Average) Passes(threshold float64, above bool, from float64) float64 {
	if over := a.At(from) > threshold; over != above {
		return from
	}
	if (a.Rest > threshold) == above || a.Rest == threshold {
		return math.Inf(1)
	}
	if x := a.Excess/(threshold-a.Rest) - a.Before; x > from*(1+rounding) {
		return x
	}
	return from
}

// line fits y = slope·x + at; r2 is the share of the variance that it explains.
func line(x, y []float64) (slope, at, r2 float64) {
	mx, my := gonum.Mean(x, nil), gonum.Mean(y, nil)
	var xx, xy, yy float64
	for i := range x {
		xx, xy, yy = xx+(x[i]-mx)*(x[i]-mx), xy+(x[i]-mx)*(y[i]-my), yy+(y[i]-my)*(y[i]-my)
	}
	if xx > 0 {
		slope = xy / xx
	}
	if xx > 0 && yy > 0 {
		r2 = xy * xy / (xx * yy)
	}
	return slope, my - slope*mx, r2
}
