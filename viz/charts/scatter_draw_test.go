package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
	"circuitbook/viz/internal/pathtest"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// centre is where a marker stands.
func centre(t interface{ Fatalf(string, ...any) }, m *draw.Mark) [2]float64 {
	if m.Shape == draw.Circle {
		return [2]float64{m.X, m.Y}
	}
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range pathtest.ReadPath(t, m.D) {
		for k := range p {
			lo[k], hi[k] = math.Min(lo[k], p[k]), math.Max(hi[k], p[k])
		}
	}
	return [2]float64{(lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2}
}

// TestScatterDrawn: nothing leaves the page; every point has a marker, heavy on the front; names
// cover neither each other nor markers, and those left out are counted.
func TestScatterDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := math.Pow(10, float64(rapid.IntRange(-12, 12).Draw(t, "exponent")))
		s := Scatter{Note: viz.Note{Title: "s"}, X: Axis{Label: "x"}, Y: Axis{Label: "y", Log: rapid.Bool().Draw(t, "log")}, Front: rapid.Bool().Draw(t, "front"),
			Rays: []Ray{{"one", 1}, {strings.Repeat("far ", 20), 1.2}, {"", 0.5}}}
		if s.X.Log = s.Y.Log; s.X.Log {
			s.Same = rapid.Bool().Draw(t, "same")
		} else {
			s.Rays = append(s.Rays, Ray{"falls", -1}, Ray{"level", 0})
		}
		named, points := 0, 0
		for k := range rapid.IntRange(1, 7).Draw(t, "groups") {
			g := Cloud{Name: strings.Repeat("group ", k*k) + fmt.Sprint(k), Path: k%2 == 0, Apart: k == 2}
			for i := range rapid.IntRange(1, 12).Draw(t, "points") {
				d := Dot{X: rapid.Float64Range(0.1, 1).Draw(t, "x") * unit, Y: rapid.Float64Range(0.1, 1).Draw(t, "y") * unit}
				if points++; i%3 != 2 {
					d.Name = strings.Repeat("dot ", i%4) + fmt.Sprint(i)
					named++
				}
				if rapid.Bool().Draw(t, "bars") {
					d.XLo, d.XHi, d.YLo, d.YHi = d.X*0.8, d.X*1.1, d.Y*0.9, d.Y*1.3
				}
				g.Points = append(g.Points, d)
			}
			s.Groups = append(s.Groups, g)
		}
		b, err := s.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		sc := s.Scene()
		drawtest.OnPage(t, sc)
		var names, others []area
		heavy, light := 0, 0
		for i := range sc.Marks {
			m := &sc.Marks[i]
			switch {
			case m.Shape == draw.Text && m.Stroke == draw.Paper && m.Fill == draw.Ink:
				names = append(names, textBox(m))
			case m.Shape == draw.Text:
				others = append(others, textBox(m))
			case strings.Contains(m.Tip, "x 0") || strings.Contains(m.Tip, ": x "):
				c := centre(t, m)
				others = append(others, area{c[0] - 3, c[1] - 3, c[0] + 3, c[1] + 3})
				if m.Width == 3 && m.Fill == m.Stroke {
					heavy++
				} else if m.Fill == draw.Paper {
					light++
				}
			}
		}
		front := 0
		if s.Front {
			front = len(s.FrontDots())
		}
		if heavy != front || heavy+light != points {
			t.Fatalf("%d heavy and %d light markers for %d points, %d on the front", heavy, light, points, front)
		}
		for i, n := range names {
			for _, o := range append(append([]area{}, names[:i]...), others...) {
				if n.meets(o) {
					t.Fatalf("the name at %v meets %v", n, o)
				}
			}
		}
		missing := 0
		for _, m := range sc.Marks {
			if m.Shape == draw.Text && strings.Contains(m.Text, "no room in the picture") {
				if _, err := fmt.Sscan(m.Text, &missing); err != nil || missing < 1 {
					t.Fatalf("says %q", m.Text)
				}
			}
		}
		if len(names)+missing != named {
			t.Fatalf("%d names and %d missing of %d", len(names), missing, named)
		}
		if again, _ := s.Bundle(); again != b {
			t.Fatal("drawn again, it differs")
		}
	})
}

