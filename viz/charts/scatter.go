package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// A Scatter draws points of two measures, each a group with a marker and a colour of its own, with
// lines of one ratio to compare with. It can mark the Pareto front: what no other point beats in
// both measures at once.
//
//	viz.Scatter{X: viz.Axis{Label: "nodes", Log: true}, Y: viz.Axis{Label: "loss"}, Front: true,
//		Groups: []viz.Cloud{{Name: "sparse", Points: []viz.Dot{{Name: "seed 7", X: 12, Y: 0.15}}}}}
type Scatter struct {
	viz.Note
	X, Y   Axis
	Groups []Cloud
	Rays   []Ray
	// Front marks the points of [Scatter.FrontDots] with a step line and heavier markers; less is
	// better in both measures.
	Front bool
	// Same gives both axes the same range, and the drawing the same width and height. Then either
	// both axes are logarithmic or none is.
	Same bool
}

// A Cloud is a group of points that look alike.
type Cloud struct {
	Name   string
	Points []Dot
	Path   bool // join the points by a line in their order
	Apart  bool // takes no part in the front
}

// A Dot is one point.
type Dot struct {
	Name string // stands beside the point if there is room; always in its tooltip and in the numbers
	X, Y float64
	// XLo and XHi bound an interval of X, YLo and YHi one of Y, drawn as whiskers; both zero means
	// that there is none.
	XLo, XHi, YLo, YHi float64
}

// A Ray is the line y = Factor·x to compare with. It does not widen the axes.
type Ray struct {
	Name   string // stands at its end; empty means × and the factor
	Factor float64
}

// Bundle draws the points. It refuses numbers that are not finite or do not fit their axis, an
// interval upside down, and two groups of one name, naming group and point.
func (s Scatter) Bundle() (viz.Bundle, error) {
	if err := s.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(s.Scene(), s.Note, s.twin(), s.numbers()...)
}

func (s *Scatter) check() error {
	points := 0
	seen := map[string]bool{}
	for _, g := range s.Groups {
		if seen[g.Name] {
			return fmt.Errorf("scatter %q: two groups are named %q; give each a name of its own", s.Title, g.Name)
		}
		seen[g.Name] = true
		for i, d := range g.Points {
			if err := d.check(s.X.Log, s.Y.Log); err != nil {
				return fmt.Errorf("scatter %q, group %q, point %d (%q), %w", s.Title, g.Name, i, d.Name, err)
			}
		}
		points += len(g.Points)
	}
	if points == 0 {
		return fmt.Errorf("scatter %q: no group has points: %w", s.Title, viz.ErrNoData)
	}
	for _, r := range s.Rays {
		if err := onAxis(r.Factor, s.X.Log || s.Y.Log); err != nil {
			return fmt.Errorf("scatter %q, factor of line %q: %w", s.Title, r.Name, err)
		}
	}
	if err := s.X.check(); err != nil {
		return fmt.Errorf("scatter %q, x axis: %w", s.Title, err)
	}
	if err := s.Y.check(); err != nil {
		return fmt.Errorf("scatter %q, y axis: %w", s.Title, err)
	}
	if s.Same && s.X.Log != s.Y.Log {
		return fmt.Errorf("scatter %q: only one axis is logarithmic, so they cannot be the same; set Log of both or leave Same out", s.Title)
	}
	return nil
}

// A measure is one coordinate of a point with its interval.
type measure struct{ v, lo, hi float64 }

func (d *Dot) x() measure { return measure{d.X, d.XLo, d.XHi} }
func (d *Dot) y() measure { return measure{d.Y, d.YLo, d.YHi} }

// interval reports whether there is one.
func (m measure) interval() bool { return m.lo != 0 || m.hi != 0 }

// values are all numbers that the axis has to hold.
func (m measure) values() []float64 {
	if m.interval() {
		return []float64{m.v, m.lo, m.hi}
	}
	return []float64{m.v}
}

// says prints the number and its interval.
func (m measure) says() string {
	e := Estimate{Value: m.v, Lo: m.lo, Hi: m.hi}
	return e.says()
}

