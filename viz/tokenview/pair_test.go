package tokenview

import (
	"circuitbook/viz"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPairRefuses(t *testing.T) {
	ok, v := []string{"a"}, []float64{1}
	if _, err := Pair("n", nil, nil, ok, v); err == nil || !strings.Contains(err.Error(), `pair "n", prompt`) || !errors.Is(err, viz.ErrNoData) {
		t.Errorf("no prompt: %v", err)
	}
	if _, err := Pair("n", ok, v, ok, nil); err == nil || !strings.Contains(err.Error(), `pair "n", counter: 0 values for 1 tokens`) {
		t.Errorf("no values: %v", err)
	}
	if _, err := Pair("n", ok, v, ok, []float64{math.NaN()}); !errors.Is(err, viz.ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
}

// TestPair: both sides are whole; columns of the common beginning and end are shared; every column
// with two tokens has their difference, and no other.
func TestPair(t *testing.T) {
	letters := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		head, tail := letters.Draw(t, "head"), letters.Draw(t, "tail")
		p := slices.Concat(head, letters.Draw(t, "p"), tail)
		c := slices.Concat(head, letters.Draw(t, "c"), tail)
		if len(p) == 0 || len(c) == 0 {
			return
		}
		values := func(n int) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(t, "values")
		}
		pv, cv := values(len(p)), values(len(c))
		s, err := Pair("n", p, pv, c, cv)
		if err != nil {
			t.Fatal(err)
		}
		prompt, counter, diff := s.Rows[0], s.Rows[1], s.Rows[2]
		if !slices.Equal(prompt.Tokens, p) || !slices.Equal(counter.Tokens, c) || !slices.Equal(prompt.Values, pv) || !slices.Equal(counter.Values, cv) || !diff.Difference {
			t.Fatalf("rows %+v", s.Rows)
		}
		for _, r := range s.Rows {
			if err := r.check(); err != nil {
				t.Fatal(err)
			}
		}
		for i := range head {
			if prompt.At[i] != i || counter.At[i] != i {
				t.Fatalf("token %d of the beginning stands in columns %d and %d", i, prompt.At[i], counter.At[i])
			}
		}
		last := max(len(p), len(c)) - 1
		if (len(tail) > 0 || p[len(p)-1] == c[len(c)-1]) && len(p) == len(c) && (prompt.At[len(p)-1] != last || counter.At[len(c)-1] != last) {
			t.Fatalf("the ends stand in columns %v and %v", prompt.At, counter.At)
		}
		if len(p) == len(c) && !slices.Equal(prompt.At, counter.At) {
			t.Fatalf("equally long sides stand in %v and %v", prompt.At, counter.At)
		}
		want := map[int]float64{}
		for i, at := range prompt.At {
			if j := slices.Index(counter.At, at); j >= 0 {
				want[at] = pv[i] - cv[j]
			}
		}
		if len(want) != len(diff.At) || len(want) == 0 {
			t.Fatalf("%d differences for %d shared columns", len(diff.At), len(want))
		}
		for k, at := range diff.At {
			if diff.Values[k] != want[at] {
				t.Fatalf("column %d differs by %v, want %v", at, diff.Values[k], want[at])
			}
		}
	})
}

// TestAlignPair: the common suffix is found also where the sides differ in length.
func TestAlignPair(t *testing.T) {
	for _, c := range []struct{ a, b, atA, atB string }{
		{"xay", "xbcdy", "014", "01234"},
		{"xbcdy", "xay", "01234", "014"},
		{"a", "aa", "0", "01"},
		{"y", "xy", "1", "01"},
		{"ab", "cd", "01", "01"},
		{"abab", "ab", "0123", "01"},
	} {
		a, b := alignPair(strings.Split(c.a, ""), strings.Split(c.b, ""))
		digits := func(at []int) string {
			s := ""
			for _, v := range at {
				s += string(rune('0' + v))
			}
			return s
		}
		if digits(a) != c.atA || digits(b) != c.atB {
			t.Errorf("%s and %s stand in %s and %s, want %s and %s", c.a, c.b, digits(a), digits(b), c.atA, c.atB)
		}
	}
}

// TestPairDrawn: tokens that differ are bold, and the difference shows its sign.
func TestPairDrawn(t *testing.T) {
	s, err := Pair("n", []string{"f", "(\"", "x"}, []float64{0, 1, 0}, []string{"f", "('", "x"}, []float64{0, -1, 0.1})
	if err != nil {
		t.Fatal(err)
	}
	rows := s.rows(2)
	for i, want := range [][]bool{{false, true, false}, {false, true, false}, {false, false, false}} {
		for c := range want {
			if rows[i].tokens[c].bold != want[c] {
				t.Errorf("row %d, column %d: bold is %v", i, c, !want[c])
			}
		}
	}
	for c, want := range []string{"", "+", ""} {
		if got := rows[2].tokens[c].text; got != want {
			t.Errorf("the difference in column %d shows %q, want %q", c, got, want)
		}
	}
	if signText(-0.25, 2) != "−" || signText(-0.24, 2) != "" || signText(0, 0) != "" {
		t.Error("signs do not begin at an eighth of the scale")
	}
}
