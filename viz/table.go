package viz

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A Column is one column of a [Table].
type Column struct {
	Name string
	// Format is a fmt verb for the numbers of the column, such as "%.3f"; by default [Number].
	Format string
	// Bar draws a bar after each number, its length the value's share of Max.
	Bar bool
	// Max is the value of a full bar; 0 means the greatest value of the column.
	Max float64
}

// A Table shows rows of values under named columns. A cell is a string, a bool, an integer, a
// float (of named types too), a time.Duration, or nil (empty). Columns of numbers are right-aligned. It is shown as HTML and as text,
// without a picture.
type Table struct {
	Note
	Columns []Column
	Rows    [][]any
	// Total, if not nil, is a last row set apart.
	Total []any
}

// Bundle renders the table.
func (t Table) Bundle() (Bundle, error) {
	if len(t.Columns) == 0 {
		return Bundle{}, fmt.Errorf("table %q: no columns: %w", t.Title, ErrNoData)
	}
	var h, x strings.Builder
	h.WriteString(`<figure style="margin:0">`)
	if err := t.html(&h); err != nil {
		return Bundle{}, err
	}
	t.Note.WriteHTML(&h, draw.PlotWidth)
	h.WriteString("</figure>\n")
	t.WriteHeading(&x)
	body := t
	body.Note = Note{}
	if err := body.text(&x); err != nil {
		return Bundle{}, err
	}
	t.Note.WriteText(&x)
	return Bundle{HTML: h.String(), Text: x.String()}, nil
}

// cell is one value ready to print.
type cell struct {
	text    string
	value   float64
	numeric bool
}

// number returns v as a float64 if it is a number of whatever named type.
func number(v any) (float64, bool) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return float64(r.Uint()), true
	case reflect.Float32, reflect.Float64:
		return r.Float(), true
	}
	return 0, false
}

// layout formats all cells; right tells the columns that hold only numbers.
func (t *Table) layout() (rows [][]cell, right []bool, err error) {
	all := t.Rows
	if t.Total != nil {
		all = append(append([][]any{}, t.Rows...), t.Total)
	}
	right = make([]bool, len(t.Columns))
	for j := range right {
		right[j] = true
	}
	for i, r := range all {
		if len(r) != len(t.Columns) {
			return nil, nil, fmt.Errorf("table %q: row %d has %d cells, the table %d columns", t.Title, i, len(r), len(t.Columns))
		}
		out := make([]cell, len(r))
		for j, v := range r {
			c := &out[j]
			switch x := v.(type) {
			case nil:
			case string:
				c.text = draw.Visible(x)
			case bool:
				c.text = map[bool]string{true: "yes", false: "no"}[x]
			case time.Duration:
				c.text = Duration(x)
			default:
				if r := reflect.ValueOf(v); r.Kind() == reflect.String {
					c.text = draw.Visible(r.String())
					break
				}
				if c.value, c.numeric = number(v); !c.numeric {
					return nil, nil, fmt.Errorf("table %q: row %d, column %q: a cell cannot hold a %T", t.Title, i, t.Columns[j].Name, v)
				}
				c.text = t.Columns[j].format(v, c.value)
			}
			if !c.numeric && c.text != "" && (t.Total == nil || i < len(all)-1) {
				right[j] = false
			}
		}
		rows = append(rows, out)
	}
	for j := range t.Columns {
		t.align(all, rows, j)
	}
	return rows, right, nil
}

// align gives the fractions of a column without a Format the same number of decimals.
func (t *Table) align(all [][]any, rows [][]cell, j int) {
	if t.Columns[j].Format != "" {
		return
	}
	most := 0
	for i := range rows {
		c := &rows[i][j]
		if !c.numeric || math.IsNaN(c.value) {
			continue
		}
		if k := reflect.ValueOf(all[i][j]).Kind(); k != reflect.Float32 && k != reflect.Float64 {
			return // counts stay whole
		}
		if math.Abs(c.value) >= 1000 || strings.ContainsAny(c.text, "e∞") {
			return
		}
		if _, f, ok := strings.Cut(c.text, "."); ok {
			most = max(most, len(f))
		}
	}
	for i := range rows {
		if c := &rows[i][j]; c.numeric && !math.IsNaN(c.value) {
			c.text = strconv.FormatFloat(c.value, 'f', most, 64)
		}
	}
}

