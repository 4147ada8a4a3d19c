package tokenview

import (
	"circuitbook/viz/internal/draw"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawTokens makes tokens of the kinds that texts have.
func drawTokens(t *rapid.T, most int) []string {
	return rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab (\"·\n\t日é\u05d0👩\u202e")), 0, 6, -1), 1, most).Draw(t, "tokens")
}

// TestLayStrip: every token stands once, in order, in a field wide enough and apart from the next;
// lines keep to the width unless one token alone is wider, and all rows have one grid.
func TestLayStrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := drawTokens(t, 40)
		rows := []stripRow{{name: "one"}, {name: "two rows"}}
		for i, s := range tokens {
			tok := stripToken{text: tokenText(s), number: draw.Number(float64(i)), boxed: i == 1}
			rows[0].tokens = append(rows[0].tokens, tok)
			tok.absent = rapid.Bool().Draw(t, "absent")
			rows[1].tokens = append(rows[1].tokens, tok)
		}
		width := rapid.IntRange(20, 120).Draw(t, "width")
		for _, twin := range [...]bool{false, true} {
			seen := map[string][]int{}
			index := map[*stripToken]int{}
			for r := range rows {
				for i := range rows[r].tokens {
					index[&rows[r].tokens[i]] = i
				}
			}
			column := map[int]int{}
			label := ""
			for _, l := range layStrip(rows, nil, width, twin) {
				if l.label != "" {
					label = l.label
				}
				value := twin && l.label == ""
				at := 0
				for k, c := range l.cells {
					if c.column < at || draw.Width(c.text) > c.width {
						t.Fatalf("cell %+v begins before %d", c, at)
					}
					at = c.column + c.width + 1
					if at-1 > width && k > 0 {
						t.Fatalf("a line of %d columns ends at %d", width, at-1)
					}
					i := index[c.token]
					if was, ok := column[i]; ok && was != c.column {
						t.Fatalf("token %d stands in columns %d and %d", i, was, c.column)
					}
					column[i] = c.column
					if !value {
						seen[label] = append(seen[label], i)
					}
				}
			}
			for _, r := range rows {
				var want []int
				for i := range r.tokens {
					if !r.tokens[i].absent {
						want = append(want, i)
					}
				}
				got := seen[r.name]
				if len(got) != len(want) {
					t.Fatalf("row %s has %v, want %v", r.name, got, want)
				}
				for k := range want {
					if got[k] != want[k] {
						t.Fatalf("row %s has %v, want %v", r.name, got, want)
					}
				}
			}
		}
	})
}

// TestStripBreaks: a text's own lines begin new lines; a row without anything in a line has none.
func TestStripBreaks(t *testing.T) {
	tokens := []string{"a", ":\n", "b", "\n", "\n", "c"}
	var row stripRow
	for _, s := range tokens {
		row.tokens = append(row.tokens, stripToken{text: tokenText(s)})
	}
	var got []string
	for _, l := range layStrip([]stripRow{row}, breaksAfter(tokens), 100, false) {
		var cells []string
		for _, c := range l.cells {
			cells = append(cells, c.text)
		}
		got = append(got, strings.Join(cells, " "))
	}
	if s := strings.Join(got, "|"); s != "a :⏎|b ⏎|⏎|c" {
		t.Errorf("lines are %s", s)
	}
	short := stripRow{name: "s", tokens: []stripToken{{text: "x"}}}
	lines := layStrip([]stripRow{{name: "l", tokens: row.tokens}, short}, nil, 6, false)
	n := 0
	for _, l := range lines {
		if l.label == "s" {
			n++
		}
	}
	if n != 1 || len(lines) < 4 {
		t.Errorf("%d lines of the short row in %d", n, len(lines))
	}
}

func TestTokenText(t *testing.T) {
	for in, want := range map[string]string{
		"": "∅", " x": "·x", "\n": "⏎", "a\nb": "a⏎b", "\t": "→", "·": `\u00B7`, "\x00": `\x00`, "</svg>": "</svg>",
		strings.Repeat("x", 33): strings.Repeat("x", 31) + "…", strings.Repeat("日", 20): strings.Repeat("日", 15) + "…",
	} {
		if got := tokenText(in); got != want {
			t.Errorf("tokenText(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestRightToLeft: letters that would reorder a line are found, ours are not.
func TestRightToLeft(t *testing.T) {
	for s, want := range map[string]bool{"שלום": true, "aب": true, "abc·→⏎␍∅…é日👩": false, "": false, "\ufb2a": true, "\ufeff": false, "\U00010800": true} {
		if got := rightToLeft(s); got != want {
			t.Errorf("rightToLeft(%q) = %v", s, got)
		}
	}
	b, err := TokenStrips{Strips: []TokenStrip{Strip("", []string{"שלום", "x"}, []float64{1, 0})}}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.HTML, `style="display:inline-block;background-color`) != 1 {
		t.Errorf("a token in Hebrew is no island:\n%s", b.HTML)
	}
}
