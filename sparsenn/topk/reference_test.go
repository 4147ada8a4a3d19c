package topk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// ahead is the order of the package in another way than takeLargest's: is entry i
// taken before entry j?
func ahead(x []float32, i, j int) bool {
	a, b := magnitudeBits(x[i]), magnitudeBits(x[j])
	return a > b || a == b && i < j
}

func TestSelectVectorByRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "n")
		x := sample(rapid.SampledFrom(finiteKinds).Draw(t, "kind"), rapid.Uint64().Draw(t, "seed"), n)
		k := rapid.IntRange(0, n+2).Draw(t, "k")
		got := SelectVector(x, k)
		for i := range x {
			rank := 0
			for j := range x {
				if ahead(x, j, i) {
					rank++
				}
			}
			if got[i] != (rank < k) {
				t.Fatalf("entry %d of %v has rank %d: kept %v with k=%d", i, x, rank, got[i], k)
			}
		}
		if !slices.Equal(got, Select(x, k)) {
			t.Fatalf("finite weights %v: Select(%d) differs from SelectVector", x, k)
		}
	})
}

func TestSelectVectorNonFiniteFirst(t *testing.T) {
	x := []float32{3, nan, -7, -inf, inf, nan}
	for k, want := range [][]bool{
		{false, false, false, false, false, false},
		{false, true, false, false, false, false},
		{false, true, false, true, false, false},
		{false, true, false, true, true, false},
		{false, true, false, true, true, true},
		{false, true, true, true, true, true},
		{true, true, true, true, true, true},
	} {
		if got := SelectVector(x, k); !slices.Equal(got, want) {
			t.Errorf("k=%d: %v, want %v", k, got, want)
		}
	}
}

func TestSelectNeverTakesNonFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 8).Draw(t, "rows"), rapid.IntRange(1, 8).Draw(t, "cols")
		w := sample("broken", rapid.Uint64().Draw(t, "seed"), rows*cols)
		k := rapid.IntRange(0, len(w)).Draw(t, "k")
		floor := NeuronFloor{J: rapid.IntRange(0, 3).Draw(t, "j"), Axis: rapid.SampledFrom([]Axis{Rows, Columns}).Draw(t, "axis")}
		finite := int32(0)
		got := SelectMatrix(w, rows, cols, k, floor)
		for i, v := range w {
			if magnitudeBits(v) < nonFinite {
				finite++
			} else if got[i] {
				t.Fatalf("weight %v is selected", v)
			}
		}
		if n := count(got); n != min(int32(k), finite) {
			t.Fatalf("%d of %d finite weights selected with k=%d", n, finite, k)
		}
	})
}

// A floor keeps the promise it is for, and costs nothing where it does not bind.
func TestSelectMatrixFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 9).Draw(t, "cols")
		axis := rapid.SampledFrom([]Axis{Rows, Columns}).Draw(t, "axis")
		floor := NeuronFloor{J: rapid.IntRange(0, 4).Draw(t, "j"), Axis: axis}
		neurons, each := floor.neurons([]int{rows, cols})
		k := rapid.IntRange(neurons*each, rows*cols).Draw(t, "k")
		w := sample(rapid.SampledFrom(finiteKinds).Draw(t, "kind"), rapid.Uint64().Draw(t, "seed"), rows*cols)
		got := SelectMatrix(w, rows, cols, k, floor)
		if n := count(got); n != int32(k) {
			t.Fatalf("%d selected, want %d", n, k)
		}
		per := make([]int, max(rows, cols))
		for i, kept := range got {
			if neuron := []int{i / cols, i % cols}[axis]; kept {
				per[neuron]++
			}
		}
		for n := range neurons {
			if per[n] < each {
				t.Fatalf("%s %d has %d entries, floor %d: %v of %v", axis, n, per[n], each, got, w)
			}
		}
		plain := Select(w, k)
		binds := false
		for n := range neurons {
			have := 0
			for i, kept := range plain {
				if kept && []int{i / cols, i % cols}[axis] == n {
					have++
				}
			}
			binds = binds || have < each
		}
		// Whatever a floor does not protect is as without it.
		if !binds && !slices.Equal(got, plain) && !slices.ContainsFunc(w, func(x float32) bool {
			return countEqual(w, x) > 1
		}) {
			t.Fatalf("the floor does not bind but changes %v into %v", plain, got)
		}
	})
}

func countEqual(w []float32, x float32) int {
	n := 0
	for _, v := range w {
		if magnitudeBits(v) == magnitudeBits(x) {
			n++
		}
	}
	return n
}