func (c *Column) format(v any, f float64) string {
	if c.Format == "" || math.IsNaN(f) || math.IsInf(f, 0) {
		return draw.Number(f)
	}
	if strings.HasSuffix(c.Format, "d") {
		return draw.Visible(fmt.Sprintf(c.Format, int64(f)))
	}
	return draw.Visible(fmt.Sprintf(c.Format, f))
}

// full is the value of a full bar in column j.
func (t *Table) full(rows [][]cell, j int) float64 {
	top := t.Columns[j].Max
	if top > 0 {
		return top
	}
	for i := range t.Rows {
		if v := rows[i][j].value; v > top && !math.IsInf(v, 0) {
			top = v
		}
	}
	return top
}

// html writes the <table>. Styles are inline and of the kind that JupyterLab's sanitiser keeps;
// colours are left to the page, but for the bars.
func (t *Table) html(b *strings.Builder) error {
	rows, right, err := t.layout()
	if err != nil {
		return err
	}
	b.WriteString("\n<table>")
	if t.Title != "" {
		fmt.Fprintf(b, `<caption style="text-align:left;font-weight:bold">%s</caption>`, draw.Esc(t.Title))
	}
	b.WriteString("<thead><tr>")
	for j, c := range t.Columns {
		fmt.Fprintf(b, `<th scope="col" style="text-align:%s;padding:2px 8px">%s</th>`, side(right[j]), draw.Esc(c.Name))
	}
	b.WriteString("</tr></thead>\n<tbody>")
	for i, r := range rows {
		total := i == len(t.Rows)
		b.WriteString("<tr>")
		for j, c := range r {
			fmt.Fprintf(b, `<td style="text-align:%s;padding:2px 8px;white-space:nowrap`, side(right[j]))
			if total {
				b.WriteString(";font-weight:bold")
			}
			b.WriteString(`">` + draw.Esc(c.text))
			if t.Columns[j].Bar && c.numeric && !total {
				w := math.Round(draw.Share(c.value, t.full(rows, j)) * 80)
				fmt.Fprintf(b, ` <span style="display:inline-block;width:80px;height:9px;background-color:rgba(127,137,147,0.2)"><span style="display:block;width:%spx;height:9px;background-color:%s"></span></span>`,
					draw.Num(w), draw.Palette[draw.Series0].Light)
			} else if t.Columns[j].Bar {
				b.WriteString(` <span style="display:inline-block;width:80px"></span>`)
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	return nil
}

func side(right bool) string {
	if right {
		return "right"
	}
	return "left"
}

// barColumns is the length of a full bar in text.
const barColumns = 10

// text writes the table with columns aligned by spaces.
func (t *Table) text(b *strings.Builder) error {
	rows, right, err := t.layout()
	if err != nil {
		return err
	}
	if t.Title != "" {
		b.WriteString(draw.Visible(t.Title) + "\n")
	}
	width := make([]int, len(t.Columns))
	for j, c := range t.Columns {
		width[j] = draw.Width(draw.Visible(c.Name))
		for _, r := range rows {
			width[j] = max(width[j], draw.Width(r[j].text))
		}
	}
	line := func(get func(j int) (text, bar string)) {
		var l strings.Builder
		for j := range t.Columns {
			if j > 0 {
				l.WriteString("  ")
			}
			s, tail := get(j)
			if right[j] {
				l.WriteString(draw.PadLeft(s, width[j]))
			} else {
				l.WriteString(draw.PadRight(s, width[j]))
			}
			if t.Columns[j].Bar {
				l.WriteString(" " + draw.PadRight(tail, barColumns))
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	rule := func() { line(func(j int) (string, string) { return strings.Repeat("─", width[j]), "" }) }
	line(func(j int) (string, string) { return draw.Visible(t.Columns[j].Name), "" })
	rule()
	for i, r := range rows {
		total := i == len(t.Rows)
		if total {
			rule()
		}
		line(func(j int) (string, string) {
			if !r[j].numeric || total {
				return r[j].text, ""
			}
			return r[j].text, draw.Bar(draw.Share(r[j].value, t.full(rows, j)), barColumns)
		})
	}
	return nil
}
