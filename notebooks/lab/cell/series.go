package cell

import (
	"circuitbook/sparsenn/stat"
	"circuitbook/viz/charts"
)

// Point adds an estimate to a series.
func Point(s *charts.Series, at float64, e stat.Estimate) {
	s.X, s.Y, s.Lo, s.Hi = append(s.X, at), append(s.Y, e.Mean), append(s.Lo, e.Lo), append(s.Hi, e.Hi)
}
