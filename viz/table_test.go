package viz

import (
	"circuitbook/viz/internal/draw"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

type (
	kind  string
	count int16
)

func TestTableRefuses(t *testing.T) {
	col := []Column{{Name: "a"}}
	for name, c := range map[string]struct {
		table Table
		want  string
		is    error
	}{
		"no columns": {Table{}, "no columns", ErrNoData},
		"short row":  {Table{Columns: col, Rows: [][]any{{}}}, "row 0 has 0 cells, the table 1 columns", nil},
		"long row":   {Table{Columns: col, Rows: [][]any{{1}, {1, 2}}}, "row 1 has 2 cells", nil},
		"total":      {Table{Columns: col, Total: []any{1, 2}}, "row 0 has 2 cells", nil},
		"type":       {Table{Columns: col, Rows: [][]any{{[]int{1}}}}, `column "a": a cell cannot hold a []int`, nil},
	} {
		_, err := c.table.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
	}
}

// TestTableCells: every kind of cell, aligned by what the column holds.
func TestTableCells(t *testing.T) {
	b, err := Table{
		Columns: []Column{{Name: "kind"}, {Name: "value"}, {Name: "f", Format: "%.1f"}, {Name: "n", Format: "%04d"}},
		Rows: [][]any{
			{"int", 1234567, 1.25, 7},
			{"sizes", int64(-5), float32(0.5), int32(8)},
			{"odd", uint64(9), math.Inf(1), nil},
			{nil, true, math.NaN(), 1},
			{kind("named"), 187 * time.Second, uint8(2), count(3)},
		},
	}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	want := `kind   value        f     n
─────  ─────────  ───  ────
int    1,234,567  1.2  0007
sizes  -5         0.5  0008
odd    9            ∞
       yes          –  0001
named  3m07s      2.0  0003
`
	if b.Text != want {
		t.Errorf("got\n%s\nwant\n%s", b.Text, want)
	}
}

// TestTableText: rows of a text table have one width, whatever the cells.
func TestTableText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "columns")
		tab := Table{}
		for j := 0; j < n; j++ {
			tab.Columns = append(tab.Columns, Column{Name: rapid.String().Draw(t, "name"), Bar: rapid.Bool().Draw(t, "bar")})
		}
		rows := rapid.IntRange(0, 6).Draw(t, "rows")
		for i := 0; i < rows; i++ {
			row := make([]any, n)
			for j := range row {
				row[j] = rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.String(), func(s string) any { return s }),
					rapid.Map(rapid.Float64(), func(f float64) any { return f }), rapid.Map(rapid.Int(), func(i int) any { return i })).Draw(t, "cell")
			}
			tab.Rows = append(tab.Rows, row)
		}
		b, err := tab.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.Text, "\n"), "\n")
		if len(lines) != rows+2 {
			t.Fatalf("%d lines for %d rows:\n%s", len(lines), rows, b.Text)
		}
		if !utf8.ValidString(b.Text) {
			t.Fatalf("text is not UTF-8: %q", b.Text)
		}
	})
}

func TestBar(t *testing.T) {
	for s, want := range map[float64]string{0: "    ", 1: "████", 0.5: "██  ", 0.01: "▏   ", 0.3: "█▎  "} {
		if got := draw.Bar(s, 4); got != want {
			t.Errorf("bar(%v) = %q, want %q", s, got, want)
		}
	}
	for _, v := range []float64{-1, math.NaN(), math.Inf(-1), 0} {
		if draw.Share(v, 1) != 0 || draw.Share(1, v) != 0 {
			t.Errorf("share of %v is not 0", v)
		}
	}
	if draw.Share(math.Inf(1), 2) != 1 || draw.Share(3, 2) != 1 {
		t.Error("a share exceeds 1")
	}
}
