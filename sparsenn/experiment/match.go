package experiment

import (
	"fmt"
	"math"
	"slices"
)

// Trained is a training run of some length and its validation loss, in nats per
// token.
type Trained struct {
	Steps int
	Valid float64
}

// MatchSteps says after how many steps of training models of one config, which
// differ in their number of steps alone, would have a validation loss: by the line
// in log steps between the two runs whose losses enclose it. Learning rates decay to
// the end of a run, so that it takes a run of its own to see. A loss outside of those
// of the runs is an error that says which longer or shorter run is wanted.
func MatchSteps(runs []Trained, valid float64) (int, error) {
	sorted := slices.Clone(runs)
	slices.SortFunc(sorted, func(a, b Trained) int { return a.Steps - b.Steps })
	for i, r := range sorted {
		if r.Steps < 1 || math.IsNaN(r.Valid) {
			return 0, fmt.Errorf("matching steps: a run of %d steps with a loss of %v", r.Steps, r.Valid)
		}
		if r.Valid == valid {
			return r.Steps, nil
		}
		if i == 0 {
			continue
		}
		a := sorted[i-1]
		if (a.Valid-valid)*(r.Valid-valid) < 0 {
			x := (valid - a.Valid) / (r.Valid - a.Valid)
			return int(math.Round(math.Exp((1-x)*math.Log(float64(a.Steps)) + x*math.Log(float64(r.Steps))))), nil
		}
	}
	if len(sorted) == 0 {
		return 0, fmt.Errorf("matching steps: no runs given")
	}
	first, last := sorted[0], sorted[len(sorted)-1]
	if last.Valid > valid {
		return 0, fmt.Errorf("matching steps: the longest run, of %d steps, has a loss of %.4f, above %.4f; add a longer one", last.Steps, last.Valid, valid)
	}
	return 0, fmt.Errorf("matching steps: the shortest run, of %d steps, has a loss of %.4f, below %.4f; add a shorter one", first.Steps, first.Valid, valid)
}
