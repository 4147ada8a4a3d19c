package draw

import (
	"math"
	"strings"
)

// ClipColumns shortens visible text to n terminal columns.
func ClipColumns(s string, n int) string {
	if Width(s) <= n {
		return s
	}
	w := 0
	for i, r := range s {
		if w += Width(string(r)); w > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// ClampInt rounds v into [0, n).
func ClampInt(v float64, n int) int { return max(0, min(n-1, int(math.Round(v)))) }

// Sign draws a plus or a minus that reaches r from (x, y).
func Sign(p *Pen, sign int, x, y, r float64) {
	p.Move(x-r, y)
	p.To(x+r, y)
	if sign > 0 {
		p.Move(x, y-r)
		p.To(x, y+r)
	}
}

// Share is how much of a bar is filled, from 0 to 1.
func Share(v, full float64) float64 {
	if !(v > 0 && full > 0) {
		return 0
	}
	return min(v/full, 1)
}

// Bar draws a share as text, in eighths of a column.
func Bar(s float64, width int) string {
	n := int(math.Round(s * float64(width) * 8))
	if s > 0 && n == 0 {
		n = 1 // something is not nothing
	}
	out := strings.Repeat("█", n/8)
	if n%8 > 0 {
		out += string([]rune("▏▎▍▌▋▊▉")[n%8-1])
	}
	return PadRight(out, width)
}