// TestScatterFrontLine: the steps go right, then down, from point to point.
func TestScatterFrontLine(t *testing.T) {
	s := Scatter{Front: true, Groups: []Cloud{{Name: "a", Points: []Dot{{X: 3, Y: 1}, {X: 1, Y: 3}, {X: 3, Y: 3}}}, {Name: "b", Points: []Dot{{X: 2, Y: 2}}}}}
	sc := s.Scene()
	line := tipped(sc, "front: 3 points")
	if len(line) != 1 {
		t.Fatalf("%d step lines", len(line))
	}
	var at [][2]float64
	for _, prefix := range []string{"a: x 1, y 3", "b: x 2, y 2", "a: x 3, y 1"} {
		m := tipped(sc, prefix)
		if len(m) != 1 {
			t.Fatalf("%d markers say %q", len(m), prefix)
		}
		at = append(at, centre(t, &m[0]))
	}
	want := [][2]float64{at[0], {at[1][0], at[0][1]}, at[1], {at[2][0], at[1][1]}, at[2]}
	got := pathtest.ReadPath(t, line[0].D)
	if len(got) != len(want) {
		t.Fatalf("steps %v, want %v", got, want)
	}
	for i := range want {
		if math.Abs(got[i][0]-want[i][0]) > 0.11 || math.Abs(got[i][1]-want[i][1]) > 0.11 {
			t.Errorf("step %d at %v, want %v", i, got[i], want[i])
		}
	}
	if s.Front = false; len(tipped(s.Scene(), "front")) != 0 {
		t.Error("a front that was not asked for")
	}
}

// TestScatterParts: paths go through the points in their order, whiskers from bound to bound, rays
// have their names, and axes that are the same make a square.
func TestScatterParts(t *testing.T) {
	s := Scatter{Same: true, Rays: []Ray{{"level", 1}, {"steep", 3}, {"flat", 0.25}, {"under", -4}}, X: Axis{Label: "a", Include: []float64{-1}}, Y: Axis{Label: "b"}, Groups: []Cloud{
		{Name: "g", Path: true, Points: []Dot{{X: 3, Y: 1}, {X: 1, Y: 2, XLo: 0.5, XHi: 2.5, YLo: 1.5, YHi: 3}, {X: 2, Y: 2}}}, {Points: []Dot{{X: 1, Y: 1}}},
	}}
	sc := s.Scene()
	x, y := s.spans(scatterPad)
	var frame []draw.Mark // both axes
	for _, m := range sc.Marks {
		if m.Shape == draw.Line && m.Stroke == draw.Muted {
			frame = append(frame, m)
		}
	}
	if len(frame) != 2 || frame[0].W != scatterSame || frame[1].H != scatterSame {
		t.Fatalf("axes %+v", frame)
	}
	x.From, x.To = frame[0].X, frame[0].X+frame[0].W
	y.To, y.From = frame[1].Y, frame[1].Y+frame[1].H
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.11 }

	path := tipped(sc, "g: the points in their order")
	if len(path) != 1 || !reflect.DeepEqual(path[0].Dash, lookOf(0).dash) {
		t.Fatalf("paths %+v", path)
	}
	for i, p := range pathtest.ReadPath(t, path[0].D) {
		if d := s.Groups[0].Points[i]; !near(p[0], x.At(d.X)) || !near(p[1], y.At(d.Y)) {
			t.Errorf("point %d of the path is at %v", i, p)
		}
	}
	bars := 0
	for _, m := range sc.Marks {
		if m.Shape == draw.Line && m.Stroke == draw.Series0 {
			switch bars++; {
			case m.W > 6 && !(near(m.X, x.At(0.5)) && near(m.X+m.W, x.At(2.5)) && near(m.Y, y.At(2))):
				t.Errorf("whisker %+v", m)
			case m.H > 6 && !(near(m.Y, y.At(3)) && near(m.Y+m.H, y.At(1.5)) && near(m.X, x.At(1))):
				t.Errorf("whisker %+v", m)
			}
		}
	}
	if bars != 6 {
		t.Errorf("%d lines of two whiskers", bars)
	}
	for name, at := range map[string]func(draw.Mark) bool{
		"level": func(m draw.Mark) bool { return m.X > x.To && near(m.Y-4, y.At(x.Hi)) },
		"flat":  func(m draw.Mark) bool { return m.X > x.To && near(m.Y-4, y.At(x.Hi/4)) },
		"steep": func(m draw.Mark) bool { return m.Y < y.To && m.X < x.At(y.Hi/3) && m.X+30 > x.At(y.Hi/3) },
		"under": func(m draw.Mark) bool { return m.Y < y.From && m.Y > y.From-30 && m.X > x.From },
	} {
		found := false
		for _, m := range sc.Marks {
			found = found || m.Text == name && m.Fill == draw.Muted && at(m)
		}
		if !found {
			t.Errorf("the name %q is not at the end of its line", name)
		}
		if len(tipped(sc, name+": factor ")) != 1 {
			t.Errorf("no line %q", name)
		}
	}
}

