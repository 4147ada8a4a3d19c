package experiment

import (
	"context"
	"fmt"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/train"
)

// pairsOf are models of several seeds, each with a circuit.
func pairsOf(models int, c func(seed uint64) train.Config, s Config) []Point {
	var list []Point
	for i := range models {
		m := c(uint64(i))
		list = append(list, Point{Name: fmt.Sprintf("model %d", i), Train: m, Examples: 16},
			Point{Name: fmt.Sprintf("circuit %d", i), Train: m, Examples: 16, Task: "single_double_quote", Study: s})
	}
	return list
}

// madeInOrder makes points in one process after the other and returns the rows
// in the order of making.
func madeInOrder(t *testing.T, points []Point, perProcess int) []Row {
	t.Helper()
	runsIn(t)
	known, todo, err := load(points)
	if err != nil {
		t.Fatal(err)
	}
	todo = ordered(todo, known)
	var rows []Row
	w := newWatch(func(artifact.Progress) {}, len(todo), 0, todo)
	o := Options{Processes: 1, Threads: 1, PerProcess: perProcess}
	if err := inProcesses(context.Background(), todo, o, w, func(_ job, r *Row) { rows = append(rows, *r) }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(points) {
		t.Fatalf("%d rows of %d points", len(rows), len(points))
	}
	return rows
}

// TestMemoryStaysFlat: a process takes more with every point, and its successors
// take as much as it did. The first is left out: it compiles what they load.
func TestMemoryStaysFlat(t *testing.T) {
	models, per := 8, 4
	if suitetest.Long {
		models, per = 40, 8
	}
	rows := madeInOrder(t, pairsOf(models, func(seed uint64) train.Config { return small(t, seed) }, guessing(t)), per)
	if rows[0].Peak == 0 {
		t.Skip("this system does not tell how much memory a process takes")
	}
	var peaks []float64 // of a process, in MB
	for i := per - 1; i < len(rows); i += per {
		for j := i - per + 1; j < i; j++ {
			if rows[j].Peak > rows[i].Peak {
				t.Fatalf("points %d and %d were not made in one process", j, i)
			}
		}
		peaks = append(peaks, float64(rows[i].Peak)/(1<<20))
	}
	t.Logf("the first point of the first process: %.0f MB; at the end of each: %.0f", float64(rows[0].Peak)/(1<<20), peaks)
	// What the garbage collector has not got to yet is in a peak, a tenth of it. The
	// long form has enough processes for the means of its halves to agree better.
	rest := peaks[1:]
	before, after := stat.Mean(rest[:len(rest)/2]).Mean, stat.Mean(rest[len(rest)/2:]).Mean
	limit := 1.25
	if len(rest) > 8 {
		limit = 1.1
	}
	if after > limit*before {
		t.Errorf("the later processes took %.0f MB, the earlier ones %.0f", after, before)
	}
	if last := len(rest) - 1; rest[last] > 1.25*rest[0] {
		t.Errorf("the last process took %.0f MB, the second one %.0f", rest[last], rest[0])
	}
}
