package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScatterRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	of := func(ds ...Dot) Scatter {
		return Scatter{Note: viz.Note{Title: "s"}, Groups: []Cloud{{Name: "g", Points: append([]Dot{{X: 1, Y: 1}}, ds...)}}}
	}
	with := func(s Scatter, change func(*Scatter)) Scatter {
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		s    Scatter
		want string
		is   error
	}{
		"no groups":       {Scatter{Note: viz.Note{Title: "s"}}, `scatter "s": no group has points`, viz.ErrNoData},
		"no points":       {Scatter{Groups: []Cloud{{Name: "a"}, {Name: "b"}}}, "no group has points", viz.ErrNoData},
		"NaN x":           {of(Dot{Name: "d", X: nan, Y: 1}), `scatter "s", group "g", point 1 ("d"), x: the number is NaN`, viz.ErrNotFinite},
		"infinite y":      {of(Dot{Name: "d", X: 1, Y: inf}), `point 1 ("d"), y: the number is +Inf`, viz.ErrNotFinite},
		"infinite bound":  {of(Dot{X: 1, Y: 1, XHi: inf}), "x: the number is +Inf", viz.ErrNotFinite},
		"NaN bounds":      {of(Dot{X: 1, Y: 1, YLo: nan, YHi: nan}), "y: the number is NaN", viz.ErrNotFinite},
		"too large":       {of(Dot{X: 1e200, Y: 1}), "beyond what can be drawn", nil},
		"upside x":        {of(Dot{X: 1, Y: 1, XLo: 2, XHi: 1}), "x: the interval [2, 1] is upside down", nil},
		"upside y":        {of(Dot{X: 1, Y: 1, YLo: 2, YHi: 1}), "y: the interval [2, 1] is upside down", nil},
		"zero on log x":   {with(of(Dot{X: 0, Y: 1}), func(s *Scatter) { s.X.Log = true }), "x: a logarithmic axis cannot show 0", nil},
		"zero on log y":   {with(of(Dot{X: 1, Y: 0}), func(s *Scatter) { s.Y.Log = true }), "y: a logarithmic axis cannot show 0", nil},
		"bound on log y":  {with(of(Dot{X: 1, Y: 1, YHi: 2}), func(s *Scatter) { s.Y.Log = true }), "y: a logarithmic axis cannot show 0", nil},
		"same names":      {Scatter{Groups: []Cloud{{Name: "g", Points: []Dot{{}}}, {Name: "h"}, {Name: "g"}}}, `two groups are named "g"`, nil},
		"ray":             {with(of(), func(s *Scatter) { s.Rays = []Ray{{"r", nan}} }), `factor of line "r"`, viz.ErrNotFinite},
		"negative on log": {with(of(), func(s *Scatter) { s.X.Log, s.Rays = true, []Ray{{"r", -1}} }), "logarithmic axis cannot show -1", nil},
		"zero ray on log": {with(of(), func(s *Scatter) { s.Y.Log, s.Rays = true, []Ray{{"r", 0}} }), "logarithmic axis cannot show 0", nil},
		"include x":       {with(of(), func(s *Scatter) { s.X.Include = []float64{nan} }), "x axis: cannot include NaN", viz.ErrNotFinite},
		"include y":       {with(of(), func(s *Scatter) { s.Y.Include = []float64{inf} }), "y axis: cannot include +Inf", viz.ErrNotFinite},
		"same, half log":  {with(of(), func(s *Scatter) { s.Same, s.X.Log = true, true }), "only one axis is logarithmic", nil},
	} {
		_, err := c.s.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
	if _, err := of(Dot{X: 2, Y: -1, XLo: -1, XHi: 3}).Bundle(); err != nil {
		t.Errorf("refused: %v", err)
	}
}

// TestScatterSpans: the axes hold points, intervals and what they have to include, and are the same
// if asked for.
func TestScatterSpans(t *testing.T) {
	s := Scatter{X: Axis{Include: []float64{-5}}, Groups: []Cloud{
		{Name: "a", Points: []Dot{{X: 1, Y: 20, YLo: 10, YHi: 30}}}, {Name: "b", Points: []Dot{{X: 2, Y: 21, XLo: 0, XHi: 7}}},
	}}
	if x, y := s.spans(0); x.Lo != -5 || x.Hi != 7 || y.Lo != 10 || y.Hi != 30 {
		t.Errorf("axes %+v and %+v", x, y)
	}
	if x, _ := s.spans(0.25); x.Lo != -8 || x.Hi != 10 {
		t.Errorf("padded axis %+v", x)
	}
	s.Same = true
	if x, y := s.spans(0); x.Lo != -5 || x.Hi != 30 || y.Lo != -5 || y.Hi != 30 {
		t.Errorf("same axes %+v and %+v", x, y)
	}
}

