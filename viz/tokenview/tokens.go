package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// TokenStrips shows what a node does at the tokens of a text: its activation as a tint behind each
// token, one scale centred on zero for all rows, with a line over the token where it is positive
// and under it where it is negative. The peak of a row, its greatest magnitude, is boxed. In HTML
// the value of each token is shown on hover; the text twin has it under the token. The picture, for
// files, is left out where it would exceed [MaxSVG]; more than that in HTML is an error.
//
//	viz.TokenStrips{Strips: []viz.TokenStrip{viz.Strip("0.mlp.post_act[863]", tokens, values)}}
type TokenStrips struct {
	viz.Note
	Strips []TokenStrip
	// Scale is the magnitude of the strongest tint; 0 means the greatest one shown.
	Scale float64
	// Columns is the width of a line in columns of type, names included; 0 means 100.
	Columns int
}

// A TokenStrip is a text, or several under each other that are aligned token by token; [Strip] and
// [Pair] make them. A strip of one row begins a new line where its text does.
type TokenStrip struct {
	Name string // what the values are, such as a node's path
	Rows []TokenRow
}

// A TokenRow is a text as tokens, with a value at each.
type TokenRow struct {
	Name   string // such as the side of a pair
	Tokens []string
	Values []float64
	// At is the column in which each token stands, rising; nil means 0, 1, 2, …
	At []int
	// Difference says that the values compare the rows above: signs are drawn in place of tokens.
	Difference bool
}

// Strip is the strip of one text.
func Strip(name string, tokens []string, values []float64) TokenStrip {
	return TokenStrip{Name: name, Rows: []TokenRow{{Tokens: tokens, Values: values}}}
}

// Bundle draws the strips. It refuses tokens without a value and values that are not finite, naming
// strip, row and token.
func (s TokenStrips) Bundle() (viz.Bundle, error) {
	sheet, err := s.sheet()
	if err != nil {
		return viz.Bundle{}, err
	}
	return sheet.bundle()
}

func (s *TokenStrips) check() error {
	if len(s.Strips) == 0 {
		return fmt.Errorf("token strips %q: %w", s.Title, viz.ErrNoData)
	}
	if err := checkScale(s.Scale); err != nil {
		return fmt.Errorf("token strips %q: %w", s.Title, err)
	}
	if s.Columns != 0 && (s.Columns < 40 || s.Columns > 400) {
		return fmt.Errorf("token strips %q: a line of %d columns; give 40 to 400, or 0 for %d", s.Title, s.Columns, stripColumns)
	}
	for _, st := range s.Strips {
		if len(st.Rows) == 0 {
			return fmt.Errorf("token strips %q: strip %q has no rows: %w", s.Title, st.Name, viz.ErrNoData)
		}
		for i, r := range st.Rows {
			if err := r.check(); err != nil {
				return fmt.Errorf("token strips %q, strip %q, row %d (%q): %w", s.Title, st.Name, i, r.Name, err)
			}
		}
	}
	return nil
}

func checkScale(scale float64) error {
	if scale < 0 || math.IsNaN(scale) || math.IsInf(scale, 0) {
		return fmt.Errorf("scale %v is no magnitude", scale)
	}
	return nil
}

// checkValues refuses tokens without values, and values that cannot be drawn.
func checkValues(tokens []string, values []float64) error {
	if len(tokens) == 0 {
		return fmt.Errorf("no tokens: %w", viz.ErrNoData)
	}
	if len(tokens) != len(values) {
		return fmt.Errorf("%d values for %d tokens; give one for each", len(values), len(tokens))
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("the value of token %d (%q) is %v: %w", i, tokens[i], v, viz.ErrNotFinite)
		}
	}
	return nil
}

// maxColumn bounds the columns of a strip, so that a wrong At cannot ask for a picture without end.
const maxColumn = 20_000

func (r *TokenRow) check() error {
	if err := checkValues(r.Tokens, r.Values); err != nil {
		return err
	}
	if r.At == nil {
		return nil
	}
	if len(r.At) != len(r.Tokens) {
		return fmt.Errorf("%d columns for %d tokens; give one for each, or nil", len(r.At), len(r.Tokens))
	}
	for i, c := range r.At {
		if c < 0 || c > maxColumn || i > 0 && c <= r.At[i-1] {
			return fmt.Errorf("token %d stands in column %d; columns must rise from 0 to at most %d", i, c, maxColumn)
		}
	}
	return nil
}

// column is where token i stands.
func (r *TokenRow) column(i int) int {
	if r.At == nil {
		return i
	}
	return r.At[i]
}

