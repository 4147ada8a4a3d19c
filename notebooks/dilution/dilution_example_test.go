package dilution_test

import (
	"fmt"

	"circuitbook/notebooks/dilution"
)

// Uniform attention over 4 other tokens and n pieces of which each adds a value of 0:
// what arrives of a bracket of value 12 is 12/(n + 5).
func ExampleFitAverage() {
	a, err := dilution.FitAverage([]float64{1, 3, 5}, []float64{2, 1.5, 1.2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f at n = 25, below 0.5 from n = %.0f on\n", a.At(25), a.Passes(0.5, true, 1))
	// Output:
	// 0.40 at n = 25, below 0.5 from n = 19 on
}

func ExampleFailureOf() {
	side := func(p ...float64) dilution.Side { return dilution.Side{Right: p} }
	f, err := dilution.FailureOf([]dilution.Point{
		{Length: 2, Tokens: 20, Prompt: side(0.9, 0.9), Counter: side(0.8, 0.8)},
		{Length: 6, Tokens: 32, Prompt: side(0.7, 0.7), Counter: side(0.4, 0.4)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("side %d fails at %.0f pieces, %.0f tokens\n", f.Side, f.Length, f.Tokens)
	// Output:
	// side 1 fails at 5 pieces, 29 tokens
}
