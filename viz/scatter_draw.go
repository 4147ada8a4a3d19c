package viz

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

const (
	scatterHeight = 380.0 // of the drawing area
	scatterSame   = 500.0 // its width and height if both axes are the same
	scatterPad    = 0.06  // of an axis, beyond its values
	scatterName   = 170.0 // most room for a name
)

// Scene lays the points out. The data must be such that Bundle accepts it.
func (s *Scatter) Scene() *Scene {
	sc := &Scene{Width: plotWidth, Title: s.Title, Desc: s.describe()}
	y0 := s.legend(sc, heading(sc, s.Title, s.words())+8)
	x, y := s.spans(scatterPad)
	height := scatterHeight
	if s.Same {
		height = scatterSame
	}
	ends := 24.0 // right of the area: half of a tick's label, or the names of rays
	for i := range s.Rays {
		ends = math.Max(ends, 8+textWidth(clip(s.Rays[i].label(), tickSize, 120), tickSize))
	}
	yt := y.ticks(int(height / 42))
	yl := tickLabels(yt, y.log)
	left := 0.0
	for _, l := range yl {
		left = math.Max(left, textWidth(l, tickSize))
	}
	x.from, x.to = margin+8+left, plotWidth-margin-ends
	if s.Same {
		height = math.Min(height, x.to-x.from)
		x.to = x.from + height
	}
	y.to = y0 + 22
	if len(s.Rays) > 0 {
		y.to += 16 // names of those that end at the top
	}
	y.from = y.to + height

	s.axes(sc, x, y, yt, yl, y0+13)
	c := &crowd{within: area{x.from + 1, y.to + 1, plotWidth - margin, y.from - 1}}
	s.rays(sc, c, x, y)
	s.points(sc, c, x, y)
	missing := s.names(sc, c, x, y)
	sc.Height = y.from + 30
	if s.X.Label != "" || s.X.Log {
		sc.Height = y.from + 48
	}
	if missing > 0 {
		what := "names have"
		if missing == 1 {
			what = "name has"
		}
		sc.add(Mark{Shape: Text, X: margin, Y: sc.Height + 8, Text: fmt.Sprintf("%d %s no room in the picture; the numbers have them all.", missing, what), Size: tickSize, Fill: Muted})
		sc.Height += 22
	}
	sc.ground()
	return sc
}

// axisName is its label, with what kind it is.
func (a *Axis) axisName() string {
	if a.Log {
		return strings.TrimSpace(a.Label + " (logarithmic)")
	}
	return a.Label
}

// axes draws the grid and both axes; the name of y stands at the height name.
func (s *Scatter) axes(sc *Scene, x, y scale, yt []float64, yl []string, name float64) {
	sc.add(Mark{Shape: Text, X: margin, Y: name, Text: clip(s.Y.axisName(), labelSize, plotWidth-2*margin), Size: labelSize, Fill: Muted})
	for i, l := range yl {
		at := math.Round(y.at(yt[i])) + 0.5
		sc.add(Mark{Shape: Line, X: x.from, Y: at, W: x.to - x.from, Stroke: Faint})
		sc.add(Mark{Shape: Text, X: x.from - 7, Y: at + 4, Text: l, Size: tickSize, Anchor: End, Fill: Muted})
	}
	xt := x.ticks(int((x.to - x.from) / 80))
	for i, l := range tickLabels(xt, x.log) {
		at := math.Round(x.at(xt[i])) + 0.5
		sc.add(Mark{Shape: Line, X: at, Y: y.to, H: y.from - y.to, Stroke: Faint})
		sc.add(Mark{Shape: Text, X: at, Y: y.from + 17, Text: l, Size: tickSize, Anchor: Middle, Fill: Muted})
	}
	sc.add(Mark{Shape: Line, X: x.from, Y: math.Round(y.from) + 0.5, W: x.to - x.from, Stroke: Muted})
	sc.add(Mark{Shape: Line, X: math.Round(x.from) + 0.5, Y: y.to, H: y.from - y.to, Stroke: Muted})
	if label := s.X.axisName(); label != "" {
		sc.add(Mark{Shape: Text, X: (x.from + x.to) / 2, Y: y.from + 35, Text: clip(label, labelSize, x.to-x.from), Size: labelSize, Anchor: Middle, Fill: Muted})
	}
}

