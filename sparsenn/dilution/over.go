package dilution

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/circuit"
)

// MeanPoint is how several models do on prompts of one length.
type MeanPoint struct {
	Length int
	// Prompt and Counter are the mean probabilities of the right answer on the two
	// sides, over models of the means over prompts. Their intervals are of a bootstrap
	// that draws models, and for every model prompts; N counts the models.
	Prompt, Counter circuit.Estimate
}

// Over is the mean of the curves of several models, such as those of several seeds,
// at the lengths that all of them have.
func Over(curves [][]Point) ([]MeanPoint, error) {
	if len(curves) == 0 {
		return nil, fmt.Errorf("dilution: a mean over no curves")
	}
	var out []MeanPoint
	for _, p := range curves[0] {
		var at []Point
		for _, c := range curves {
			if i := slices.IndexFunc(c, func(q Point) bool { return q.Length == p.Length }); i >= 0 {
				if len(c[i].Prompt.Right) == 0 || len(c[i].Counter.Right) == 0 {
					return nil, fmt.Errorf("dilution: a point of length %d has no prompts", p.Length)
				}
				at = append(at, c[i])
			}
		}
		if len(at) < len(curves) {
			continue
		}
		var prompt, counter [][]float64
		for _, q := range at {
			prompt, counter = append(prompt, q.Prompt.Right), append(counter, q.Counter.Right)
		}
		out = append(out, MeanPoint{Length: p.Length, Prompt: nested(prompt), Counter: nested(counter)})
	}
	return out, nil
}

// nested is the mean of the means of groups, its interval from a bootstrap over groups
// and within them.
func nested(groups [][]float64) circuit.Estimate {
	e := circuit.Estimate{N: len(groups)}
	for _, g := range groups {
		e.Mean += mean(g) / float64(len(groups))
	}
	rng := rand.New(rand.NewPCG(uint64(len(groups)), 0x6f766572))
	draws := make([]float64, resamples)
	for r := range draws {
		for range groups {
			g := groups[rng.IntN(len(groups))]
			sum := 0.0
			for range g {
				sum += g[rng.IntN(len(g))]
			}
			draws[r] += sum / float64(len(g)) / float64(len(groups))
		}
	}
	e.Lo, e.Hi = circuit.PercentileInterval(draws, e.Mean)
	return e
}
