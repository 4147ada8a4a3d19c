package draw

import "math"

// Limit is the greatest magnitude of a plot; its inverse is the least on a logarithmic axis. Inside
// it no difference or quotient overflows.
const Limit = 1e100

// Scale maps data to pixels along one axis.
type Scale struct {
	Lo, Hi   float64 // data range
	From, To float64 // pixels
	Log      bool
}

// NewScale maps from lo to hi in data to from and to in pixels.
func NewScale(lo, hi, from, to float64, log bool) Scale { return Scale{lo, hi, from, to, log} }

func (s Scale) At(v float64) float64 {
	if s.Log {
		return s.From + (math.Log(v)-math.Log(s.Lo))/(math.Log(s.Hi)-math.Log(s.Lo))*(s.To-s.From)
	}
	return s.From + (v-s.Lo)/(s.Hi-s.Lo)*(s.To-s.From)
}

func (s Scale) Ticks(n int) []float64 {
	if s.Log {
		return LogTicks(s.Lo, s.Hi, n)
	}
	return Ticks(s.Lo, s.Hi, n)
}

// Span returns a range that holds all values, with pad of its length added at each end, and is
// never empty.
func Span(vals []float64, log bool, pad float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range vals {
		if !math.IsNaN(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if log {
		if hi/lo < 1.001 {
			return lo / 1.3, hi * 1.3
		}
		f := math.Pow(hi/lo, pad)
		return lo / f, hi * f
	}
	if d := hi - lo; d > 1e-9*math.Max(math.Abs(lo), math.Abs(hi)) && d > 1/Limit {
		// Padding must not carry a count or a loss below zero.
		low := lo - pad*d
		if lo >= 0 && low < 0 {
			low = 0
		}
		return low, hi + pad*d
	}
	d := math.Abs(lo) * 0.05
	if d < 1/Limit {
		d = 1
	}
	return lo - d, hi + d
}
