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

func TestEmbeddingViewRefuses(t *testing.T) {
	one := []TokenWeight{{1, "a", 1}}
	for name, c := range map[string]struct {
		e    EmbeddingView
		want string
		is   error
	}{
		"none":  {EmbeddingView{Note: viz.Note{Title: "figure"}, Channel: 9}, `embedding view "figure": no token writes or reads channel 9`, viz.ErrNoData},
		"zeros": {EmbeddingView{Writes: []TokenWeight{{1, "a", 0}}}, "no token", viz.ErrNoData},
		"NaN":   {EmbeddingView{Writes: one, Reads: []TokenWeight{{7, "b", math.NaN()}}}, `token 7 ("b") reads with weight NaN`, viz.ErrNotFinite},
		"vocab": {EmbeddingView{Vocab: 1, Writes: append(one, one...)}, "2 weights of tokens that write, in a vocabulary of 1", nil},
		"show":  {EmbeddingView{Show: 101, Writes: one}, "Show is 101", nil},
	} {
		_, err := c.e.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestEmbeddingListed: the strongest of each sign, strongest first, equal ones by id; all nonzeros
// are counted.
func TestEmbeddingListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.SampledFrom([]float64{-3, -1, -0.5, 0, 0.5, 1, 2}), 1, 40).Draw(t, "weights")
		e := EmbeddingView{Vocab: len(weights), Writes: []TokenWeight{{99, "x", 1}}}
		positive, negative := 0, 0
		for id, w := range weights {
			e.Reads = append(e.Reads, TokenWeight{id, "t" + strconv.Itoa(id), w})
			if w > 0 {
				positive++
			} else if w < 0 {
				negative++
			}
		}
		n := rapid.IntRange(1, 12).Draw(t, "n")
		side := e.sides()[1]
		top, bottom := side.listed(n)
		if len(top) != min(n, positive) || len(bottom) != min(n, negative) {
			t.Fatalf("%d and %d listed of %d and %d", len(top), len(bottom), positive, negative)
		}
		for i, w := range top {
			if w.Weight <= 0 || i > 0 && (w.Weight > top[i-1].Weight || w.Weight == top[i-1].Weight && w.ID < top[i-1].ID) {
				t.Fatalf("top %v", top)
			}
		}
		for i, w := range bottom {
			if w.Weight >= 0 || i > 0 && w.Weight < bottom[i-1].Weight {
				t.Fatalf("bottom %v", bottom)
			}
		}
		if want := strconv.Itoa(positive+negative) + " of " + strconv.Itoa(len(weights)) + " tokens, " + strconv.Itoa(positive) + " positive, " + strconv.Itoa(negative) + " negative"; side.counts(e.Vocab) != want {
			t.Fatalf("counted %q, want %q", side.counts(e.Vocab), want)
		}
		e.Show = n
		b, err := e.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range top {
			if !strings.Contains(b.Text, w.Token) || !strings.Contains(b.SVG, w.Token) {
				t.Fatalf("%s is listed nowhere", w.Token)
			}
		}
		drawtest.OnPage(t, e.Scene())
	})
}

// TestEmbeddingBars: bars begin at the zero line, to the side of their sign, and the strongest is
// the longest.
func TestEmbeddingBars(t *testing.T) {
	e := EmbeddingView{Writes: []TokenWeight{{1, "a", 2}, {2, "b", -1}}}
	p := embeddingPlace{x: 10, w: 400, scale: 2}
	zero, reach := p.zero()
	var s draw.Scene
	for _, w := range e.Writes {
		p.bar(&s, w, 0)
	}
	a, b := s.Marks[1], s.Marks[4]
	if a.X != zero || a.W != reach || a.Fill != draw.Positive || b.X != zero-reach/2 || b.W != reach/2 || b.Fill != draw.Negative {
		t.Errorf("bars %+v and %+v around %v", a, b, zero)
	}
	if d := e.describe(); !strings.Contains(d, "2 tokens, 1 positive, 1 negative; greatest a (2); least b (-1)") {
		t.Errorf("described as %q", d)
	}
}

// TestEmbeddingMany: thousands of tokens are drawn in little, with both ends of the list.
func TestEmbeddingMany(t *testing.T) {
	var e EmbeddingView
	for id := range 50_000 {
		e.Writes = append(e.Writes, TokenWeight{id, "t", math.Sin(float64(id)) + 0.001})
	}
	b, err := e.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.SVG) > 40_000 {
		t.Errorf("%d bytes of SVG", len(b.SVG))
	}
}

func TestTokenColumn(t *testing.T) {
	name := func(id int) string { return "t" + strconv.Itoa(id) }
	got, err := TokenColumn([]float32{1, 2, 0, 0, 5, -6}, 2, 1, name)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != (TokenWeight{0, "t0", 2}) || got[1] != (TokenWeight{2, "t2", -6}) {
		t.Errorf("got %v", got)
	}
	for _, c := range [][2]int{{4, 0}, {0, 0}, {2, 2}, {2, -1}} {
		if _, err := TokenColumn(make([]float32, 6), c[0], c[1], name); err == nil {
			t.Errorf("channel %d of width %d: no error", c[1], c[0])
		}
	}
}
