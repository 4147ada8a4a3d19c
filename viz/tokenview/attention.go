package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// AttentionStrip shows which tokens attention heads look at from given positions. The tokens stand
// in the first row, the sink before them; under them, a row for each head and position, tinted and
// printed in per cent. A row ends at its query, for nothing looks ahead.
type AttentionStrip struct {
	viz.Note
	Tokens []string
	Sink   bool // the first weight of each row belongs to the sink, not to a token
	Rows   []AttentionRow
	Scale  float64 // the weight of the strongest tint; 0 means the greatest one shown
}

// An AttentionRow is what a head sees from one position.
type AttentionRow struct {
	Name  string // of the head
	Query int    // index of the token that looks
	// Weights are by key: the sink's first, if there is one, then those of tokens 0, 1, …; at least
	// up to the query, and zero after it.
	Weights []float64
}

// sinkName stands over the sink's column.
const sinkName = "sink"

// maxShare leaves room for rounding above a weight of 1.
const maxShare = 1 + 1e-4

// checkAttention refuses weights that no causal head can have.
func checkAttention(query, tokens int, sink bool, weights []float64) error {
	if query < 0 || query >= tokens {
		return fmt.Errorf("the query is %d, but there are %d tokens", query, tokens)
	}
	off := sinkColumns(sink)
	if n := len(weights); n < query+1+off || n > tokens+off {
		return fmt.Errorf("%d weights for the query %d; give %d to %d, %s", n, query, query+1+off, tokens+off, sinkWords(sink))
	}
	for i, w := range weights {
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return fmt.Errorf("weight %d of the query %d is %v: %w", i, query, w, viz.ErrNotFinite)
		case w < 0 || w > maxShare:
			return fmt.Errorf("weight %d of the query %d is %v, which is no share of 1", i, query, w)
		case i > query+off && w != 0:
			return fmt.Errorf("the query %d looks ahead: weight %d is %v", query, i, w)
		}
	}
	return nil
}

// sinkColumns is how many columns stand before those of the tokens.
func sinkColumns(sink bool) int {
	if sink {
		return 1
	}
	return 0
}

func sinkWords(sink bool) string {
	if sink {
		return "the sink's first"
	}
	return "without a sink"
}

// Bundle draws the rows. It refuses weights that are no shares, that look ahead, or whose number
// does not fit the tokens, naming row and query.
func (a AttentionStrip) Bundle() (viz.Bundle, error) {
	sheet, err := a.sheet()
	if err != nil {
		return viz.Bundle{}, err
	}
	return sheet.bundle()
}

func (a *AttentionStrip) check() error {
	if len(a.Tokens) == 0 || len(a.Rows) == 0 {
		return fmt.Errorf("attention strip %q: %d tokens, %d rows: %w", a.Title, len(a.Tokens), len(a.Rows), viz.ErrNoData)
	}
	if err := checkScale(a.Scale); err != nil {
		return fmt.Errorf("attention strip %q: %w", a.Title, err)
	}
	for i, r := range a.Rows {
		if err := checkAttention(r.Query, len(a.Tokens), a.Sink, r.Weights); err != nil {
			return fmt.Errorf("attention strip %q, row %d (%q): %w", a.Title, i, r.Name, err)
		}
	}
	return nil
}

// keys are the names of the columns up to the last query.
func (a *AttentionStrip) keys() []string {
	var out []string
	if a.Sink {
		out = append(out, sinkName)
	}
	last := 0
	for _, r := range a.Rows {
		last = max(last, r.Query)
	}
	for _, t := range a.Tokens[:last+1] {
		out = append(out, tokenText(t))
	}
	return out
}

func (a *AttentionStrip) sheet() (*stripSheet, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	keys := a.keys()
	off := sinkColumns(a.Sink)
	seen := make([][]float64, len(a.Rows))
	for i, r := range a.Rows {
		seen[i] = r.Weights[:r.Query+1+off]
	}
	sc := draw.NewShadeScale(a.Scale, false, seen...)
	sc.Percent = true
	head := stripRow{only: texts}
	for i, k := range keys {
		t := stripToken{text: k, tip: fmt.Sprintf("token %d", i-off)}
		if i < off {
			t.tip = "the sink takes attention that goes to no token"
		}
		head.tokens = append(head.tokens, t)
	}
	rows := []stripRow{head}
	var says []string
	for i, r := range a.Rows {
		from := fmt.Sprintf("from %d %s", r.Query, tokenText(a.Tokens[r.Query]))
		row := stripRow{name: draw.ClipColumns(strings.TrimSpace(draw.Visible(r.Name)+" "+from), 30), only: numbers}
		top := peak(seen[i])
		for k, w := range seen[i] {
			t := stripToken{text: percent(w), number: percent(w), shade: draw.ShadeOf(w, sc.Scale), boxed: k == top,
				tip: fmt.Sprintf("%s %% %s, to %s", draw.Number(draw.Sig3(100*w)), from, keys[k])}
			if t.number == "" {
				t.number = "."
			}
			row.tokens = append(row.tokens, t)
		}
		rows = append(rows, row)
		if top >= 0 && len(says) < 8 {
			says = append(says, fmt.Sprintf("%s: most, %s %%, to %s.", strings.TrimSpace(r.Name+" "+from), draw.Number(draw.Sig3(100*seen[i][top])), keys[top]))
		}
	}
	return &stripSheet{note: a.Note, kind: "attention strip", desc: "Attention weights. " + strings.Join(says, " "), width: stripColumns, scale: sc,
		box: "what gets most", under: "numbers are per cent of the attention of a query; a row ends at its query",
		drawn: []stripGroup{{lines: layStrip(rows, nil, stripColumns, false)}},
		twin:  []stripGroup{{lines: layStrip(rows, nil, stripColumns, true)}}}, nil
}

// percent prints a share as a whole number of per cent; nothing below a half.
func percent(w float64) string {
	p := math.Round(100 * w)
	if p == 0 {
		return ""
	}
	return draw.Number(p)
}
