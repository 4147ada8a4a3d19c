package lab

import (
	"errors"
	"fmt"
	"reflect"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// Plot draws numbers of one's own as lines, the first at 0: Plot(losses), or with names
// Plot("seed 0", a, "seed 1", b). A list is of whole or fractional numbers, or of
// estimates, whose intervals are drawn too.
func Plot(namesAndLists ...any) charts.Plot {
	p := charts.Plot{Panels: []charts.Panel{{}}}
	name := ""
	for _, x := range namesAndLists {
		if text, ok := x.(string); ok {
			name = text
			continue
		}
		s := cell.Must(seriesOf(x))
		if s.Name = name; name == "" {
			s.Name = fmt.Sprintf("list %d", len(p.Panels[0].Series)+1)
		}
		if s.Lo != nil {
			p.Band = "95 %"
		}
		p.Panels[0].Series, name = append(p.Panels[0].Series, s), ""
	}
	if len(p.Panels[0].Series) == 0 {
		cell.End(errors.New(`Plot takes a list of numbers, or names and lists, as in Plot("seed 0", a, "seed 1", b)`))
	}
	return p
}

// seriesOf is a list of numbers or of estimates.
func seriesOf(list any) (s charts.Series, err error) {
	if e, ok := list.([]cell.Estimate); ok {
		for i, x := range e {
			cell.Point(&s, float64(i), x.Estimate)
		}
		return s, nil
	}
	v := reflect.ValueOf(list)
	if k := v.Kind(); k != reflect.Slice && k != reflect.Array {
		return s, fmt.Errorf("Plot draws lists, as in []float64{3.1, 2.7}, not a %T", list)
	}
	for i := range v.Len() {
		x := v.Index(i)
		if x.Kind() == reflect.Interface {
			x = x.Elem()
		}
		switch {
		case !x.IsValid():
			return s, fmt.Errorf("the list holds nothing at place %d", i)
		case x.CanInt():
			s.Y = append(s.Y, float64(x.Int()))
		case x.CanUint():
			s.Y = append(s.Y, float64(x.Uint()))
		case x.CanFloat():
			s.Y = append(s.Y, x.Float())
		default:
			return s, fmt.Errorf("the list holds a %s at place %d, which is no number", x.Type(), i)
		}
	}
	s.X = charts.Steps(len(s.Y))
	return s, nil
}

// Rows are a table of one's own, which grows by Add.
type Rows struct {
	Columns []string
	List    [][]any // numbers, texts and truth values
}

// Table begins a table: t := Table("seed", "loss"), t.Add(1, 0.25) for a row, and t as
// the last line shows it.
func Table(columns ...string) *Rows {
	if len(columns) == 0 {
		cell.End(errors.New(`Table takes the names of its columns, as in Table("seed", "loss")`))
	}
	return &Rows{Columns: columns}
}

// Add adds a row, a value for each column: a number, a text, an estimate, or anything
// else as it is printed.
func (r *Rows) Add(values ...any) {
	if len(values) != len(r.Columns) {
		cell.End(fmt.Errorf("a row of %d values for the %d columns %q", len(values), len(r.Columns), r.Columns))
	}
	var row []any
	for _, v := range values {
		x := reflect.ValueOf(v)
		_, says := v.(fmt.Stringer)
		switch e, ok := v.(cell.Estimate); {
		case ok:
			row = append(row, cell.Interval(e.Estimate))
		case v == nil:
			row = append(row, nil)
		case !says && x.CanInt():
			row = append(row, x.Int())
		case !says && x.CanFloat():
			row = append(row, x.Float())
		case !says && x.Kind() == reflect.Bool:
			row = append(row, x.Bool())
		default:
			row = append(row, fmt.Sprint(v))
		}
	}
	r.List = append(r.List, row)
}

// Bundle is the table.
func (r *Rows) Bundle() (viz.Bundle, error) {
	t := viz.Table{Rows: r.List}
	for _, c := range r.Columns {
		t.Columns = append(t.Columns, viz.Column{Name: c})
	}
	return t.Bundle()
}
