package charts

import "circuitbook/viz/internal/draw"

// An area is an upright rectangle on the page.
type area struct{ left, top, right, bottom float64 }

func (b area) meets(o area) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

func (b area) holds(o area) bool {
	return b.left <= o.left && o.right <= b.right && b.top <= o.top && o.bottom <= b.bottom
}

// crosses reports whether the line from p to q enters the area: whether a part of it is left when it
// is cut at all four sides (after Liang and Barsky).
func (b area) crosses(p, q [2]float64) bool {
	from, to := 0.0, 1.0
	for _, side := range [...][2]float64{
		{p[0] - q[0], p[0] - b.left}, {q[0] - p[0], b.right - p[0]},
		{p[1] - q[1], p[1] - b.top}, {q[1] - p[1], b.bottom - p[1]},
	} {
		step, room := side[0], side[1]
		switch {
		case step == 0:
			if room <= 0 {
				return false
			}
		case step < 0:
			from = max(from, room/step)
		default:
			to = min(to, room/step)
		}
	}
	return from < to
}

// A crowd is what names of points must keep clear of.
type crowd struct {
	within area
	taken  []area          // never to be covered
	lines  [][2][2]float64 // not to be covered if it can be helped
}

// polyline adds a line through all points.
func (c *crowd) polyline(pts [][2]float64) {
	for i := 1; i < len(pts); i++ {
		c.lines = append(c.lines, [2][2]float64{pts[i-1], pts[i]})
	}
}

// textBox is where a Text mark stands, ascenders and descenders included.
func textBox(m *draw.Mark) area {
	w := draw.TextWidth(draw.Visible(m.Text), m.Size)
	left := m.X
	switch m.Anchor {
	case draw.Middle:
		left -= w / 2
	case draw.End:
		left -= w
	}
	return area{left, m.Y - 0.8*m.Size, left + w, m.Y + 0.25*m.Size}
}

// beside are the places for a name around a point, the best first.
var beside = [...]struct {
	dx, dy float64
	anchor draw.Anchor
}{
	{8, 4, draw.Start}, {-8, 4, draw.End}, {0, -9, draw.Middle}, {0, 17, draw.Middle},
	{6, -7, draw.Start}, {6, 15, draw.Start}, {-6, -7, draw.End}, {-6, 15, draw.End},
}

// name writes text beside (x, y) where it covers nothing, or only lines; false means that there is
// no such place.
func (c *crowd) name(text string, x, y float64) (draw.Mark, bool) {
	for _, strict := range [...]bool{true, false} {
		for _, at := range beside {
			m := draw.Mark{Shape: draw.Text, X: x + at.dx, Y: y + at.dy, Text: text, Size: draw.TickSize, Anchor: at.anchor, Fill: draw.Ink, Stroke: draw.Paper, Width: 3}
			if b := textBox(&m); c.free(b, strict) {
				c.taken = append(c.taken, b)
				return m, true
			}
		}
	}
	return draw.Mark{}, false
}

// free reports whether nothing stands in b, lines included if strict.
func (c *crowd) free(b area, strict bool) bool {
	if !c.within.holds(b) {
		return false
	}
	for _, t := range c.taken {
		if b.meets(t) {
			return false
		}
	}
	if strict {
		b = area{b.left - 2, b.top - 2, b.right + 2, b.bottom + 2}
		for _, l := range c.lines {
			if b.crosses(l[0], l[1]) {
				return false
			}
		}
	}
	return true
}
