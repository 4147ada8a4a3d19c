package dilution

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
)

// Measured is what a seed's model does with a filler, to be held against a Forecast.
type Measured struct {
	Seed   uint64
	In     string // ByCircuit, or the name of a model
	Filler string
	Curve  []Point
	Failure
	Limit int // the longest length that was measured
}

// Measure measures a model on prompts of the report split.
func Measure(seed uint64, in string, m task.Predictor, p Prompts) (Measured, error) {
	curve, err := Curve(m, p)
	if err != nil {
		return Measured{}, err
	}
	return measured(seed, in, curve, p)
}

// MeasureCircuit is Measure of a circuit alone, with what its depth was on either side,
// [length].
func MeasureCircuit(seed uint64, m model.Recorder, d Depth, p Prompts) (x Measured, prompt, counter []Seen, err error) {
	if prompt, counter, err = d.Read(m, p); err != nil {
		return x, nil, nil, err
	}
	x, err = measured(seed, ByCircuit, curveFrom(p, prompt, counter), p)
	return x, prompt, counter, err
}

func measured(seed uint64, in string, curve []Point, p Prompts) (Measured, error) {
	f, err := FailureOf(curve)
	return Measured{seed, in, p.Filler.Name, curve, f, p.Limit}, err
}

// forecastOf finds what is foretold of a measurement; ok is false where nothing is.
func forecastOf(list []Forecast, x Measured) (f Forecast, ok bool) {
	i := slices.IndexFunc(list, func(f Forecast) bool { return f.Seed == x.Seed && f.Filler == x.Filler })
	if i < 0 {
		return f, false
	}
	return list[i], true
}

// SideCount counts the cases that fail within the context and for which the circuit foretold
// a side: those in which it is that side, and those in which it is the first one.
type SideCount struct{ Cases, Right, First int }

// Sides counts on which side a kind of model, named as in Measured.In, fails. The fillers are
// those to be counted.
func Sides(in string, foretold []Forecast, list []Measured, fillers []Filler) (n SideCount, err error) {
	for _, x := range list {
		f, ok := forecastOf(foretold, x)
		if x.In != in || !ok || !x.Within() || !slices.ContainsFunc(fillers, func(f Filler) bool { return f.Name == x.Filler }) {
			continue
		}
		by, err := f.Failure(ByCircuit)
		if err != nil {
			return n, err
		}
		if by.Side < 0 {
			continue
		}
		n.Cases++
		if x.Side == by.Side {
			n.Right++
		}
		if x.Side == 0 {
			n.First++
		}
	}
	return n, nil
}

// Cases pairs what is foretold with what was measured in a kind of model, in tokens of the
// prompt: by ByCircuit, or by a model's own lead. A seed's models of one filler share what its
// circuit foretells of them; a lead is each model's own.
func Cases(by, in string, foretold []Forecast, list []Measured, fillers []Filler) (out []stat.Case, err error) {
	for _, x := range list {
		f, ok := forecastOf(foretold, x)
		if x.In != in || !ok || !slices.ContainsFunc(fillers, func(f Filler) bool { return f.Name == x.Filler }) {
			continue
		}
		p, err := f.Failure(by)
		if err != nil {
			return nil, err
		}
		group := fmt.Sprint(x.Seed, x.Filler)
		if by != ByCircuit {
			group = by + group
		}
		out = append(out, stat.Case{X: p.Tokens, Y: x.Tokens, Group: group, Stratum: x.Filler})
	}
	return out, nil
}

// Ranking is how what is foretold ranks what was measured: within the fillers, and with all
// of them together.
type Ranking struct {
	Cases, Failed  int // how many there are, and how many of them fail within the context
	Within, Pooled stat.Correlation
}

// Ranked ranks cases. The R of either is NaN where one of the two does not vary, or there are
// too few cases.
func Ranked(cases []stat.Case) Ranking {
	r := Ranking{Cases: len(cases)}
	pooled := slices.Clone(cases)
	for i, c := range cases {
		if !math.IsInf(c.Y, 1) {
			r.Failed++
		}
		pooled[i].Stratum = ""
	}
	rank := func(list []stat.Case) stat.Correlation {
		x, err := stat.Spearman(list)
		if err != nil {
			x.R = math.NaN()
		}
		return x
	}
	r.Within, r.Pooled = rank(cases), rank(pooled)
	return r
}
