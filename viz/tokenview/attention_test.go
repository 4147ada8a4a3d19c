package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAttentionStripRefuses(t *testing.T) {
	tokens := []string{"a", "b"}
	row := func(query int, w ...float64) AttentionStrip {
		return AttentionStrip{Note: viz.Note{Title: "figure"}, Tokens: tokens, Sink: true, Rows: []AttentionRow{{Name: "head 3", Query: query, Weights: w}}}
	}
	for name, c := range map[string]struct {
		a    AttentionStrip
		want string
		is   error
	}{
		"no tokens":   {AttentionStrip{Note: viz.Note{Title: "figure"}}, `attention strip "figure": 0 tokens`, viz.ErrNoData},
		"no rows":     {AttentionStrip{Tokens: tokens}, "0 rows", viz.ErrNoData},
		"query":       {row(2, 1, 0, 0), `row 0 ("head 3"): the query is 2, but there are 2 tokens`, nil},
		"before":      {row(-1, 1), "the query is -1", nil},
		"few":         {row(1, 1, 0), "2 weights for the query 1; give 3 to 3, the sink's first", nil},
		"many":        {row(0, 1, 0, 0, 0), "4 weights for the query 0; give 2 to 3", nil},
		"no sink":     {AttentionStrip{Tokens: tokens, Rows: []AttentionRow{{Query: 0, Weights: nil}}}, "give 1 to 2, without a sink", nil},
		"NaN":         {row(0, 1, math.NaN()), "weight 1 of the query 0 is NaN", viz.ErrNotFinite},
		"negative":    {row(0, 1, -0.1), "no share of 1", nil},
		"above 1":     {row(0, 1.1, 0), "no share of 1", nil},
		"looks ahead": {row(0, 0.5, 0.25, 0.25), "the query 0 looks ahead: weight 2", nil},
		"scale":       {AttentionStrip{Tokens: tokens, Scale: -1, Rows: []AttentionRow{{Weights: []float64{1}}}}, "scale -1", nil},
	} {
		_, err := c.a.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
	rounded := row(0, 1+5e-5, 0)
	if _, err := rounded.Bundle(); err != nil {
		t.Errorf("rounding above 1: %v", err)
	}
}

// drawWeights makes the weights of every query of n tokens; they sum to 1.
func drawWeights(t *rapid.T, n int, sink bool) [][]float64 {
	out := make([][]float64, n)
	for q := range out {
		out[q] = make([]float64, n+sinkColumns(sink))
		sum := 0.0
		for i := range q + 1 + sinkColumns(sink) {
			out[q][i] = rapid.Float64Range(0.001, 1).Draw(t, "w")
			sum += out[q][i]
		}
		for i := range out[q] {
			out[q][i] /= sum
		}
	}
	return out
}

// TestAttentionStrip: a row has one cell for each key up to its query, under that key, with its
// weight; the sink comes first; the heaviest key is boxed.
func TestAttentionStrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := drawTokens(t, 12)
		sink := rapid.Bool().Draw(t, "sink")
		off := sinkColumns(sink)
		w := drawWeights(t, len(tokens), sink)
		a := AttentionStrip{Tokens: tokens, Sink: sink}
		for range 3 {
			q := rapid.IntRange(0, len(tokens)-1).Draw(t, "q")
			a.Rows = append(a.Rows, AttentionRow{Name: "h", Query: q, Weights: w[q]})
		}
		sheet, err := a.sheet()
		if err != nil {
			t.Fatal(err)
		}
		drawtest.OnPage(t, sheet.Scene())
		lines := sheet.drawn[0].lines
		if len(lines[0].cells) > 0 && sink && lines[0].cells[0].text != "sink" {
			t.Fatalf("the first column is %q", lines[0].cells[0].text)
		}
		keys := a.keys()
		var head []stripCell
		got := map[string]int{}
		boxed := 0
		for _, l := range lines {
			if l.label == "" {
				head = append(head, l.cells...)
				continue
			}
			got[l.label] += len(l.cells)
			for _, c := range l.cells {
				if c.token.boxed {
					boxed++
				}
			}
		}
		if len(head) != len(keys) {
			t.Fatalf("%d names for %d columns", len(head), len(keys))
		}
		want := map[string]int{}
		for _, r := range a.Rows {
			want[draw.ClipColumns("h from "+draw.Number(float64(r.Query))+" "+tokenText(tokens[r.Query]), 30)] += r.Query + 1 + off
		}
		for l, n := range want {
			if got[l] != n {
				t.Fatalf("row %q has %d cells, want %d", l, got[l], n)
			}
		}
		if boxed != len(a.Rows) {
			t.Fatalf("%d boxes for %d rows", boxed, len(a.Rows))
		}
	})
}

