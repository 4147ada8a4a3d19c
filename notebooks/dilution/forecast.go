package dilution

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// ByCircuit is the name under which a Forecast has what a circuit foretells.
const ByCircuit = "circuit"

// A Forecast is what is foretold of a seed's models on a filler, as it is written down before
// anything longer is run. Its numbers are text, so that what is written is what is read: a
// length may be infinite.
type Forecast struct {
	Seed   uint64
	Filler string
	// OK says that the circuit has a threshold; where it has none it foretells no failure.
	OK        bool
	Threshold string
	// By is ByCircuit, or the name of a model whose own lead it is: length, tokens, from, to.
	By   map[string][4]string
	Side map[string]int // that fails, by the same names: see Failure
}

// never is the failure that does not come.
func never() Failure {
	inf := math.Inf(1)
	return Failure{Length: inf, Tokens: inf, Lo: inf, Hi: inf, Side: -1}
}

// ForecastOf predicts at which length models fail from short prompts of the select split: what
// a circuit says, read at its depth, and by PredictMargin what the models named in leads say
// themselves. Where there is no threshold no failure is foretold, and OK is false if it is the
// circuit's; a depth without nodes is a circuit that says nothing.
func ForecastOf(seed uint64, alone model.Recorder, d Depth, leads map[string]task.Predictor, p Prompts) (Forecast, Prediction, error) {
	f := Forecast{Seed: seed, Filler: p.Filler.Name, By: map[string][4]string{}, Side: map[string]int{}}
	out := Prediction{Failure: never()}
	for name, m := range leads {
		x, err := predictMargin(m, p)
		if errors.Is(err, errNoThreshold) {
			x.Failure, err = never(), nil
		}
		if err != nil {
			return f, out, err
		}
		f.write(name, x.Failure)
	}
	if len(d.Nodes) > 0 {
		x, err := Predict(alone, d, p)
		if err != nil && !errors.Is(err, errNoThreshold) {
			return f, out, err
		}
		if err == nil {
			out, f.OK = x, true
		}
	}
	f.Threshold = text(out.Threshold)
	f.write(ByCircuit, out.Failure)
	return f, out, nil
}

func text(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func (f *Forecast) write(by string, x Failure) {
	f.By[by], f.Side[by] = [4]string{text(x.Length), text(x.Tokens), text(x.Lo), text(x.Hi)}, x.Side
}

// Failure reads the failure that is foretold by ByCircuit or by a model's own lead. One that
// was not written down is an error.
func (f Forecast) Failure(by string) (x Failure, err error) {
	v, ok := f.By[by]
	if !ok {
		return x, fmt.Errorf("seed %d, %s: nothing is foretold by %q", f.Seed, f.Filler, by)
	}
	x.Side = f.Side[by]
	for i, n := range []*float64{&x.Length, &x.Tokens, &x.Lo, &x.Hi} {
		if *n, err = strconv.ParseFloat(v[i], 64); err != nil {
			return x, fmt.Errorf("seed %d, %s, by %s: %w", f.Seed, f.Filler, by, err)
		}
	}
	return x, nil
}

// HashOf is the hash of forecasts as they are written down: equal before and after measuring
// where nothing was changed in between.
func HashOf(list []Forecast) (string, error) { return artifact.Hash(list) }
