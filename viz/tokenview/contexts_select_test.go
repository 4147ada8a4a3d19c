package tokenview

import (
	"circuitbook/viz"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSelectContextsRefuses(t *testing.T) {
	v, tok := [][]float64{{1, 2}}, [][]string{{"a", "b"}}
	for name, c := range map[string]struct {
		values    [][]float64
		tokens    [][]string
		fraction  float64
		n, window int
		want      string
	}{
		"n":        {v, tok, 0, 0, 1, "0 contexts"},
		"window":   {v, tok, 0, 1, -1, "-1 tokens on either side"},
		"fraction": {v, tok, 1, 1, 1, "the fraction is 1"},
		"no share": {v, tok, math.NaN(), 1, 1, "the fraction is NaN"},
		"streams":  {v, nil, 0, 1, 1, "values for 1 streams, tokens for 0"},
		"lengths":  {v, [][]string{{"a"}}, 0, 1, 1, "stream 0 has 2 values for 1 tokens"},
		"NaN":      {[][]float64{{1, math.NaN()}}, tok, 0, 1, 1, "token 1 of stream 0 is NaN"},
	} {
		_, _, err := SelectContexts(c.values, c.tokens, c.fraction, c.n, c.window)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
		if name == "NaN" && !errors.Is(err, viz.ErrNotFinite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSelectContextsTies: equal values come by stream and position, near ones once.
func TestSelectContextsTies(t *testing.T) {
	values := [][]float64{{0, 1, 1, 0, 1, -1, -1}, {1, 0, 0, 0, 0, 0, -2}}
	tokens := [][]string{strings.Split("abcdefg", ""), strings.Split("hijklmn", "")}
	top, bottom, err := SelectContexts(values, tokens, 0, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	where := func(cs []Context) (out [][2]int) {
		for _, c := range cs {
			out = append(out, [2]int{c.Stream, c.Position})
		}
		return out
	}
	if d := cmp.Diff([][2]int{{0, 1}, {0, 4}, {1, 0}}, where(top)); d != "" {
		t.Errorf("top (-want +got):\n%s", d)
	}
	if d := cmp.Diff([][2]int{{1, 6}, {0, 5}}, where(bottom)); d != "" {
		t.Errorf("bottom (-want +got):\n%s", d)
	}
	if d := cmp.Diff(Context{Tokens: []string{"a", "b", "c"}, Values: []float64{0, 1, 1}, At: 1, Position: 1}, top[0]); d != "" {
		t.Errorf("the first (-want +got):\n%s", d)
	}
	if d := cmp.Diff(Context{Tokens: []string{"h", "i"}, Values: []float64{1, 0}, Stream: 1}, top[2]); d != "" {
		t.Errorf("at the edge of a stream (-want +got):\n%s", d)
	}
	// Four of fourteen positions down, no value is above zero but none, and below zero one.
	top, bottom, err = SelectContexts(values, tokens, 0.2, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][2]int{{0, 4}, {1, 0}}, where(top)); d != "" {
		t.Errorf("a fifth down from the top (-want +got):\n%s", d)
	}
	if d := cmp.Diff([][2]int{{0, 6}}, where(bottom)); d != "" {
		t.Errorf("a fifth up from the bottom (-want +got):\n%s", d)
	}
}

// TestSelectContexts: lists are sorted, apart, of the right sign, and leave out only what is no
// greater or near something taken; every context is a piece of its stream.
func TestSelectContexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var values [][]float64
		var tokens [][]string
		for range rapid.IntRange(0, 3).Draw(t, "streams") {
			v := rapid.SliceOfN(rapid.SampledFrom([]float64{-2, -1, 0, 0, 0, 1, 2, 3}), 0, 30).Draw(t, "values")
			tok := make([]string, len(v))
			for i := range tok {
				tok[i] = string(rune('a' + i))
			}
			values, tokens = append(values, v), append(tokens, tok)
		}
		n, window := rapid.IntRange(1, 6).Draw(t, "n"), rapid.IntRange(0, 4).Draw(t, "window")
		top, bottom, err := SelectContexts(values, tokens, 0, n, window)
		if err != nil {
			t.Fatal(err)
		}
		for side, list := range map[float64][]Context{1: top, -1: bottom} {
			near := func(s, p int) bool {
				for _, c := range list {
					if c.Stream == s && c.Position-p <= window && p-c.Position <= window {
						return true
					}
				}
				return false
			}
			last := math.Inf(1)
			for i, c := range list {
				v := side * c.Values[c.At]
				if v <= 0 || v > last {
					t.Fatalf("value %v after %v", v, last)
				}
				last = v
				if c.At > window || len(c.Tokens)-c.At-1 > window || c.Tokens[c.At] != tokens[c.Stream][c.Position] || c.Values[c.At] != values[c.Stream][c.Position] {
					t.Fatalf("context %+v", c)
				}
				for _, d := range list[:i] {
					if c.Stream == d.Stream && c.Position-d.Position <= window && d.Position-c.Position <= window {
						t.Fatalf("contexts at %d and %d of stream %d, window %d", d.Position, c.Position, c.Stream, window)
					}
				}
			}
			for s := range values {
				for p, v := range values[s] {
					if v*side > 0 && !near(s, p) && (len(list) < n || v*side > last) {
						t.Fatalf("%v at %d of stream %d is left out of %+v", v, p, s, list)
					}
				}
			}
		}
	})
}
