package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
)

// A Plot draws series as lines over a shared x: one panel, or several stacked. Series of one name
// look the same in all panels. Names stand at the ends of the lines, so there is no legend to
// match; besides its colour each series has a dash and a marker of its own.
type Plot struct {
	viz.Note
	X      Axis
	Panels []Panel
	Band   string // what the intervals of series are, such as "95 % over 5 seeds"
}

// An Axis names what is measured and how it is spread.
type Axis struct {
	Label   string
	Log     bool
	Include []float64 // values that the axis must reach, such as 0
}

// A Panel is one drawing area with its y axis.
type Panel struct {
	Y      Axis
	Series []Series
	Refs   []Ref
	Height float64 // in pixels; 0 is 230 for the first panel and 130 for those under it
}

// A Series is one line. X must not fall; a NaN in Y is a gap.
type Series struct {
	Name string
	X, Y []float64
	// Smooth, if above 1, draws the mean over so many points, and the points themselves faintly
	// behind it.
	Smooth int
	// Lo and Hi, if not nil, bound an interval at each point, drawn as a band; NaN in both is a gap.
	Lo, Hi []float64
}

// A Ref is a horizontal line to compare with.
type Ref struct {
	Name string
	Y    float64
}

// Steps returns 0, 1, …, n-1: the X of a series with a value per step.
func Steps(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

// check validates the data and returns the number of points that can be drawn.
func (p *Plot) check() error {
	if len(p.Panels) == 0 {
		return fmt.Errorf("plot %q: no panels: %w", p.Title, viz.ErrNoData)
	}
	for i := range p.Panels {
		pan := &p.Panels[i]
		drawn := 0
		seen := map[string]bool{}
		for _, s := range pan.Series {
			if seen[s.Name] {
				return fmt.Errorf("plot %q, panel %q: two series are named %q", p.Title, pan.Y.Label, s.Name)
			}
			seen[s.Name] = true
			n, err := s.check(p.X.Log, pan.Y.Log)
			if err != nil {
				return fmt.Errorf("plot %q, panel %q, series %q: %w", p.Title, pan.Y.Label, s.Name, err)
			}
			drawn += n
		}
		if drawn == 0 {
			return fmt.Errorf("plot %q, panel %q: %w", p.Title, pan.Y.Label, viz.ErrNoData)
		}
		for _, r := range pan.Refs {
			if math.IsNaN(r.Y) || extreme(r.Y, pan.Y.Log) || pan.Y.Log && r.Y <= 0 {
				return fmt.Errorf("plot %q, panel %q: reference line %q at %v: %w", p.Title, pan.Y.Label, r.Name, r.Y, viz.ErrNotFinite)
			}
		}
		if err := pan.Y.check(); err != nil {
			return fmt.Errorf("plot %q, panel %q: %w", p.Title, pan.Y.Label, err)
		}
	}
	if err := p.X.check(); err != nil {
		return fmt.Errorf("plot %q, x axis: %w", p.Title, err)
	}
	return nil
}

func (a *Axis) check() error {
	for _, v := range a.Include {
		if math.IsNaN(v) || extreme(v, a.Log) || a.Log && v <= 0 {
			return fmt.Errorf("cannot include %v: %w", v, viz.ErrNotFinite)
		}
	}
	return nil
}

func extreme(v float64, log bool) bool {
	return math.Abs(v) > draw.Limit || log && v > 0 && v < 1/draw.Limit
}

// check returns how many points have a value.
func (s *Series) check(logX, logY bool) (int, error) {
	if len(s.X) != len(s.Y) {
		return 0, fmt.Errorf("%d x values for %d y values", len(s.X), len(s.Y))
	}
	n := 0
	for i, x := range s.X {
		y := s.Y[i]
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			return 0, fmt.Errorf("x[%d] is %v: %w", i, x, viz.ErrNotFinite)
		case i > 0 && x < s.X[i-1]:
			return 0, fmt.Errorf("x falls from %v to %v at index %d; sort the points", s.X[i-1], x, i)
		case math.IsInf(y, 0):
			return 0, fmt.Errorf("y[%d] is %v: %w", i, y, viz.ErrNotFinite)
		case extreme(x, logX) || extreme(y, logY):
			return 0, fmt.Errorf("the point (%v, %v) at index %d is beyond what can be drawn (±%g)", x, y, i, draw.Limit)
		case logX && x <= 0:
			return 0, fmt.Errorf("x[%d] is %v, which a logarithmic axis cannot show", i, x)
		case logY && y <= 0:
			return 0, fmt.Errorf("y[%d] is %v, which a logarithmic axis cannot show", i, y)
		case !math.IsNaN(y):
			n++
		}
	}
	if err := s.checkBand(logY); err != nil {
		return 0, err
	}
	return n, nil
}

