package tokenview

import (
	"circuitbook/viz/internal/draw"
	"strings"
	"unicode/utf8"
)

// stripColumns is how many columns of type a line of a strip has, names included.
const stripColumns = 100

// tokenColumns is where the picture of a single token is cut.
const tokenColumns = 32

// A stripToken is one token of a strip, ready to be laid out.
type stripToken struct {
	text   string  // what is drawn; may be empty where only the tint counts
	number string  // its value, for the text twin
	tip    string  // shown on hover
	shade  float64 // see shade
	boxed  bool
	bold   bool
	absent bool // nothing stands in this column
}

// A stripRow is one row of tokens, by column.
type stripRow struct {
	name   string
	tokens []stripToken
	only   part
}

// A part says what the text twin has of a row.
type part uint8

const (
	whole   part = iota // tokens, and their values under them
	texts               // tokens only
	numbers             // values only
)

// A stripCell is a piece of a line: text in a field of so many columns.
type stripCell struct {
	column, width int
	text          string
	token         *stripToken
}

// A stripLine is a laid-out line. Gap says that a blank one stands before it.
type stripLine struct {
	label string
	cells []stripCell
	gap   bool
}

// A stripGroup is what stands under one name.
type stripGroup struct {
	name  string
	lines []stripLine
}

// tokenText makes a token visible on one line: · is a space, → a tab, ⏎ a newline, ∅ nothing.
func tokenText(s string) string {
	if s == "" {
		return "∅"
	}
	return draw.ClipColumns(strings.ReplaceAll(spaced(s), "\n", ""), tokenColumns)
}

// fieldOf is the text of a token in the picture or in the twin.
func fieldOf(t *stripToken, value, twin bool) string {
	switch {
	case t.absent:
		return ""
	case !twin:
		return t.text
	case !value:
		return t.text
	case t.boxed:
		return "[" + t.number + "]"
	}
	return t.number
}

// layStrip lays rows out under each other, column by column, and breaks lines at width columns;
// after[c] asks for a break after column c. With twin, the values stand under the tokens.
func layStrip(rows []stripRow, after []bool, width int, twin bool) []stripLine {
	label := 0
	for _, r := range rows {
		label = max(label, draw.Width(r.name))
	}
	if label > 0 {
		label += 2
	}
	n := 0
	for _, r := range rows {
		n = max(n, len(r.tokens))
	}
	fields := make([]int, n)
	for c := range fields {
		fields[c] = 1
		for _, r := range rows {
			if c >= len(r.tokens) {
				continue
			}
			t := &r.tokens[c]
			if r.only != numbers || !twin {
				fields[c] = max(fields[c], draw.Width(fieldOf(t, false, twin)))
			}
			if r.only != texts && twin {
				fields[c] = max(fields[c], draw.Width(fieldOf(t, true, twin)))
			}
		}
	}
	var lines []stripLine
	for from := 0; from < n; {
		to, at := from, label
		for to < n && (to == from || at+fields[to] <= width) {
			at += fields[to] + 1
			to++
			if to-1 < len(after) && after[to-1] {
				break
			}
		}
		gap := len(lines) > 0 && (len(rows) > 1 || twin)
		for i := range rows {
			r := &rows[i]
			for _, value := range [...]bool{false, true} {
				if value && (!twin || r.only == texts) || !value && twin && r.only == numbers {
					continue
				}
				l := stripLine{label: r.name, gap: gap}
				if value && r.only == whole {
					l.label = ""
				}
				at := label
				for c := from; c < to; c++ {
					if c < len(r.tokens) && !r.tokens[c].absent {
						t := &r.tokens[c]
						l.cells = append(l.cells, stripCell{column: at, width: fields[c], text: fieldOf(t, value, twin), token: t})
					}
					at += fields[c] + 1
				}
				if len(l.cells) > 0 {
					lines = append(lines, l)
					gap = false
				}
			}
		}
		from = to
	}
	return lines
}

// breaksAfter says after which tokens a text itself begins a new line.
func breaksAfter(tokens []string) []bool {
	out := make([]bool, len(tokens))
	for i, t := range tokens {
		out[i] = strings.HasSuffix(t, "\n")
	}
	return out
}

// rightToLeft reports letters that would change the order of the tokens around them.
func rightToLeft(s string) bool {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc ||
			r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff {
			return true
		}
		s = s[n:]
	}
	return false
}
