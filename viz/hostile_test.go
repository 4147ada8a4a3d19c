package viz_test

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"circuitbook/viz"
	"circuitbook/viz/charts"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/tokenview"
)

// hostile are strings that have broken figures elsewhere, or could.
var hostile = []string{
	"", " ", "plain", "</svg><script>alert(1)</script>", "]]>", "<![CDATA[", "<!--", "-->", "<?xml?>", "&amp;&lt;&#0;&#x1F;", `"><img src=x onerror=alert(1)>`,
	"'single' \"double\"", "\x00", "a\x00b", "\x01\x1f\x7f\u0085", "\xff\xfe", "\xed\xa0\x80\xed\xb0\x80", "\xc0\xaf", "\u202eright to left", "\u2066x\u2069", "\ufeff", "\ufffe\uffff", "\U0001fffe",
	"שלום", "日本語", "👩‍👩‍👧‍👦", "e\u0301", "\u200b\u200d", "\u2028\u2029", "line\nbreak\r\n\ttab", "url(http://example.org/x)", "javascript:alert(1)", "${x}{{y}}%s%d%!", "·⏎→␣",
	strings.Repeat("long ", 400), strings.Repeat("無", 300), "\U000e0041", "</style></title></desc>", "</pre></td></table></figure>", "data:text/html,x",
}

// withString puts one string wherever a figure takes one.
func withString(s string) map[string]viz.Figure {
	n := viz.Note{Title: s, Caption: s, Provenance: s}
	figs := map[string]viz.Figure{
		"plot": charts.Plot{Note: n, X: charts.Axis{Label: s}, Panels: []charts.Panel{{Y: charts.Axis{Label: s}, Refs: []charts.Ref{{Name: s, Y: 1}}, Series: []charts.Series{
			{Name: s, X: []float64{1, 2}, Y: []float64{1, 2}}, {Name: s + "2", X: []float64{1, 2}, Y: []float64{2, 1}, Smooth: 3},
		}}}},
		"scatter": charts.Scatter{Note: n, X: charts.Axis{Label: s}, Y: charts.Axis{Label: s}, Front: true, Rays: []charts.Ray{{Name: s, Factor: 1}, {Name: s, Factor: 1e9}}, Groups: []charts.Cloud{
			{Name: s, Path: true, Points: []charts.Dot{{Name: s, X: 1, Y: 2, YLo: 1, YHi: 3}, {Name: s, X: 2, Y: 1}}}, {Name: s + "2", Apart: true, Points: []charts.Dot{{Name: s, X: 1.5, Y: 1.5}}},
		}},
		"matrix":   charts.Matrices{Note: n, RowName: s, ColName: s, Panels: []charts.Matrix{{Name: s, Rows: 1, Cols: 2, Values: []float32{1, -1}}}},
		"table":    viz.Table{Note: n, Columns: []viz.Column{{Name: s}, {Name: s, Bar: true}}, Rows: [][]any{{s, 1}, {s, 2.5}}, Total: []any{s, s}},
		"samples":  tokenview.Samples{Note: n, Items: []tokenview.Sample{{Name: s, Prompt: s, Completion: s}, {Prompt: s + s, PromptTokens: []string{s, s}, Completion: s, CompletionTokens: []string{s}}}},
		"progress": viz.Progress{Note: n, Done: 1, Total: 2, Elapsed: time.Second, Last: s},
	}
	maps.Copy(figs, withTokens(n, s))
	return figs
}

func checkHostile(t *testing.T, s string) {
	t.Helper()
	for name, f := range withString(s) {
		if s == "" && name == "samples" {
			continue // tokens of an empty text are a mistake, not a hostile string
		}
		b := check(t, name, f)
		for form, out := range map[string]string{"HTML": b.HTML, "SVG": b.SVG, "text": b.Text} {
			if !utf8.ValidString(out) {
				t.Errorf("%s with %q: %s is not UTF-8", name, s, form)
			}
			if strings.ContainsFunc(out, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e }) {
				t.Errorf("%s with %q: control characters in %s", name, s, form)
			}
		}
	}
}

// FuzzStrings draws every figure with an arbitrary string in all its places, and parses what comes
// out against the allow-list: nothing breaks out.
func FuzzStrings(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 10_000 {
			checkHostile(t, s)
		}
	})
}

// FuzzVisible checks that what is visible stays so, is legal, and hides nothing.
func FuzzVisible(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := draw.Visible(s)
		if !utf8.ValidString(v) {
			t.Errorf("Visible(%q) = %q is not UTF-8", s, v)
		}
		if draw.Visible(v) != v {
			t.Errorf("Visible(%q) = %q is not stable", s, v)
		}
		if s != "" && v == "" {
			t.Errorf("Visible(%q) hides everything", s)
		}
	})
}

// FuzzPlot draws arbitrary numbers: an error, or a figure that keeps the rules.
func FuzzPlot(f *testing.F) {
	f.Add(0.0, 1.0, 2.0, 3.0, false, 2)
	f.Add(1e-300, 1e300, 1.0, 2.0, true, 0)
	f.Add(-1e308, 1e308, math.Pi, math.Pi, false, 5)
	f.Add(5e-324, 5e-324, 5e-324, 1e-323, true, 1)
	f.Add(0.1, 0.1000000000000001, math.MaxFloat64, math.MaxFloat64, false, 1)
	f.Fuzz(func(t *testing.T, a, b, c, d float64, log bool, smooth int) {
		p := charts.Plot{X: charts.Axis{Log: log}, Panels: []charts.Panel{{Y: charts.Axis{Log: log}, Series: []charts.Series{{Name: "s", X: []float64{a, b}, Y: []float64{c, d}, Smooth: smooth}}}}}
		if _, err := p.Bundle(); err != nil {
			return
		}
		check(t, "plot", p)
	})
}

// FuzzScatter does the same with two points, an interval and a line to compare with.
func FuzzScatter(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 1.0, false, true, false)
	f.Add(1e-99, 1e99, 1.0, 2.0, 1e-99, true, true, true)
	f.Add(-1e99, 1e99, -1e99, 1e99, -1e99, false, false, true)
	f.Add(5e-324, 1.0, 1e-90, 1.0, 1e99, false, true, false)
	f.Add(0.0, 0.0, 0.0, 0.0, 0.0, false, false, true)
	f.Fuzz(func(t *testing.T, a, b, c, d, factor float64, logX, logY, same bool) {
		s := charts.Scatter{X: charts.Axis{Log: logX}, Y: charts.Axis{Log: logY}, Front: true, Same: same, Rays: []charts.Ray{{Factor: factor}}, Groups: []charts.Cloud{
			{Path: true, Points: []charts.Dot{{Name: "p", X: a, Y: c, XLo: a, XHi: b}, {Name: "q", X: b, Y: d}}},
		}}
		if _, err := s.Bundle(); err != nil {
			return
		}
		check(t, "scatter", s)
	})
}
