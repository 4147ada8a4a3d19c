// Package drawtest looks at pictures in tests.
package drawtest

import (
	"math"
	"regexp"
	"strconv"

	"circuitbook/viz/internal/draw"
)

// Find returns the marks that a condition holds for.
func Find(s *draw.Scene, ok func(m *draw.Mark) bool) []draw.Mark {
	var out []draw.Mark
	for i := range s.Marks {
		if ok(&s.Marks[i]) {
			out = append(out, s.Marks[i])
		}
	}
	return out
}

// OnPage holds every mark to the page.
func OnPage(t interface{ Fatalf(string, ...any) }, s *draw.Scene) {
	for _, m := range s.Marks {
		left, right := m.X, m.X
		switch {
		case m.Shape == draw.Text && m.Mono:
			w := 0.605 * m.Size * float64(draw.Width(draw.Visible(m.Text)))
			left, right = m.X, m.X+w
			if m.Anchor == draw.End {
				left, right = m.X-w, m.X
			}
		case m.Shape == draw.Text:
			w := draw.TextWidth(draw.Visible(m.Text), m.Size)
			switch m.Anchor {
			case draw.Start:
				right += w
			case draw.End:
				left -= w
			}
		case m.Shape == draw.Rect || m.Shape == draw.Line:
			right += m.W
		}
		if left < 0 || right > s.Width || m.Y < 0 || m.Y+m.H > s.Height {
			t.Fatalf("%+v spans %v to %v, outside of %v×%v", m, left, right, s.Width, s.Height)
		}
	}
}

// Box is the room that a mark takes, the halves of strokes left out.
func Box(m *draw.Mark) (x0, y0, x1, y1 float64) {
	switch m.Shape {
	case draw.Rect, draw.Line:
		return math.Min(m.X, m.X+m.W), math.Min(m.Y, m.Y+m.H), math.Max(m.X, m.X+m.W), math.Max(m.Y, m.Y+m.H)
	case draw.Circle:
		return m.X - m.R, m.Y - m.R, m.X + m.R, m.Y + m.R
	case draw.Text:
		w := draw.TextWidth(draw.Visible(m.Text), m.Size)
		x := m.X - w*float64(m.Anchor)/2
		return x, m.Y - m.Size, x + w, m.Y + m.Size/4
	}
	// The points of a path, and some on its curves.
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	x, y := 0.0, 0.0
	for _, part := range regexp.MustCompile(`[MmlhvcZ][^MmlhvcZ]*`).FindAllString(m.D, -1) {
		var v []float64
		for _, s := range coordinates.FindAllString(part, -1) {
			f, _ := strconv.ParseFloat(s, 64)
			v = append(v, f)
		}
		switch part[0] {
		case 'M':
			x, y = v[0], v[1]
		case 'm', 'l':
			x, y = x+v[0], y+v[1]
		case 'h':
			x += v[0]
		case 'v':
			y += v[0]
		case 'c':
			for f := 0.05; f < 1; f += 0.05 {
				a, b, c := 3*f*(1-f)*(1-f), 3*f*f*(1-f), f*f*f
				cx, cy := x+a*v[0]+b*v[2]+c*v[4], y+a*v[1]+b*v[3]+c*v[5]
				x0, y0, x1, y1 = math.Min(x0, cx), math.Min(y0, cy), math.Max(x1, cx), math.Max(y1, cy)
			}
			x, y = x+v[4], y+v[5]
		}
		x0, y0, x1, y1 = math.Min(x0, x), math.Min(y0, y), math.Max(x1, x), math.Max(y1, y)
	}
	return x0, y0, x1, y1
}

// Inside fails where a mark sticks out of the page.
func Inside(t interface{ Fatalf(string, ...any) }, s *draw.Scene) {
	for i := range s.Marks {
		m := &s.Marks[i]
		if x0, y0, x1, y1 := Box(m); x0 < -0.1 || y0 < -0.1 || x1 > s.Width+0.1 || y1 > s.Height+0.1 {
			t.Fatalf("mark %d is outside of %v×%v: (%v, %v) to (%v, %v), %+v", i, s.Width, s.Height, x0, y0, x1, y1, *m)
		}
	}
}

var coordinates = regexp.MustCompile(`-?[0-9]*\.?[0-9]+`)