func TestPercent(t *testing.T) {
	for w, want := range map[float64]string{0: "", 0.0049: "", 0.005: "1", 0.304: "30", 1: "100"} {
		if got := percent(w); got != want {
			t.Errorf("percent(%v) = %q, want %q", w, got, want)
		}
	}
}

func TestAttentionMatrixRefuses(t *testing.T) {
	tokens := []string{"a", "b"}
	good := [][]float64{{1, 0}, {0.5, 0.5}}
	for name, c := range map[string]struct {
		a    AttentionMatrix
		want string
		is   error
	}{
		"no heads": {AttentionMatrix{Note: viz.Note{Title: "figure"}, Tokens: tokens}, `attention matrix "figure": 2 tokens, 0 heads`, viz.ErrNoData},
		"long":     {AttentionMatrix{Tokens: make([]string, AttentionTokens+1), Heads: []AttentionHead{{}}}, "49 tokens, of which at most 48", nil},
		"queries":  {AttentionMatrix{Tokens: tokens, Heads: []AttentionHead{{Name: "h", Weights: good[:1]}}}, `head "h": weights of 1 queries for 2 tokens`, nil},
		"NaN":      {AttentionMatrix{Tokens: tokens, Heads: []AttentionHead{{Name: "h", Weights: [][]float64{{1}, {math.NaN(), 0}}}}}, `head "h": weight 0 of the query 1`, viz.ErrNotFinite},
		"ahead":    {AttentionMatrix{Tokens: tokens, Heads: []AttentionHead{{Weights: [][]float64{{0.5, 0.5}, {1, 0}}}}}, "the query 0 looks ahead", nil},
		"sink":     {AttentionMatrix{Tokens: tokens, Sink: true, Heads: []AttentionHead{{Weights: good}}}, "2 weights for the query 1; give 3", nil},
	} {
		_, err := c.a.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestAttentionMatrixSquares: every weight of half a per cent or more is a square with its area, in
// the triangle of its query and key.
func TestAttentionMatrixSquares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := drawTokens(t, AttentionTokens)
		sink := rapid.Bool().Draw(t, "sink")
		w := drawWeights(t, len(tokens), sink)
		a := AttentionMatrix{Note: viz.Note{Title: "t"}, Tokens: tokens, Sink: sink, Heads: []AttentionHead{{Name: "h", Weights: w}}}
		if rapid.Bool().Draw(t, "two") {
			a.Heads = append(a.Heads, AttentionHead{Name: "g", Weights: w})
		}
		if _, err := a.Bundle(); err != nil {
			t.Fatal(err)
		}
		s := a.Scene()
		drawtest.OnPage(t, s)
		seen := 0
		for _, row := range w {
			for _, v := range row {
				if percent(v) != "" {
					seen++
				}
			}
		}
		drawn := 0
		for _, m := range s.Marks {
			if m.Shape == draw.Path {
				drawn += strings.Count(m.D, "Z")
			}
		}
		if want := seen*len(a.Heads) + 4; drawn != want { // four in the legend
			t.Fatalf("%d squares, want %d", drawn, want)
		}
	})
	p := patternPlace{cell: 22}
	if p.side(1) != 20 || p.side(0.25) != 10 || p.side(0.004) != 0 || p.side(0.005) != 1.5 {
		t.Errorf("sides are %v, %v, %v, %v", p.side(1), p.side(0.25), p.side(0.004), p.side(0.005))
	}
}

// TestAttentionMatrixNumbers: the table names the heaviest keys, first of equals first.
func TestAttentionMatrixNumbers(t *testing.T) {
	a := AttentionMatrix{Tokens: []string{"a", " b", "c"}, Sink: true, Heads: []AttentionHead{{Name: "h", Weights: [][]float64{{1, 0}, {0.2, 0.3, 0.5}, {0.1, 0.3, 0.3, 0.3}}}}}
	rows := a.numbers().Rows
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	want := [][]any{{"h", 0, "a", 100.0, nil, nil, nil, nil, nil, nil}, {"h", 1, "·b", 20.0, "1 ·b", 50.0, "0 a", 30.0, nil, nil}, {"h", 2, "c", 10.0, "0 a", 30.0, "1 ·b", 30.0, "2 c", 30.0}}
	for i := range want {
		for j := range want[i] {
			if rows[i][j] != want[i][j] {
				t.Errorf("row %d, column %d is %v, want %v", i, j, rows[i][j], want[i][j])
			}
		}
	}
	if d := a.describe(); !strings.Contains(d, "43 % to sink, 30 % to 1 ·b") && !strings.Contains(d, "43 % to sink, 27 % to 1 ·b") {
		t.Errorf("described as %q", d)
	}
}
