package dilution

import (
	"circuitbook/sparsenn/stat"
	"fmt"
	"math"

	gonum "gonum.org/v1/gonum/stat"
)

// Failure is where a model stops doing a task.
type Failure struct {
	// Length is where, on one of the two sides, the mean probability of the right
	// answer falls to a half, between two measured lengths by a straight line: in
	// pieces of the filler. It is the first length where it never was above, and +Inf
	// where it does not fall so far.
	Length float64
	// Tokens is Length in tokens of the prompt, +Inf with it.
	Tokens float64
	// Side is 0 where the prompts fail first, 1 where their counterparts do, and -1 where
	// neither does.
	Side int
	// Lo and Hi are the 95 % interval of Length, from a bootstrap over prompts.
	Lo, Hi float64
	// AtOnce says that the shortest prompts fail already, so that length is no reason.
	AtOnce bool
}

// Within says whether the model fails within the lengths that were measured. Where
// it does not, all that is known is that Length is above them.
func (f Failure) Within() bool { return !math.IsInf(f.Length, 1) }

// FailureOf finds the length at which a model fails.
func FailureOf(curve []Point) (Failure, error) {
	if len(curve) == 0 {
		return Failure{}, fmt.Errorf("dilution: a curve without points has no length of failure")
	}
	for i, p := range curve {
		if len(p.Prompt.Right) == 0 || len(p.Counter.Right) == 0 || i > 0 && p.Length <= curve[i-1].Length {
			return Failure{}, fmt.Errorf("dilution: point %d, of length %d, has no prompts or does not come after the one before", i, p.Length)
		}
	}
	n, tokens := make([]float64, len(curve)), make([]float64, len(curve))
	for i, p := range curve {
		n[i], tokens[i] = float64(p.Length), p.Tokens
	}
	means := func(pick func(x []float64) float64) (length float64, side int) {
		y := [2][]float64{}
		for _, p := range curve {
			y[0], y[1] = append(y[0], pick(p.Prompt.Right)), append(y[1], pick(p.Counter.Right))
		}
		return first(n, y)
	}
	f := Failure{}
	f.Length, f.Side = means(func(x []float64) float64 { return gonum.Mean(x, nil) })
	f.Tokens = along(n, tokens, f.Length)
	f.AtOnce = f.Length == n[0]
	e := stat.Bootstrap(f.Length, len(curve), func(index func(n int) int) float64 {
		length, _ := means(func(x []float64) float64 {
			sum := 0.0
			for range x {
				sum += x[index(len(x))]
			}
			return sum / float64(len(x))
		})
		return length
	})
	f.Lo, f.Hi = e.Lo, e.Hi
	return f, nil
}

// first is where the first of two falling lines reaches a half.
func first(n []float64, y [2][]float64) (length float64, side int) {
	length, side = math.Inf(1), -1
	for s := range y {
		if x := falls(n, y[s]); x < length {
			length, side = x, s
		}
	}
	return length, side
}

// falls is where y first reaches a half, +Inf where it stays above.
func falls(n, y []float64) float64 {
	for i := range y {
		switch {
		case y[i] > 0.5:
		case i == 0:
			return n[0]
		default:
			return n[i-1] + (y[i-1]-0.5)/(y[i-1]-y[i])*(n[i]-n[i-1])
		}
	}
	return math.Inf(1)
}

// along is y at x, by straight lines between points; +Inf at +Inf.
func along(n, y []float64, x float64) float64 {
	if math.IsInf(x, 1) || len(n) == 1 {
		return x / n[0] * y[0]
	}
	i := 1
	for i+1 < len(n) && n[i] < x {
		i++
	}
	return y[i-1] + (x-n[i-1])/(n[i]-n[i-1])*(y[i]-y[i-1])
}
