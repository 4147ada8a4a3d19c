package cell

import (
	"fmt"
	"html"
	"math"

	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// An Estimate is a mean with its 95 % interval, and what it is of.
type Estimate struct {
	stat.Estimate
	Of   string // what was measured, for a reader
	Unit string
}

// String is like "loss 0.094 (0.066 to 0.128) nats per example, n = 256".
func (e Estimate) String() string {
	return fmt.Sprintf("%s %s %s, n = %d", e.Of, Interval(e.Estimate), e.Unit, e.N)
}

// Bundle is the estimate on a line.
func (e Estimate) Bundle() (viz.Bundle, error) {
	return viz.Bundle{Text: e.String() + "\n", HTML: "<div>" + html.EscapeString(e.String()) + "</div>\n"}, nil
}

// Claims is the estimate under the name of the claim alone.
func (e Estimate) Claims() []book.Stated { return []book.Stated{ClaimOf("", e.Estimate)} }

// Interval is an estimate with its interval, to three decimals.
func Interval(e stat.Estimate) string {
	return fmt.Sprintf("%.3f (%.3f to %.3f)", e.Mean, e.Lo, e.Hi)
}

// Whole is seconds without their fraction.
func Whole(seconds float64) float64 { return math.Round(seconds) }
