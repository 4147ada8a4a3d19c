package draw

import (
	"math"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   []float64
	}{
		{0, 1, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{0, 2000, 5, []float64{0, 500, 1000, 1500, 2000}},
		{-1, 1, 4, []float64{-1, -0.5, 0, 0.5, 1}},
		{1.7, 6.3, 5, []float64{2, 3, 4, 5, 6}},
		{0.1, 0.3, 2, []float64{0.1, 0.2, 0.3}},
		{1e6, 3e6, 2, []float64{1e6, 2e6, 3e6}},
	} {
		if d := cmp.Diff(c.want, Ticks(c.lo, c.hi, c.n)); d != "" {
			t.Errorf("ticks(%v, %v, %d) (-want +got):\n%s", c.lo, c.hi, c.n, d)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   []float64
	}{
		{1, 1000, 5, []float64{1, 10, 100, 1000}},
		{15000, 580000, 5, []float64{20000, 50000, 100000, 200000, 500000}},
		{1, 1e12, 4, []float64{1, 1e4, 1e8, 1e12}},
		{1e-3, 1e3, 3, []float64{1e-3, 1, 1e3}},
		{2.1, 2.4, 3, []float64{2.1, 2.2, 2.3, 2.4}},
	} {
		got := LogTicks(c.lo, c.hi, c.n)
		if d := cmp.Diff(c.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(a) })); d != "" {
			t.Errorf("logTicks(%v, %v, %d) (-want +got):\n%s", c.lo, c.hi, c.n, d)
		}
	}
}

// TestTicksProperties: ticks are sorted, distinct, within the range, not too many.
func TestTicksProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exp := rapid.Float64Range(-12, 12).Draw(t, "exponent")
		lo := rapid.Float64Range(-1, 1).Draw(t, "lo") * math.Pow(10, exp)
		width := rapid.Float64Range(1e-6, 10).Draw(t, "width") * math.Pow(10, exp)
		n := rapid.IntRange(1, 12).Draw(t, "n")
		log := rapid.Bool().Draw(t, "log")
		hi := lo + width
		got := Ticks
		if log {
			lo = math.Abs(lo) + math.Pow(10, exp-3)
			hi = lo + width
			got = LogTicks
		}
		ts := got(lo, hi, n)
		if len(ts) < 2 || len(ts) > 2*n+8 {
			t.Fatalf("%d ticks for n = %d in [%v, %v]: %v", len(ts), n, lo, hi, ts)
		}
		if !sort.Float64sAreSorted(ts) {
			t.Fatalf("not ascending: %v", ts)
		}
		for i, v := range ts {
			if v < lo*(1-1e-9)-1e-12*width && v < lo || v > hi+1e-9*math.Abs(hi) {
				t.Fatalf("%v is not within [%v, %v]", v, lo, hi)
			}
			if i > 0 && v == ts[i-1] {
				t.Fatalf("%v twice", v)
			}
		}
		if ls := TickLabels(ts, log); len(ls) != len(ts) {
			t.Fatalf("%d labels for %d ticks", len(ls), len(ts))
		}
	})
}

func TestTickLabels(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		log  bool
		want []string
	}{
		{[]float64{0, 0.5, 1}, false, []string{"0", "0.5", "1.0"}},
		{[]float64{0, 50000, 100000}, false, []string{"0", "50k", "100k"}},
		{[]float64{0, 2500000, 5000000}, false, []string{"0", "2.5M", "5M"}},
		{[]float64{100, 1000, 10000, 1e6}, true, []string{"100", "1,000", "10k", "1M"}},
		{[]float64{0.001, 0.01, 0.1}, true, []string{"0.001", "0.010", "0.100"}},
		{[]float64{-1, 0, 1}, false, []string{"-1", "0", "1"}},
	} {
		if d := cmp.Diff(c.want, TickLabels(c.in, c.log)); d != "" {
			t.Errorf("tickLabels(%v) (-want +got):\n%s", c.in, d)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", -1: "-1", 1234567: "1,234,567", 999: "999", 1000: "1,000", 0.1: "0.1", 2.0 / 3: "0.6667", 123.456: "123.5",
		12345.6: "12,346", 1e9: "1e+09", 1e-5: "1e-05", 0.00012345: "0.0001234", math.Inf(1): "∞", math.Inf(-1): "−∞", -0.25: "-0.25", -12345: "-12,345", 1e15: "1e+15",
	} {
		if got := Number(v); got != want {
			t.Errorf("Number(%v) = %q, want %q", v, got, want)
		}
	}
	if got := Number(math.NaN()); got != "–" {
		t.Errorf("Number(NaN) = %q", got)
	}
	for v, want := range map[float64]string{2.6: "2.60", 0.125: "0.125", 15321: "15,321", 12.345: "12.3", 123.45: "123", 1234.5: "1,235", 0.0416: "0.0416", 3: "3", 1e-7: "1e-07"} {
		if got := Number3(v); got != want {
			t.Errorf("Number3(%v) = %q, want %q", v, got, want)
		}
	}
}
