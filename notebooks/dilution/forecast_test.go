package dilution

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"circuitbook/sparsenn/task"
)

// TestForetell: what is foretold is written down whole, read as it was, and keeps its hash;
// where there is no threshold nothing fails.
func TestForetell(t *testing.T) {
	run := untrained(t)
	p, err := Select(run.Tokenizer, Numbers(), []int{2, 3, 4}, Options{N: 2, Context: run.Config.Model.Context})
	if err != nil {
		t.Fatal(err)
	}
	f, x, err := ForecastOf(3, nil, Depth{}, map[string]task.Predictor{"dense": run.Model}, p)
	if err != nil {
		t.Fatal(err)
	}
	if f.OK || f.Seed != 3 || f.Filler != "numbers" || x.Failure.Within() {
		t.Errorf("%+v, %+v", f, x)
	}
	if got, err := f.Failure(ByCircuit); err != nil || !reflect.DeepEqual(got, never()) {
		t.Errorf("%+v, %v", got, err)
	}
	want, err := predictMargin(run.Model, p)
	if err != nil {
		want.Failure = never()
	}
	want.Failure.AtOnce = false // is not written down
	if got, err := f.Failure("dense"); err != nil || !reflect.DeepEqual(got, want.Failure) {
		t.Errorf("%+v, want %+v, %v", got, want.Failure, err)
	}
	if _, err := f.Failure("sparse"); err == nil {
		t.Error("reads what was never foretold")
	}
	before, err := HashOf([]Forecast{f})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Forecast
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if after, err := HashOf([]Forecast{back}); err != nil || after != before {
		t.Errorf("%s before, %s after, %v", before, after, err)
	}
	back.By[ByCircuit] = [4]string{"7", "20", "6", "9"}
	if after, _ := HashOf([]Forecast{back}); after == before {
		t.Error("a changed forecast has the same hash")
	}
}

// TestSidesAndRanks: controls and what was not foretold are left out, and leads are ranked each
// by its own model.
func TestSidesAndRanks(t *testing.T) {
	inf := math.Inf(1)
	var foretold []Forecast
	var list []Measured
	for s := range uint64(4) {
		f := Forecast{Seed: s, Filler: "numbers", By: map[string][4]string{}, Side: map[string]int{}}
		f.write(ByCircuit, Failure{Length: float64(s), Tokens: float64(10 * s), Side: int(s % 2)})
		f.write("sparse", Failure{Length: float64(9 - s), Tokens: float64(90 - s), Side: 0})
		f.write("dense", Failure{Length: float64(s), Tokens: float64(s), Side: 0})
		foretold = append(foretold, f)
		at := float64(100 + s)
		if s == 3 {
			at = inf
		}
		list = append(list, Measured{Seed: s, In: "sparse", Filler: "numbers", Failure: Failure{Length: at, Tokens: at, Side: 0}},
			Measured{Seed: s, In: "dense", Filler: "numbers", Failure: Failure{Length: at, Tokens: at, Side: 0}},
			Measured{Seed: s, In: "sparse", Filler: "lines", Failure: Failure{Length: 1, Tokens: 1}})
	}
	foretold[0].write(ByCircuit, Failure{Side: -1})
	n, err := Sides("sparse", foretold, list, []Filler{Numbers()})
	if err != nil || n != (SideCount{Cases: 2, Right: 1, First: 2}) {
		t.Errorf("%+v, %v", n, err)
	}
	for by, want := range map[string]float64{ByCircuit: 1, "sparse": -1} {
		cases, err := Cases(by, "sparse", foretold, list, []Filler{Numbers()})
		if err != nil || len(cases) != 4 {
			t.Fatalf("%v, %v", cases, err)
		}
		r := Ranked(cases)
		if r.Cases != 4 || r.Failed != 3 || math.Abs(r.Within.R-want) > 1e-9 || math.Abs(r.Pooled.R-want) > 1e-9 {
			t.Errorf("by %s: %+v", by, r)
		}
	}
	sparse, err := Cases("sparse", "sparse", foretold, list, []Filler{Numbers()})
	if err != nil {
		t.Fatal(err)
	}
	dense, err := Cases("dense", "dense", foretold, list, []Filler{Numbers()})
	if err != nil {
		t.Fatal(err)
	}
	if r := Ranked(append(sparse, dense...)); r.Cases != 8 || math.IsNaN(r.Within.R) {
		t.Errorf("both leads: %+v", r)
	}
	if r := Ranked(nil); !math.IsNaN(r.Within.R) || r.Cases != 0 {
		t.Errorf("%+v", r)
	}
}

func TestFillersOf(t *testing.T) {
	for base, n := range map[string]int{"bracket_counting": 4, "single_double_quote": 2} {
		list, err := FillersOf(base)
		if err != nil || len(list) != n || !list[n-1].Control || list[0].Control || list[0].Sides[0] == "" {
			t.Errorf("%s: %v, %v", base, list, err)
		}
	}
	if _, err := FillersOf("set_or_string"); err == nil {
		t.Error("a task without fillers has some")
	}
}
