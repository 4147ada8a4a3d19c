package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestContextsRefuse(t *testing.T) {
	good := Context{Tokens: []string{"a", "b"}, Values: []float64{0, 1}, At: 1}
	for name, c := range map[string]struct {
		c    Contexts
		want string
		is   error
	}{
		"none":     {Contexts{Note: viz.Note{Title: "figure"}, Node: "0.mlp.post_act[1]"}, `contexts "figure": the node "0.mlp.post_act[1]" has none`, viz.ErrNoData},
		"empty":    {Contexts{Top: []Context{{}}}, "top contexts, context 0: no tokens", viz.ErrNoData},
		"lengths":  {Contexts{Bottom: []Context{good, {Tokens: []string{"a"}}}}, "bottom contexts, context 1: 0 values for 1 tokens", nil},
		"NaN":      {Contexts{Top: []Context{{Tokens: []string{"a"}, Values: []float64{math.NaN()}}}}, "is NaN", viz.ErrNotFinite},
		"at":       {Contexts{Top: []Context{{Tokens: good.Tokens, Values: good.Values, At: 2}}}, "At is 2, but there are 2 tokens", nil},
		"before":   {Contexts{Top: []Context{{Tokens: good.Tokens, Values: good.Values, At: -1}}}, "At is -1", nil},
		"fraction": {Contexts{Top: []Context{good}, Quantiles: []Quantile{{}}}, "the fraction 0", nil},
		"quantile": {Contexts{Quantiles: []Quantile{{Fraction: 0.01, Bottom: []Context{{}}}}}, "contexts 1 % from the bottom, context 0", viz.ErrNoData},
		"scale":    {Contexts{Scale: math.Inf(1), Top: []Context{good}}, "scale +Inf", nil},
		"columns":  {Contexts{Columns: 10, Top: []Context{good}}, "10 columns", nil},
	} {
		_, err := c.c.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestContextsLaid: the token in question stands in one column, boxed, with its neighbours around
// it in order and none twice; where some are left out, … says so; lines keep to the width.
func TestContextsLaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cs []Context
		for range rapid.IntRange(1, 4).Draw(t, "contexts") {
			tokens := drawTokens(t, 60)
			c := Context{Tokens: tokens, Values: make([]float64, len(tokens)), At: rapid.IntRange(0, len(tokens)-1).Draw(t, "at")}
			c.Values[c.At] = 1
			cs = append(cs, c)
		}
		width := rapid.SampledFrom([]int{40, 100, 400}).Draw(t, "width")
		grid := newContextGrid(cs, width)
		for _, twin := range [...]bool{false, true} {
			key := -1
			for i, l := range grid.lay(cs, 1, twin) {
				c := &cs[i]
				at, boxed := draw.Width(l.label)+1, -1
				var texts []string
				for k, x := range l.cells {
					if x.column < at {
						t.Fatalf("%q at column %d overlaps what ends at %d", x.text, x.column, at)
					}
					at = x.column + x.width + 1
					if x.token != nil && x.token.boxed {
						boxed = k
						if key < 0 {
							key = x.column
						}
						if x.column != key {
							t.Fatalf("boxes in columns %d and %d", key, x.column)
						}
					}
					texts = append(texts, x.text)
				}
				if boxed < 0 {
					t.Fatal("nothing is boxed")
				}
				if last := l.cells[len(l.cells)-1]; last.token != nil && !last.token.boxed && at-1 > width {
					t.Fatalf("a line of %d columns ends at %d", width, at-1)
				}
				first, last := 0, len(texts)-1
				from, to := c.At-boxed, c.At+len(texts)-1-boxed
				if l.cells[0].token == nil {
					first, from = 1, from+1
				} else if from != 0 {
					t.Fatalf("%d tokens are left out at the left without a word", from)
				}
				if l.cells[last].token == nil {
					last--
				} else if to != len(c.Tokens)-1 {
					t.Fatalf("tokens after %d of %d are left out without a word", to, len(c.Tokens))
				}
				for k := first; k <= last; k++ {
					want := tokenText(c.Tokens[from+k-first])
					if twin && k == boxed {
						want = "[" + want + "]"
					}
					if texts[k] != want {
						t.Fatalf("token %d is %q, want %q", from+k-first, texts[k], want)
					}
				}
			}
		}
	})
}

// TestContextsEmptyList: an end of the scale without contexts says so, rather than vanish.
func TestContextsEmptyList(t *testing.T) {
	b, err := Contexts{Node: "n", Top: []Context{{Tokens: []string{"a"}, Values: []float64{1}}}}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.Text, "bottom contexts of n\n  none\n") || !strings.Contains(b.SVG, "bottom contexts: none.") {
		t.Errorf("text:\n%s", b.Text)
	}
}

// TestContextStrip: a context can be shown whole.
func TestContextStrip(t *testing.T) {
	c := Context{Tokens: []string{"a", "b"}, Values: []float64{0, 1}, At: 1}
	if s := c.Strip("n"); s.Name != "n" || len(s.Rows) != 1 || len(s.Rows[0].Tokens) != 2 || s.Rows[0].Values[1] != 1 {
		t.Errorf("got %+v", c.Strip("n"))
	}
}
