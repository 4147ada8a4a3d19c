package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTokenStripsRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	one := Strip("node", []string{"a"}, []float64{1})
	row := func(r TokenRow) TokenStrips {
		return TokenStrips{Note: viz.Note{Title: "figure"}, Strips: []TokenStrip{{Name: "node", Rows: []TokenRow{r}}}}
	}
	for name, c := range map[string]struct {
		s    TokenStrips
		want string
		is   error
	}{
		"none":     {TokenStrips{Note: viz.Note{Title: "figure"}}, `token strips "figure"`, viz.ErrNoData},
		"no rows":  {TokenStrips{Strips: []TokenStrip{{Name: "node"}}}, `strip "node" has no rows`, viz.ErrNoData},
		"empty":    {row(TokenRow{Name: "r"}), `strip "node", row 0 ("r"): no tokens`, viz.ErrNoData},
		"lengths":  {row(TokenRow{Tokens: []string{"a", "b"}, Values: []float64{1}}), "1 values for 2 tokens", nil},
		"NaN":      {row(TokenRow{Tokens: []string{"a", "b"}, Values: []float64{1, nan}}), `token 1 ("b") is NaN`, viz.ErrNotFinite},
		"infinite": {row(TokenRow{Tokens: []string{"a"}, Values: []float64{inf}}), "-Inf", viz.ErrNotFinite},
		"columns":  {row(TokenRow{Tokens: []string{"a", "b"}, Values: []float64{1, 1}, At: []int{0}}), "1 columns for 2 tokens", nil},
		"falling":  {row(TokenRow{Tokens: []string{"a", "b"}, Values: []float64{1, 1}, At: []int{1, 1}}), "token 1 stands in column 1", nil},
		"negative": {row(TokenRow{Tokens: []string{"a"}, Values: []float64{1}, At: []int{-1}}), "column -1", nil},
		"far":      {row(TokenRow{Tokens: []string{"a"}, Values: []float64{1}, At: []int{maxColumn + 1}}), "at most", nil},
		"scale":    {TokenStrips{Scale: -1, Strips: []TokenStrip{one}}, "scale -1", nil},
		"NaN full": {TokenStrips{Scale: nan, Strips: []TokenStrip{one}}, "scale NaN", nil},
		"narrow":   {TokenStrips{Columns: 39, Strips: []TokenStrip{one}}, "39 columns", nil},
		"wide":     {TokenStrips{Columns: 401, Strips: []TokenStrip{one}}, "401 columns", nil},
	} {
		_, err := c.s.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestTokenStripsTooBig: a long text has no picture, a longer one is an error that says what to do.
func TestTokenStripsTooBig(t *testing.T) {
	for n, want := range map[int]struct{ picture, html bool }{500: {true, true}, 1500: {false, true}, 20_000: {false, false}} {
		tokens, values := make([]string, n), make([]float64, n)
		for i := range tokens {
			tokens[i], values[i] = "tok", float64(i%5)-2
		}
		b, err := TokenStrips{Strips: []TokenStrip{Strip("n", tokens, values)}}.Bundle()
		if (b.SVG != "") != want.picture || (b.HTML != "") != want.html || len(b.HTML) > draw.MaxSVG {
			t.Errorf("%d tokens: %d bytes of SVG, %d of HTML", n, len(b.SVG), len(b.HTML))
		}
		if !want.html && (!errors.Is(err, viz.ErrTooBig) || !strings.Contains(err.Error(), "show fewer tokens")) || want.html && err != nil {
			t.Errorf("%d tokens: %v", n, err)
		}
	}
}

// TestPeak: the peak is the greatest magnitude, and the first of them.
func TestPeak(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.OneOf(rapid.Float64Range(-2, 2), rapid.SampledFrom([]float64{0, 1, -1, -2, 2}))).Draw(t, "values")
		k := peak(values)
		for i, v := range values {
			if k < 0 && v != 0 {
				t.Fatalf("no peak in %v", values)
			}
			if k >= 0 && (math.Abs(v) > math.Abs(values[k]) || i < k && math.Abs(v) == math.Abs(values[k])) {
				t.Fatalf("peak of %v is %d, but %d is greater or earlier", values, k, i)
			}
		}
		if k >= 0 && values[k] == 0 {
			t.Fatalf("zero is the peak of %v", values)
		}
	})
}