// peak is the index of the greatest magnitude, the first of equals; -1 if all are zero.
func peak(values []float64) int {
	at, top := -1, 0.0
	for i, v := range values {
		if a := math.Abs(v); a > top {
			at, top = i, a
		}
	}
	return at
}

// sheet lays the strips out.
func (s *TokenStrips) sheet() (*stripSheet, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var all [][]float64
	signs := false
	for _, st := range s.Strips {
		for _, r := range st.Rows {
			all = append(all, r.Values)
			signs = signs || r.Difference
		}
	}
	out := &stripSheet{note: s.Note, kind: "token strips", scale: draw.NewShadeScale(s.Scale, true, all...), width: s.Columns, box: "the peak of a row"}
	if out.width == 0 {
		out.width = stripColumns
	}
	if signs {
		out.legend = "+ and −: the sign of a difference of at least an eighth of the scale"
	}
	var says []string
	for _, st := range s.Strips {
		rows := st.rows(out.scale.Scale)
		var after []bool
		if len(st.Rows) == 1 && st.Rows[0].At == nil {
			after = breaksAfter(st.Rows[0].Tokens)
		}
		out.drawn = append(out.drawn, stripGroup{st.Name, layStrip(rows, after, out.width, false)})
		out.twin = append(out.twin, stripGroup{st.Name, layStrip(rows, after, out.width, true)})
		if len(says) < 8 {
			says = append(says, st.describe())
		}
	}
	if more := len(s.Strips) - len(says); more > 0 {
		says = append(says, fmt.Sprintf("%d more.", more))
	}
	out.desc = strings.Join(says, " ")
	return out, nil
}

// rows puts the tokens into their columns.
func (st *TokenStrip) rows(scale float64) []stripRow {
	n := 0
	for i := range st.Rows {
		n = max(n, st.Rows[i].column(len(st.Rows[i].Tokens)-1)+1)
	}
	out := make([]stripRow, len(st.Rows))
	for i := range st.Rows {
		r := &st.Rows[i]
		row := stripRow{name: draw.ClipColumns(draw.Visible(r.Name), 24), tokens: make([]stripToken, n)}
		for c := range row.tokens {
			row.tokens[c].absent = true
		}
		top := peak(r.Values)
		for k, v := range r.Values {
			t := stripToken{text: tokenText(r.Tokens[k]), number: draw.Number(draw.Sig3(v)), shade: draw.ShadeOf(v, scale), boxed: k == top,
				tip: fmt.Sprintf("%s at token %d", draw.Number(v), k)}
			if r.Name != "" {
				t.tip = draw.Visible(r.Name) + ": " + t.tip
			}
			if r.Difference {
				t.text = signText(v, scale)
				row.only = numbers
			}
			row.tokens[r.column(k)] = t
		}
		out[i] = row
	}
	st.embolden(out)
	return out
}

// signText is a sign where it matters.
func signText(v, scale float64) string {
	switch {
	case math.Abs(v) < scale/8 || v == 0:
		return ""
	case v < 0:
		return "−"
	}
	return "+"
}

// embolden sets the tokens bold in which aligned texts differ.
func (st *TokenStrip) embolden(rows []stripRow) {
	if len(rows) == 0 {
		return
	}
	for c := range rows[0].tokens {
		first, differ := -1, false
		for i := range rows {
			if st.Rows[i].Difference {
				continue
			}
			if first < 0 {
				first = i
			}
			a, b := &rows[i].tokens[c], &rows[first].tokens[c]
			differ = differ || a.text != b.text || a.absent != b.absent
		}
		for i := range rows {
			rows[i].tokens[c].bold = differ && !st.Rows[i].Difference
		}
	}
}

// describe says in words what a strip shows.
func (st *TokenStrip) describe() string {
	var parts []string
	for i := range st.Rows {
		r := &st.Rows[i]
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range r.Values {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
		says := fmt.Sprintf("%d tokens, values from %s to %s", len(r.Tokens), draw.Number3(lo), draw.Number3(hi))
		if k := peak(r.Values); k >= 0 {
			says += fmt.Sprintf(", peak %s at token %d (%s)", draw.Number3(r.Values[k]), k, tokenText(r.Tokens[k]))
		}
		if r.Name != "" {
			says = r.Name + ": " + says
		}
		parts = append(parts, says)
	}
	says := strings.Join(parts, "; ") + "."
	if st.Name != "" {
		says = st.Name + ", " + says
	}
	return says
}
