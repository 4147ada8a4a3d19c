package topk

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestCheckBudget(t *testing.T) {
	for _, c := range []struct {
		dims  []int
		k     int
		floor NeuronFloor
		wrong string // part of the error, "" for none
	}{
		{[]int{4, 8}, 0, NeuronFloor{}, ""},
		{[]int{4, 8}, 32, NeuronFloor{}, ""},
		{[]int{4, 8}, 33, NeuronFloor{}, "k=33 is not within 0 and the 32 entries"},
		{[]int{4, 8}, -1, NeuronFloor{}, "k=-1"},
		{[]int{4, -8}, 1, NeuronFloor{}, "-8 is negative"},
		{[]int{4, 8}, 8, NeuronFloor{J: 2, Axis: Rows}, ""},
		{[]int{4, 8}, 7, NeuronFloor{J: 2, Axis: Rows}, "smallest possible density is 0.25"},
		{[]int{4, 8}, 16, NeuronFloor{J: 2, Axis: Columns}, ""},
		{[]int{4, 8}, 15, NeuronFloor{J: 2, Axis: Columns}, "2 per column needs 16 nonzeros"},
		{[]int{4, 8}, 32, NeuronFloor{J: 9, Axis: Rows}, ""}, // a row has only 8
		{[]int{4, 8}, 8, NeuronFloor{J: -1}, "negative"},
		{[]int{32}, 8, NeuronFloor{J: 1}, "needs a matrix"},
		{[]int{32}, 8, NeuronFloor{}, ""},
		{[]int{}, 1, NeuronFloor{}, ""},
		{[]int{0, 4}, 0, NeuronFloor{J: 2, Axis: Rows}, ""},
	} {
		err := CheckBudget(c.dims, c.k, c.floor)
		switch {
		case c.wrong == "" && err != nil:
			t.Errorf("%v k=%d %+v: %v", c.dims, c.k, c.floor, err)
		case c.wrong != "" && err == nil:
			t.Errorf("%v k=%d %+v: no error, want one with %q", c.dims, c.k, c.floor, c.wrong)
		case c.wrong != "" && !strings.Contains(err.Error(), c.wrong):
			t.Errorf("%v k=%d %+v: %v, want %q", c.dims, c.k, c.floor, err, c.wrong)
		}
	}
}

// 0.7·90 is 62.99… in floating point: the density that is named is the next one.
func TestDensityThatRoundsDown(t *testing.T) {
	for _, c := range []struct {
		k, n int
		want string
	}{{63, 90, "0.7001"}, {45, 90, "0.5"}, {90, 90, "1"}, {0, 90, "0"}, {1, 3, "0.3334"}} {
		if got := density(c.k, c.n); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.k, c.n, got, c.want)
		}
	}
}

// The density that an error names, used as a user would, fits.
func TestCheckBudgetNamesWhatFits(t *testing.T) {
	named := regexp.MustCompile(`smallest possible density is ([0-9.e-]+); raise it, or lower the floor to (\d+)`)
	rapid.Check(t, func(t *rapid.T) {
		dims := []int{rapid.IntRange(1, 3000).Draw(t, "rows"), rapid.IntRange(1, 3000).Draw(t, "cols")}
		floor := NeuronFloor{J: rapid.IntRange(1, 9).Draw(t, "j"), Axis: rapid.SampledFrom([]Axis{Rows, Columns}).Draw(t, "axis")}
		neurons, each := floor.neurons(dims)
		k := rapid.IntRange(0, neurons*each-1).Draw(t, "k")
		err := CheckBudget(dims, k, floor)
		if err == nil {
			t.Fatalf("%v: k=%d below the floor %+v is accepted", dims, k, floor)
		}
		m := named.FindStringSubmatch(err.Error())
		if m == nil {
			t.Fatalf("no density in %q", err)
		}
		density, parseErr := strconv.ParseFloat(m[1], 64)
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		if again := int(density * float64(dims[0]*dims[1])); CheckBudget(dims, min(again, dims[0]*dims[1]), floor) != nil {
			t.Fatalf("density %v gives k=%d, which does not fit: %v", density, again, err)
		}
		lower := floor
		lower.J, _ = strconv.Atoi(m[2])
		if err := CheckBudget(dims, k, lower); err != nil {
			t.Fatalf("the lower floor does not fit: %v", err)
		}
	})
}