// legend names the groups in lines from y on, and returns where the figure goes on.
func (s *Scatter) legend(sc *Scene, y float64) float64 {
	x, rows := margin, 0
	key := func(text string, draw func(x, y float64)) {
		text = clip(text, labelSize, 340)
		w := 28 + textWidth(text, labelSize)
		if x > margin && x+w > plotWidth-margin {
			x, y = margin, y+18
		}
		draw(x, y+8)
		sc.add(Mark{Shape: Text, X: x + 26, Y: y + 12, Text: text, Size: labelSize, Fill: Ink})
		x += w + 16
		rows++
	}
	for i := range s.Groups {
		g, l := &s.Groups[i], lookOf(i)
		if g.Name == "" {
			continue // alone it needs no name
		}
		key(g.Name, func(x, y float64) {
			if g.Path {
				sc.add(Mark{Shape: Path, D: path([][2]float64{{x, y}, {x + 20, y}}), Stroke: l.role, Width: 1.5, Dash: l.dash})
			}
			sc.add(marker(l, x+10, y))
		})
	}
	if s.Front {
		key("front: lower left is better", func(x, y float64) {
			sc.add(Mark{Shape: Path, D: path([][2]float64{{x + 2, y - 4}, {x + 10, y - 4}, {x + 10, y + 4}, {x + 18, y + 4}}), Stroke: Ink, Width: 1.5})
		})
	}
	if rows == 0 {
		return y
	}
	return y + 24
}

// path joins points.
func path(pts [][2]float64) string {
	var p Pen
	for i, q := range pts {
		if i == 0 {
			p.Move(q[0], q[1])
		} else {
			p.To(q[0], q[1])
		}
	}
	return p.String()
}

// rays draws the lines to compare with, and their names where they leave the area: right of it, over
// it, or within it if they fall out of it.
func (s *Scatter) rays(sc *Scene, c *crowd, x, y scale) {
	var right, over []label
	var under []func()
	for i := range s.Rays {
		r := &s.Rays[i]
		pts := r.trace(x, y)
		if pts == nil {
			continue
		}
		c.polyline(pts)
		sc.add(Mark{Shape: Path, D: path(pts), Stroke: Muted, Dash: []float64{2, 3}, Tip: r.label() + ": factor " + Number(r.Factor)})
		end := pts[len(pts)-1]
		text := clip(r.label(), tickSize, 120)
		switch {
		case end[0] > x.to-0.5:
			right = append(right, label{want: end[1], text: text})
		case end[1] < y.to+0.5:
			over = append(over, label{want: end[0], text: text})
		default:
			under = append(under, func() {
				if m, ok := c.name(text, end[0], end[1]-4); ok {
					m.Fill = Muted
					sc.add(m)
				}
			})
		}
	}
	add := func(m Mark) {
		c.taken = append(c.taken, textBox(&m))
		sc.add(m)
	}
	placeLabels(right, y.to, y.from, 13)
	for _, l := range right {
		add(Mark{Shape: Text, X: x.to + 6, Y: l.at + 4, Text: l.text, Size: tickSize, Fill: Muted})
	}
	sort.SliceStable(over, func(i, j int) bool { return over[i].want < over[j].want })
	free := margin
	for _, l := range over {
		w := textWidth(l.text, tickSize)
		from := math.Max(free, math.Min(l.want-w/2, plotWidth-margin-w))
		if from+w > plotWidth-margin || from > l.want+w/2 {
			continue // there is no room; the tooltip and the numbers have it
		}
		add(Mark{Shape: Text, X: from, Y: y.to - 5, Text: l.text, Size: tickSize, Fill: Muted})
		free = from + w + 8
	}
	for _, draw := range under {
		draw()
	}
}

