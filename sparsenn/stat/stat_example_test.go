package stat_test

import (
	"fmt"
	"log"
	"math"

	"circuitbook/sparsenn/stat"
)

func ExampleMean() {
	e := stat.Mean([]float64{0.1, 0.3, 0.2, 0.2})
	fmt.Printf("%.2f (%.3f to %.3f), n = %d\n", e.Mean, e.Lo, e.Hi, e.N)
	// Output: 0.20 (0.125 to 0.275), n = 4
}

func ExampleGeometricRatio() {
	e, err := stat.GeometricRatio([]stat.Pair{{Task: "quotes", A: 400, B: 25}, {Task: "brackets", A: 900, B: 9}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f times over %d tasks\n", e.Mean, e.N)
	// Output: 40 times over 2 tasks
}

func ExampleSpearman() {
	var cases []stat.Case
	for i, x := range [][2]float64{{7, 7.3}, {7.6, 11.8}, {8.2, 8.7}, {9.8, 15.3}, {12.3, math.Inf(1)}} {
		cases = append(cases, stat.Case{X: x[0], Y: x[1], Group: fmt.Sprint(i)})
	}
	r, err := stat.Spearman(cases)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("rank correlation %.1f over %d cases\n", r.R, r.N)
	// Output:
	// rank correlation 0.9 over 5 cases
}