// TestTokenStripsForms: the picture, the HTML and the text hold the same tokens and values; one
// token a row is boxed in each.
func TestTokenStripsForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := drawTokens(t, 30)
		values := make([]float64, len(tokens))
		for i := range values {
			values[i] = math.Round(1000*rapid.Float64Range(-1, 1).Draw(t, "v")) / 1000
		}
		values[0] = 1.5
		s := TokenStrips{Note: viz.Note{Title: "t"}, Strips: []TokenStrip{Strip("n", tokens, values)}}
		b, err := s.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Bundle()
		if err != nil || again != b {
			t.Fatal("drawn twice, it differs")
		}
		at, svg := 0, 0
		for i, v := range values {
			title := `title="` + draw.Esc(draw.Number(v)+" at token "+strconv.Itoa(i)) + `"`
			k := strings.Index(b.HTML[at:], title)
			if k < 0 {
				t.Fatalf("token %d (%v) is not in the HTML, or out of order", i, v)
			}
			at += k
			if draw.ShadeOf(v, 1.5) != 0 {
				k = strings.Index(b.SVG[svg:], ">"+draw.Esc(draw.Number(v)+" at token "+strconv.Itoa(i))+"<")
				if k < 0 {
					t.Fatalf("token %d (%v) is not in the picture, or out of order", i, v)
				}
				svg += k
			}
			if n := draw.Number(draw.Sig3(v)); !strings.Contains(b.Text, n) {
				t.Fatalf("value %s is not in the text:\n%s", n, b.Text)
			}
		}
		if strings.Count(b.HTML, "outline:2px solid") != 1 || strings.Count(b.SVG, `stroke="#1b2026" stroke-width="1.5"`) != 1 || strings.Count(b.Text, "[1.5]") != 1 {
			t.Fatalf("not one peak:\n%s", b.Text)
		}
	})
}

// TestTokenStripsShareScale: a value has the tint of its share of the greatest one in the figure.
func TestTokenStripsShareScale(t *testing.T) {
	s := TokenStrips{Strips: []TokenStrip{Strip("a", []string{"x"}, []float64{1}), Strip("b", []string{"y"}, []float64{-4})}}
	sheet, err := s.sheet()
	if err != nil {
		t.Fatal(err)
	}
	if got := sheet.drawn[0].lines[0].cells[0].token.shade; got != draw.ShadeOf(1, 4) {
		t.Errorf("1 of 4 has the tint %v", got)
	}
	s.Scale = 8
	if sheet, err = s.sheet(); err != nil {
		t.Fatal(err)
	}
	if got := sheet.drawn[1].lines[0].cells[0].token.shade; got != -draw.MaxShade/2 {
		t.Errorf("-4 of 8 has the tint %v", got)
	}
	if low, high := sheet.scale.Ends(); low != "-8" || high != "8" {
		t.Errorf("the legend ends at %s and %s", low, high)
	}
}

// TestStripsInside: whatever the tokens, nothing is drawn outside the page.
func TestStripsInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := drawTokens(t, 60)
		values := make([]float64, len(tokens))
		for i := range values {
			values[i] = float64(i%3) - 1
		}
		name := rapid.StringN(0, 60, -1).Draw(t, "name")
		columns := rapid.SampledFrom([]int{0, 40, 150}).Draw(t, "columns")
		s := TokenStrips{Note: viz.Note{Title: name}, Columns: columns, Strips: []TokenStrip{Strip(name, tokens, values), {Rows: []TokenRow{{Name: name, Tokens: tokens, Values: values}, {Name: "b", Tokens: tokens, Values: values}}}}}
		sheet, err := s.sheet()
		if err != nil {
			t.Fatal(err)
		}
		drawtest.OnPage(t, sheet.Scene())
	})
}
