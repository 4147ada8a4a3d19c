package experiment

import (
	"math"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestMatchSteps(t *testing.T) {
	runs := []Trained{{4000, 2.0}, {1000, 2.4}, {2000, 2.2}}
	for valid, want := range map[float64]int{2.2: 2000, 2.4: 1000, 2.3: 1414, 2.05: 3364} {
		if got, err := MatchSteps(runs, valid); err != nil || got != want {
			t.Errorf("%v: %d, %v; want %d", valid, got, err, want)
		}
	}
	for want, c := range map[string]struct {
		runs  []Trained
		valid float64
	}{"longer": {runs, 1.9}, "shorter": {runs, 2.5}, "no runs": {nil, 2}, "0 steps": {[]Trained{{0, 2}}, 2.1}, "NaN": {[]Trained{{9, math.NaN()}}, 2.1}} {
		if _, err := MatchSteps(c.runs, c.valid); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestMatchStepsBetween: the answer lies between the runs that enclose the loss.
func TestMatchStepsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.IntRange(1, 5000).Draw(t, "a")
		b := a + rapid.IntRange(1, 5000).Draw(t, "more")
		valid := rapid.Float64Range(2.0001, 2.4999).Draw(t, "valid")
		got, err := MatchSteps([]Trained{{a, 2.5}, {b, 2}}, valid)
		if err != nil || got < a || got > b {
			t.Fatalf("%d of %d to %d, %v", got, a, b, err)
		}
	})
}
