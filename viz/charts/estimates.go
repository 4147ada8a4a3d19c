package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// Estimates compares named numbers on one axis: a row for each, with its interval as a whisker, the
// runs it sums up as small dots, and lines to compare with, such as chance.
//
//	viz.Estimates{X: viz.Axis{Label: "loss, nats per example"}, Interval: "95 % over 5 seeds",
//		Rows: []viz.Estimate{{Name: "full model", Value: 0.03, Lo: 0.02, Hi: 0.04}}}
type Estimates struct {
	viz.Note
	X        Axis
	Rows     []Estimate
	Refs     []Ref  // Y of a Ref is its place on the axis
	Interval string // what the whiskers are
}

// An Estimate is a number, how well it is known, and what it comes from.
type Estimate struct {
	Name  string
	Value float64
	// Lo and Hi bound the interval; both zero means that there is none.
	Lo, Hi float64
	Runs   []float64 // single results, such as one for each seed
	Group  string    // rows of one group stand together under its name
}

// Bundle draws the estimates. It refuses numbers that are not finite or do not fit the axis, and an
// interval upside down, naming the row.
func (e Estimates) Bundle() (viz.Bundle, error) {
	if err := e.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(e.Scene(), e.Note, e.twin(), e.numbers())
}

// interval reports whether there is one.
func (e *Estimate) interval() bool { return e.Lo != 0 || e.Hi != 0 }

func (e *Estimates) check() error {
	if len(e.Rows) == 0 {
		return fmt.Errorf("estimates %q: %w", e.Title, viz.ErrNoData)
	}
	if err := e.X.check(); err != nil {
		return fmt.Errorf("estimates %q: %w", e.Title, err)
	}
	for i, r := range e.Rows {
		if err := r.check(e.X.Log); err != nil {
			return fmt.Errorf("estimates %q, row %d (%q): %w", e.Title, i, r.Name, err)
		}
	}
	for _, r := range e.Refs {
		if err := onAxis(r.Y, e.X.Log); err != nil {
			return fmt.Errorf("estimates %q, reference line %q: %w", e.Title, r.Name, err)
		}
	}
	return nil
}

// onAxis refuses a number that an axis cannot show.
func onAxis(v float64, log bool) error {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("the number is %v: %w", v, viz.ErrNotFinite)
	case extreme(v, log):
		return fmt.Errorf("%v is beyond what can be drawn (±%g)", v, draw.Limit)
	case log && v <= 0:
		return fmt.Errorf("a logarithmic axis cannot show %v", v)
	}
	return nil
}

func (e *Estimate) check(log bool) error {
	vals := append([]float64{e.Value}, e.Runs...)
	if e.interval() {
		if e.Lo > e.Hi {
			return fmt.Errorf("the interval [%v, %v] is upside down", e.Lo, e.Hi)
		}
		vals = append(vals, e.Lo, e.Hi)
	}
	for _, v := range vals {
		if err := onAxis(v, log); err != nil {
			return err
		}
	}
	return nil
}

// span is the range of the axis.
func (e *Estimates) span() (lo, hi float64) {
	vals := append([]float64{}, e.X.Include...)
	for _, r := range e.Refs {
		vals = append(vals, r.Y)
	}
	for i := range e.Rows {
		r := &e.Rows[i]
		vals = append(append(vals, r.Value), r.Runs...)
		if r.interval() {
			vals = append(vals, r.Lo, r.Hi)
		}
	}
	return draw.Span(vals, e.X.Log, 0.04)
}

// says prints a row's number and interval.
func (e *Estimate) says() string {
	s := draw.Number3(e.Value)
	if e.interval() {
		s += fmt.Sprintf(" [%s, %s]", draw.Number3(e.Lo), draw.Number3(e.Hi))
	}
	return s
}

// intervalWords says what whiskers and dots are.
func (e *Estimates) intervalWords() string {
	whisker, dots := false, false
	for i := range e.Rows {
		whisker, dots = whisker || e.Rows[i].interval(), dots || len(e.Rows[i].Runs) > 0
	}
	var parts []string
	if whisker {
		w := e.Interval
		if w == "" {
			w = "the interval of each row"
		}
		parts = append(parts, "Whiskers: "+w)
	}
	if dots {
		parts = append(parts, "small dots: single runs")
	}
	return strings.Join(parts, "; ")
}

func (e *Estimates) describe() string {
	var parts []string
	for i := range e.Rows {
		r := &e.Rows[i]
		parts = append(parts, strings.TrimSpace(r.Group+" "+r.Name)+" "+r.says())
	}
	for _, r := range e.Refs {
		parts = append(parts, "line "+r.Name+" "+draw.Number3(r.Y))
	}
	return strings.TrimSpace(e.X.Label+": ") + " " + strings.Join(parts, "; ") + ". " + e.intervalWords()
}

// numbers tabulates the rows.
func (e *Estimates) numbers() viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "estimate"}, {Name: "value"}, {Name: "from"}, {Name: "to"}, {Name: "runs"}}}
	for i := range e.Rows {
		r := &e.Rows[i]
		row := []any{strings.TrimLeft(r.Group+" "+r.Name, " "), r.Value, nil, nil, nil}
		if r.interval() {
			row[2], row[3] = r.Lo, r.Hi
		}
		if len(r.Runs) > 0 {
			row[4] = len(r.Runs)
		}
		t.Rows = append(t.Rows, row)
	}
	for _, r := range e.Refs {
		t.Rows = append(t.Rows, []any{r.Name, r.Y, nil, nil, nil})
	}
	return t
}

// twin draws the rows with characters: o the value, - its whisker, . a run, | a line to compare
// with.
func (e *Estimates) twin() string {
	const cols = 56
	lo, hi := e.span()
	x := draw.NewScale(lo, hi, 0, cols-1, e.X.Log)
	width := 0
	for _, r := range e.Rows {
		width = max(width, draw.Width(draw.ClipColumns(draw.Visible(r.Name), 28)))
	}
	var b strings.Builder
	group := ""
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Group != group {
			group = r.Group
			b.WriteString(draw.Visible(group) + "\n")
		}
		line := []byte(strings.Repeat(" ", cols))
		for _, ref := range e.Refs {
			line[draw.ClampInt(x.At(ref.Y), cols)] = '|'
		}
		if r.interval() {
			for c := draw.ClampInt(x.At(r.Lo), cols); c <= draw.ClampInt(x.At(r.Hi), cols); c++ {
				line[c] = '-'
			}
		}
		for _, v := range r.Runs {
			line[draw.ClampInt(x.At(v), cols)] = '.'
		}
		line[draw.ClampInt(x.At(r.Value), cols)] = 'o'
		fmt.Fprintf(&b, "  %s │%s│ %s\n", draw.PadRight(draw.ClipColumns(draw.Visible(r.Name), 28), width), line, r.says())
	}
	l, r := draw.Number3(lo), draw.Number3(hi)
	mid := draw.Visible(e.X.Label)
	gap := max(2, cols-draw.Width(l)-draw.Width(r)-draw.Width(mid))
	fmt.Fprintf(&b, "  %s  %s%s%s%s%s\n", strings.Repeat(" ", width), l, strings.Repeat(" ", gap/2), mid, strings.Repeat(" ", gap-gap/2), r)
	for _, ref := range e.Refs {
		fmt.Fprintf(&b, "  | %s %s\n", draw.Visible(ref.Name), draw.Number3(ref.Y))
	}
	if w := e.intervalWords(); w != "" {
		b.WriteString("  " + draw.Visible(w) + "\n")
	}
	return b.String()
}