// points draws the front, the paths, the whiskers and the markers, those of the front last.
func (s *Scatter) points(sc *Scene, c *crowd, x, y scale) {
	at := func(d *Dot) [2]float64 { return [2]float64{x.at(d.X), y.at(d.Y)} }
	heavy := map[dotAt]bool{}
	if s.Front {
		var steps [][2]float64
		for _, p := range s.front() {
			heavy[p] = true
			q := at(s.dot(p))
			if n := len(steps); n > 0 {
				steps = append(steps, [2]float64{q[0], steps[n-1][1]})
			}
			steps = append(steps, q)
		}
		if len(steps) > 1 {
			c.polyline(steps)
			sc.add(Mark{Shape: Path, D: path(steps), Stroke: Ink, Width: 1.5, Tip: fmt.Sprintf("front: %d points", len(heavy))})
		}
	}
	var light, last []Mark
	for i := range s.Groups {
		g, l := &s.Groups[i], lookOf(i)
		var line [][2]float64
		for j := range g.Points {
			d := &g.Points[j]
			q := at(d)
			line = append(line, q)
			s.bars(sc, c, d, x, y, l.role)
			m := marker(l, q[0], q[1])
			m.Tip = s.tip(g, d)
			c.taken = append(c.taken, area{q[0] - 6, q[1] - 6, q[0] + 6, q[1] + 6})
			if heavy[dotAt{i, j}] {
				m.Fill, m.Width = l.role, 3
				last = append(last, m)
				continue
			}
			light = append(light, m)
		}
		if g.Path && len(line) > 1 {
			c.polyline(line)
			sc.add(Mark{Shape: Path, D: path(line), Stroke: l.role, Width: 1.5, Dash: l.dash, Tip: g.name() + ": the points in their order"})
		}
	}
	sc.Marks = append(append(sc.Marks, light...), last...)
}

// bars draws the intervals of a point.
func (s *Scatter) bars(sc *Scene, c *crowd, d *Dot, x, y scale, role Role) {
	const half = 3.0 // of the end of a whisker
	px, py := x.at(d.X), y.at(d.Y)
	line := func(x, y, w, h float64) {
		c.taken = append(c.taken, area{x - 1, y - 1, x + w + 1, y + h + 1})
		sc.add(Mark{Shape: Line, X: x, Y: y, W: w, H: h, Stroke: role, Width: 1.25, Opacity: 0.75})
	}
	if m := d.x(); m.interval() {
		from, to := x.at(m.lo), x.at(m.hi)
		line(from, py, to-from, 0)
		line(from, py-half, 0, 2*half)
		line(to, py-half, 0, 2*half)
	}
	if m := d.y(); m.interval() {
		from, to := y.at(m.hi), y.at(m.lo)
		line(px, from, 0, to-from)
		line(px-half, from, 2*half, 0)
		line(px-half, to, 2*half, 0)
	}
}

// tip says all of a point.
func (s *Scatter) tip(g *Cloud, d *Dot) string {
	who := g.Name
	if d.Name != "" {
		who = strings.TrimPrefix(who+", "+d.Name, ", ")
	}
	return strings.TrimPrefix(fmt.Sprintf("%s: %s %s, %s %s", who, axisWord(s.X.Label, "x"), d.x().says(), axisWord(s.Y.Label, "y"), d.y().says()), ": ")
}

// names writes the names of points where there is room, those of the front first, and returns how
// many have none.
func (s *Scatter) names(sc *Scene, c *crowd, x, y scale) (missing int) {
	var order []dotAt
	done := map[dotAt]bool{}
	if s.Front {
		for _, p := range s.front() {
			order, done[p] = append(order, p), true
		}
	}
	for i := range s.Groups {
		for j := range s.Groups[i].Points {
			if p := (dotAt{i, j}); !done[p] {
				order = append(order, p)
			}
		}
	}
	for _, p := range order {
		d := s.dot(p)
		if d.Name == "" {
			continue
		}
		m, ok := c.name(clip(d.Name, tickSize, scatterName), x.at(d.X), y.at(d.Y))
		if !ok {
			missing++
			continue
		}
		sc.add(m)
	}
	return missing
}