// look is how a series is told from the others.
type look struct {
	role   draw.Role
	dash   []float64
	marker int
	glyph  byte // in the text twin
}

var (
	dashes = [][]float64{nil, {7, 3}, {2, 3}, {9, 3, 2, 3}, {4, 2}, {12, 4}}
	glyphs = "o+x*#@%&$~"
)

// looks assigns a look to every series name, in order of appearance over the panels.
func (p *Plot) looks() map[string]look {
	m := map[string]look{}
	for i := range p.Panels {
		for _, s := range p.Panels[i].Series {
			if _, ok := m[s.Name]; !ok {
				m[s.Name] = lookOf(len(m))
			}
		}
	}
	return m
}

// lookOf is the look of the n-th series.
func lookOf(n int) look {
	return look{
		role:   draw.Series0 + draw.Role(n%draw.SeriesCount),
		dash:   dashes[(n+n/draw.SeriesCount)%len(dashes)],
		marker: (n + n/draw.SeriesCount) % markers,
		glyph:  glyphs[n%len(glyphs)],
	}
}

// numbersRows is about how many points of each series the table of numbers lists.
const numbersRows = 24

// numbers tabulates the plot: a summary, and points of every series.
func (p *Plot) numbers() []viz.Table {
	sum := viz.Table{Columns: []viz.Column{{Name: "series"}, {Name: "of"}, {Name: "points"}, {Name: "first"}, {Name: "least"}, {Name: "greatest"}, {Name: "last"}}}
	pts := viz.Table{Columns: []viz.Column{{Name: p.xLabel()}}}
	rows := map[float64]bool{}
	var all []*Series
	for i := range p.Panels {
		for j := range p.Panels[i].Series {
			s := &p.Panels[i].Series[j]
			all = append(all, s)
			name := s.Name
			if len(p.Panels) > 1 {
				name += ", " + p.Panels[i].Y.Label
			}
			pts.Columns = append(pts.Columns, viz.Column{Name: name})
			if s.Lo != nil {
				pts.Columns = append(pts.Columns, viz.Column{Name: name + " from"}, viz.Column{Name: "to"})
			}
			first, last, n := math.NaN(), math.NaN(), 0
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, y := range s.Y {
				if math.IsNaN(y) {
					continue
				}
				if n++; n == 1 {
					first = y
				}
				last, lo, hi = y, math.Min(lo, y), math.Max(hi, y)
			}
			if n == 0 {
				lo, hi = math.NaN(), math.NaN()
			}
			sum.Rows = append(sum.Rows, []any{s.Name, p.Panels[i].Y.Label, n, first, lo, hi, last})
			for k, m := 0, len(s.X); k < min(numbersRows, m); k++ {
				rows[s.X[k*(m-1)/max(1, min(numbersRows, m)-1)]] = true
			}
		}
	}
	xs := make([]float64, 0, len(rows))
	for x := range rows {
		xs = append(xs, x)
	}
	sort.Float64s(xs)
	for _, x := range xs {
		row := []any{x}
		for _, s := range all {
			var v, lo, hi any
			if k := sort.SearchFloat64s(s.X, x); k < len(s.X) && s.X[k] == x {
				if !math.IsNaN(s.Y[k]) {
					v = s.Y[k]
				}
				if s.Lo != nil && !math.IsNaN(s.Lo[k]) {
					lo, hi = s.Lo[k], s.Hi[k]
				}
			}
			row = append(row, v)
			if s.Lo != nil {
				row = append(row, lo, hi)
			}
		}
		pts.Rows = append(pts.Rows, row)
	}
	return []viz.Table{sum, pts}
}

func (p *Plot) xLabel() string {
	if p.X.Label == "" {
		return "x"
	}
	return p.X.Label
}