// TestScatterNames: those of the front are placed before the others, and what is missing is said.
func TestScatterNames(t *testing.T) {
	g := Cloud{Name: "g"}
	for i := range 30 {
		g.Points = append(g.Points, Dot{Name: fmt.Sprintf("point %d", i), X: 1, Y: 1 + float64(29-i)*1e-3})
	}
	s := Scatter{Front: true, X: Axis{Include: []float64{0, 2}}, Y: Axis{Include: []float64{0, 2}}, Groups: []Cloud{g}}
	shown := map[string]bool{}
	note := ""
	for _, m := range s.Scene().Marks {
		if m.Shape == draw.Text {
			shown[m.Text] = true
			if strings.Contains(m.Text, "no room") {
				note = m.Text
			}
		}
	}
	if !shown["point 29"] { // the only one on the front
		t.Error("the name of the front gave way to another")
	}
	missing := 0
	for _, d := range g.Points {
		if !shown[d.Name] {
			missing++
		}
	}
	if missing == 0 || note != fmt.Sprintf("%d names have no room in the picture; the numbers have them all.", missing) {
		t.Errorf("%d names are missing; says %q", missing, note)
	}
}

// TestScatterLegend: each group that has a name, with its own marker, and the front.
func TestScatterLegend(t *testing.T) {
	s := Scatter{Groups: []Cloud{{Points: []Dot{{X: 1, Y: 1}}}}}
	var sc draw.Scene
	if y := s.legend(&sc, 50); y != 50 || len(sc.Marks) != 0 {
		t.Errorf("a group without a name has a legend: %+v", sc.Marks)
	}
	s.Front = true
	for i := range 9 {
		s.Groups = append(s.Groups, Cloud{Name: fmt.Sprintf("a group of some length %d", i), Path: i == 3})
	}
	sc.Width = draw.PlotWidth
	y := s.legend(&sc, 50)
	drawtest.OnPage(t, &draw.Scene{Width: draw.PlotWidth, Height: y, Marks: sc.Marks})
	var texts []area
	keys := map[string]bool{}
	for i := range sc.Marks {
		m := &sc.Marks[i]
		if m.Shape == draw.Text {
			for _, o := range texts {
				if textBox(m).meets(o) {
					t.Errorf("%q covers another", m.Text)
				}
			}
			texts = append(texts, textBox(m))
		} else if m.Fill == draw.Paper {
			form := strings.TrimLeft(m.D, "M0123456789. ") // without where it stands
			keys[fmt.Sprint(m.Shape, m.Stroke, form)] = true
		}
	}
	if len(texts) != 10 || len(keys) != 9 {
		t.Errorf("%d texts, %d different markers", len(texts), len(keys))
	}
}

// TestScatterAxes: a point lies between the ticks that it lies between in numbers, and a logarithmic
// axis says so.
func TestScatterAxes(t *testing.T) {
	for _, log := range []bool{false, true} {
		s := Scatter{X: Axis{Label: "size", Log: log}, Y: Axis{Label: "loss", Log: !log}, Groups: []Cloud{{Name: "g", Points: []Dot{{X: 30, Y: 3}, {X: 1, Y: 0.1}, {X: 400, Y: 40}}}}}
		sc := s.Scene()
		p := centre(t, &tipped(sc, "g: size 30, loss 3")[0])
		ticks := 0
		words := map[string]bool{}
		for _, m := range sc.Marks {
			if m.Shape != draw.Text {
				continue
			}
			words[m.Text] = true
			var v float64
			if n, _ := fmt.Sscan(m.Text, &v); n != 1 || m.Fill != draw.Muted {
				continue
			}
			switch ticks++; m.Anchor {
			case draw.Middle:
				if v < 30 && m.X >= p[0] || v > 30 && m.X <= p[0] {
					t.Errorf("x %v stands at %v, 30 at %v", v, m.X, p[0])
				}
			case draw.End:
				if y := m.Y - 4; v < 3 && y <= p[1] || v > 3 && y >= p[1] {
					t.Errorf("y %v stands at %v, 3 at %v", v, y, p[1])
				}
			}
		}
		if ticks < 6 {
			t.Errorf("%d ticks", ticks)
		}
		if words["size (logarithmic)"] != log || words["size"] == log || words["loss (logarithmic)"] == log || words["loss"] != log {
			t.Errorf("with log %v the axes are named %v", log, words)
		}
	}
	a := Axis{Log: true}
	if name := a.axisName(); name != "(logarithmic)" {
		t.Errorf("an axis without a label is %q", name)
	}
}