// TestRayTrace: the line keeps its ratio, fills the axes from border to border, and is left out
// only where it does not come.
func TestRayTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		axis := func(name string, log bool) draw.Scale {
			lo := rapid.Float64Range(-3, 3).Draw(t, name)
			if log {
				lo = math.Exp(lo)
			}
			return draw.Scale{Lo: lo, Hi: lo + rapid.Float64Range(0.5, 5).Draw(t, name+" length"), Log: log}
		}
		x, y := axis("x", rapid.Bool().Draw(t, "log x")), axis("y", rapid.Bool().Draw(t, "log y"))
		x.From, x.To, y.From, y.To = 50, 650, 480, 100
		r := Ray{Factor: rapid.SampledFrom([]float64{0.2, 1, 1, 3, 40, 0, -1, -0.5}).Draw(t, "factor")}
		if (x.Log || y.Log) && r.Factor <= 0 {
			r.Factor = 1.5
		}
		pts := r.trace(x, y)
		inside := func(v float64) bool { return r.Factor*v > y.Lo+1e-9 && r.Factor*v < y.Hi-1e-9 }
		if pts == nil {
			for i := range 200 {
				if v := x.Lo + (x.Hi-x.Lo)*float64(i)/199; inside(v) {
					t.Fatalf("no line, but (%v, %v) is on the axes", v, r.Factor*v)
				}
			}
			return
		}
		back := func(s draw.Scale, px float64) float64 {
			f := (px - s.From) / (s.To - s.From)
			if s.Log {
				return s.Lo * math.Pow(s.Hi/s.Lo, f)
			}
			return s.Lo + f*(s.Hi-s.Lo)
		}
		for i, p := range pts {
			if p[0] < 50 || p[0] > 650 || p[1] < 100 || p[1] > 480 || i > 0 && p[0] < pts[i-1][0] {
				t.Fatalf("point %d of %v", i, pts)
			}
			vx, vy := back(x, p[0]), back(y, p[1])
			if math.Abs(vy-r.Factor*vx) > 1e-6*(1+math.Abs(vy)) {
				t.Fatalf("(%v, %v) is not on y = %v x", vx, vy, r.Factor)
			}
		}
		for _, p := range [...][2]float64{pts[0], pts[len(pts)-1]} {
			if edge := math.Min(math.Min(p[0]-50, 650-p[0]), math.Min(p[1]-100, 480-p[1])); edge > 1e-6 {
				t.Fatalf("the line ends at %v, %v pixels from the border", p, edge)
			}
		}
		if want := map[bool]int{true: 2, false: 65}[x.Log == y.Log]; len(pts) != want {
			t.Fatalf("%d points, want %d", len(pts), want)
		}
	})
	for _, c := range []struct {
		r  Ray
		at bool
	}{{Ray{Factor: 0}, false}, {Ray{Factor: 3}, false}, {Ray{Factor: 1}, true}, {Ray{Factor: -1}, false}} {
		if got := c.r.trace(draw.Scale{Lo: 1, Hi: 2, To: 9}, draw.Scale{Lo: 1, Hi: 2, From: 9}) != nil; got != c.at {
			t.Errorf("factor %v is drawn: %v", c.r.Factor, got)
		}
	}
}

func TestScatterWords(t *testing.T) {
	d := []Dot{{X: 1, Y: 1}, {X: 2, Y: 2, YLo: 1, YHi: 3}}
	s := Scatter{Groups: []Cloud{{Name: "a", Points: d[:1]}}}
	if w := s.words(); w != "" {
		t.Errorf("says %q", w)
	}
	s = Scatter{Front: true, Groups: []Cloud{{Name: "a", Points: d}, {Name: "b", Apart: true}}, Rays: []Ray{{"in", 1}, {"out", -1}, {"", -2}}}
	want := "Step line and heavy markers: the front, points that no other beats in one measure without losing in the other; not in the front: b; " +
		"whiskers: the interval of each point; outside of the axes: line out; outside of the axes: line ×-2"
	if w := s.words(); w != want {
		t.Errorf("says %q", w)
	}
	s.Front, s.Rays = false, nil
	if w := s.words(); w != "Whiskers: the interval of each point" {
		t.Errorf("says %q", w)
	}
}