func (d *Dot) check(logX, logY bool) error {
	for _, c := range [...]struct {
		name string
		of   measure
		log  bool
	}{{"x", d.x(), logX}, {"y", d.y(), logY}} {
		for _, v := range c.of.values() {
			if err := onAxis(v, c.log); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
		if c.of.lo > c.of.hi {
			return fmt.Errorf("%s: the interval [%v, %v] is upside down", c.name, c.of.lo, c.of.hi)
		}
	}
	return nil
}

// spans are the ranges of the axes, with pad of their lengths added at each end.
func (s *Scatter) spans(pad float64) (x, y draw.Scale) {
	xs, ys := append([]float64{}, s.X.Include...), append([]float64{}, s.Y.Include...)
	for i := range s.Groups {
		for j := range s.Groups[i].Points {
			d := &s.Groups[i].Points[j]
			xs, ys = append(xs, d.x().values()...), append(ys, d.y().values()...)
		}
	}
	if s.Same {
		xs = append(xs, ys...)
		ys = xs
	}
	x.Log, y.Log = s.X.Log, s.Y.Log
	x.Lo, x.Hi = draw.Span(xs, x.Log, pad)
	y.Lo, y.Hi = draw.Span(ys, y.Log, pad)
	return x, y
}

// label is what stands at the end of a ray.
func (r *Ray) label() string {
	if r.Name != "" {
		return r.Name
	}
	return "×" + draw.Number3(r.Factor)
}

// trace is the part of the ray within the axes, in pixels, by rising x; nil if there is none. On
// axes of one kind it is straight.
func (r *Ray) trace(x, y draw.Scale) [][2]float64 {
	from, to := x.Lo, x.Hi
	switch a, b := y.Lo/r.Factor, y.Hi/r.Factor; {
	case r.Factor > 0:
		from, to = math.Max(from, a), math.Min(to, b)
	case r.Factor < 0:
		from, to = math.Max(from, b), math.Min(to, a)
	case y.Lo > 0 || y.Hi < 0:
		return nil
	}
	if !(from < to) {
		return nil
	}
	n := 1
	if x.Log != y.Log {
		n = 64
	}
	var out [][2]float64
	for i := range n + 1 {
		v := from * math.Pow(to/from, float64(i)/float64(n))
		switch {
		case i == 0:
			v = from
		case i == n:
			v = to
		}
		px, py := x.At(v), y.At(r.Factor*v)
		out = append(out, [2]float64{math.Max(x.From, math.Min(x.To, px)), math.Max(y.To, math.Min(y.From, py))})
	}
	return out
}

// words say what is drawn besides the points.
func (s *Scatter) words() string {
	var parts []string
	if s.Front {
		parts = append(parts, "Step line and heavy markers: the front, points that no other beats in one measure without losing in the other")
	}
	for i := range s.Groups {
		if s.Front && s.Groups[i].Apart {
			parts = append(parts, "not in the front: "+draw.ClipColumns(draw.Visible(s.Groups[i].name()), 40))
		}
	}
	if x, y := s.whiskers(); x || y {
		parts = append(parts, "whiskers: the interval of each point")
	}
	x, y := s.spans(scatterPad)
	for i := range s.Rays {
		if s.Rays[i].trace(x, y) == nil {
			parts = append(parts, "outside of the axes: line "+draw.ClipColumns(draw.Visible(s.Rays[i].label()), 40))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	all := strings.Join(parts, "; ")
	return strings.ToUpper(all[:1]) + all[1:]
}

// whiskers reports whether any point has an interval, by axis.
func (s *Scatter) whiskers() (x, y bool) {
	for i := range s.Groups {
		for j := range s.Groups[i].Points {
			d := &s.Groups[i].Points[j]
			x, y = x || d.x().interval(), y || d.y().interval()
		}
	}
	return x, y
}

// name is the group's, also where it has none.
func (c *Cloud) name() string {
	if c.Name == "" {
		return "points"
	}
	return c.Name
}
