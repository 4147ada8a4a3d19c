package draw

import (
	"math"
	"strconv"
	"strings"
)

// Ticks returns between 2 and about n+2 round positions that lie within [lo, hi]: multiples of
// 1, 2 or 5 times a power of ten. lo < hi, both finite.
func Ticks(lo, hi float64, n int) []float64 {
	for n = max(n, 1); ; n++ {
		step := niceStep((hi - lo) / float64(n))
		// Indices, not sums: the tenth tick is exactly ten steps.
		first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
		if last-first >= 1 || n > 64 {
			out := make([]float64, 0, int(last-first)+1)
			for i := first; i <= last; i++ {
				v := clean(i*step, step)
				if v >= lo && v <= hi {
					out = append(out, v)
				}
			}
			if len(out) >= 2 || n > 64 {
				return out
			}
		}
	}
}

// niceStep rounds a positive step up to 1, 2 or 5 times a power of ten.
func niceStep(raw float64) float64 {
	exp := math.Floor(math.Log10(raw))
	base := math.Pow(10, exp)
	for _, m := range [...]float64{1, 2, 5} {
		if raw <= m*base*(1+1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// clean rounds v to the decimals that step has, so that 3*0.1 prints as 0.3.
func clean(v, step float64) float64 {
	d := int(math.Max(0, -math.Floor(math.Log10(step))+1))
	if d > 300 || math.Abs(v) > 1e15 {
		return v
	}
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', d, 64), 64)
	if err != nil {
		return v
	}
	return f + 0 // -0 becomes 0
}

// LogTicks returns powers of ten within [lo, hi] (thinned to about n), with 2 and 5 times them
// where there are fewer than three; a span of less than a decade gets linear ticks. 0 < lo < hi.
func LogTicks(lo, hi float64, n int) []float64 {
	if hi < 10*lo {
		return Ticks(lo, hi, n)
	}
	a, b := int(math.Ceil(math.Log10(lo)-1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	every := 1
	for (b-a)/every+1 > max(n, 2) {
		every++
	}
	var out []float64
	if b-a+1 >= 3 {
		// Start at an exponent that every divides, so that 1 is a tick, unless that leaves only one.
		first := a + ((-a)%every+every)%every
		if first+every > b {
			first = a
		}
		for e := first; e <= b; e += every {
			out = append(out, math.Pow(10, float64(e)))
		}
		return out
	}
	for e := a - 1; e <= b; e++ {
		for _, m := range [...]float64{1, 2, 5} {
			v := m * math.Pow(10, float64(e))
			if v >= lo*(1-1e-12) && v <= hi*(1+1e-12) {
				out = append(out, v)
			}
		}
	}
	if len(out) >= 2 {
		return out
	}
	return Ticks(lo, hi, n)
}

// Number formats v for a reader: thousands grouped, at most four significant digits below 10000,
// an exponent only beyond 10^9 and below 10^-4.
func Number(v float64) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "–"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	case v == 0:
		return "0"
	case a >= 1e9 || a < 1e-4:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case a >= 10000 || v == math.Trunc(v):
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	}
	d := 3 - int(math.Floor(math.Log10(a)))
	s := strconv.FormatFloat(v, 'f', d, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	return group(s)
}

// Number3 formats v with three significant digits, trailing zeros kept so that a column of losses
// lines up; whole numbers and the rest are as [Number] has them.
func Number3(v float64) string {
	a := math.Abs(v)
	if v == math.Trunc(v) || math.IsNaN(v) || a >= 1000 || a < 1e-4 {
		return Number(Sig3(v))
	}
	return strconv.FormatFloat(v, 'f', 2-int(math.Floor(math.Log10(a))), 64)
}

// Sig3 rounds fractions to three significant digits; whole numbers stay exact.
func Sig3(v float64) float64 {
	if v == math.Trunc(v) || math.IsNaN(v) {
		return v
	}
	if math.Abs(v) >= 1000 {
		return math.Round(v)
	}
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return f
}

// group puts a comma between each three digits before the decimal point.
func group(s string) string {
	sign, rest := "", s
	if strings.HasPrefix(s, "-") {
		sign, rest = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(rest, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if frac != "" {
		whole += "." + frac
	}
	return sign + whole
}

// TickLabels formats ticks alike: the same decimals for all, k and M for thousands and millions.
func TickLabels(ts []float64, log bool) []string {
	out := make([]string, len(ts))
	top := 0.0
	for _, t := range ts {
		top = math.Max(top, math.Abs(t))
	}
	for i, t := range ts {
		switch a := math.Abs(t); {
		case t == 0:
			out[i] = "0"
		case log && a >= 1e6, !log && top >= 2e6 && top < 1e12:
			out[i] = short(t/1e6) + "M"
		case log && a >= 1e4, !log && top >= 2e4 && top < 2e6:
			out[i] = short(t/1e3) + "k"
		default:
			out[i] = Number(t)
		}
		if strings.Contains(out[i], "e") && strings.HasSuffix(out[i], "M") {
			out[i] = Number(t)
		}
	}
	return alignDecimals(out)
}

func short(v float64) string { return strconv.FormatFloat(clean(v, 1e-6), 'g', 6, 64) }

// alignDecimals pads fractions with zeros to the longest one, if all labels are plain decimals.
func alignDecimals(labels []string) []string {
	most := 0
	for _, l := range labels {
		if strings.ContainsAny(l, "ekM–∞") {
			return labels
		}
		if _, f, ok := strings.Cut(l, "."); ok {
			most = max(most, len(f))
		}
	}
	if most == 0 {
		return labels
	}
	for i, l := range labels {
		_, f, ok := strings.Cut(l, ".")
		if l == "0" {
			continue
		}
		if !ok {
			l += "."
		}
		labels[i] = l + strings.Repeat("0", most-len(f))
	}
	return labels
}
