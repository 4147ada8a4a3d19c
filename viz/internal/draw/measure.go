package draw

import "strings"

// advance holds the widths of the printable ASCII characters of Helvetica, in thousandths of the
// font size. A viewer may pick another sans serif; textWidth adds room for a wider one.
var advance = [95]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// slack covers the difference between Helvetica and the wider fonts that stand in for it.
const slack = 1.13

// TextWidth estimates, on the wide side, the width in pixels of s at a font size in pixels.
func TextWidth(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		sum += runeWidth(r)
	}
	return sum * size
}

// runeWidth is the width of a character at font size 1.
func runeWidth(r rune) float64 {
	switch {
	case r >= 32 && r < 127:
		return float64(advance[r-32]) / 1000 * slack
	case r < 0x1100:
		return 0.62 * slack
	}
	return slack
}

// Clip makes s visible and shortens it with an ellipsis until it fits into width pixels.
func Clip(s string, size, width float64) string {
	s = Visible(s)
	if TextWidth(s, size) <= width {
		return s
	}
	sum := runeWidth('…') * size
	for i, r := range s {
		if sum += runeWidth(r) * size; sum > width {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// Width counts the terminal columns of s: two for wide characters, one for the rest.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
			r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
			r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd) {
			n++
		}
	}
	return n
}

// PadRight and padLeft fill s with spaces to n terminal columns.
func PadRight(s string, n int) string { return s + strings.Repeat(" ", max(0, n-Width(s))) }
func PadLeft(s string, n int) string  { return strings.Repeat(" ", max(0, n-Width(s))) + s }

// Wrap breaks s at spaces into lines of at most n terminal columns; a longer word stays whole.
func Wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		switch {
		case line == "":
			line = w
		case Width(line)+1+Width(w) > n:
			lines = append(lines, line)
			line = w
		default:
			line += " " + w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
