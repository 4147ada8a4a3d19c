package dilution

import (
	"circuitbook/sparsenn/stat"
	"fmt"
	"slices"
)

// MeanPoint is how several models do on prompts of one length.
type MeanPoint struct {
	Length int
	// Prompt and Counter are the mean probabilities of the right answer on the two
	// sides, over models of the means over prompts. Their intervals are of a bootstrap
	// that draws models, and for every model prompts; N counts the models.
	Prompt, Counter stat.Estimate
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
		out = append(out, MeanPoint{Length: p.Length, Prompt: stat.Nested(prompt), Counter: stat.Nested(counter)})
	}
	return out, nil
}
