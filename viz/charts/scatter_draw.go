package charts

import (
	"circuitbook/viz/internal/draw"
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
func (s *Scatter) Scene() *draw.Scene {
	sc := &draw.Scene{Width: draw.PlotWidth, Title: s.Title, Desc: s.describe()}
	y0 := s.legend(sc, draw.Heading(sc, s.Title, s.words())+8)
	x, y := s.spans(scatterPad)
	height := scatterHeight
	if s.Same {
		height = scatterSame
	}
	ends := 24.0 // right of the area: half of a tick's label, or the names of rays
	for i := range s.Rays {
		ends = math.Max(ends, 8+draw.TextWidth(draw.Clip(s.Rays[i].label(), draw.TickSize, 120), draw.TickSize))
	}
	yt := y.Ticks(int(height / 42))
	yl := draw.TickLabels(yt, y.Log)
	left := 0.0
	for _, l := range yl {
		left = math.Max(left, draw.TextWidth(l, draw.TickSize))
	}
	x.From, x.To = draw.Margin+8+left, draw.PlotWidth-draw.Margin-ends
	if s.Same {
		height = math.Min(height, x.To-x.From)
		x.To = x.From + height
	}
	y.To = y0 + 22
	if len(s.Rays) > 0 {
		y.To += 16 // names of those that end at the top
	}
	y.From = y.To + height

	s.axes(sc, x, y, yt, yl, y0+13)
	c := &crowd{within: area{x.From + 1, y.To + 1, draw.PlotWidth - draw.Margin, y.From - 1}}
	s.rays(sc, c, x, y)
	s.points(sc, c, x, y)
	missing := s.names(sc, c, x, y)
	sc.Height = y.From + 30
	if s.X.Label != "" || s.X.Log {
		sc.Height = y.From + 48
	}
	if missing > 0 {
		what := "names have"
		if missing == 1 {
			what = "name has"
		}
		sc.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: sc.Height + 8, Text: fmt.Sprintf("%d %s no room in the picture; the numbers have them all.", missing, what), Size: draw.TickSize, Fill: draw.Muted})
		sc.Height += 22
	}
	sc.Ground()
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
func (s *Scatter) axes(sc *draw.Scene, x, y draw.Scale, yt []float64, yl []string, name float64) {
	sc.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: name, Text: draw.Clip(s.Y.axisName(), draw.LabelSize, draw.PlotWidth-2*draw.Margin), Size: draw.LabelSize, Fill: draw.Muted})
	for i, l := range yl {
		at := math.Round(y.At(yt[i])) + 0.5
		sc.Add(draw.Mark{Shape: draw.Line, X: x.From, Y: at, W: x.To - x.From, Stroke: draw.Faint})
		sc.Add(draw.Mark{Shape: draw.Text, X: x.From - 7, Y: at + 4, Text: l, Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
	}
	xt := x.Ticks(int((x.To - x.From) / 80))
	for i, l := range draw.TickLabels(xt, x.Log) {
		at := math.Round(x.At(xt[i])) + 0.5
		sc.Add(draw.Mark{Shape: draw.Line, X: at, Y: y.To, H: y.From - y.To, Stroke: draw.Faint})
		sc.Add(draw.Mark{Shape: draw.Text, X: at, Y: y.From + 17, Text: l, Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Muted})
	}
	sc.Add(draw.Mark{Shape: draw.Line, X: x.From, Y: math.Round(y.From) + 0.5, W: x.To - x.From, Stroke: draw.Muted})
	sc.Add(draw.Mark{Shape: draw.Line, X: math.Round(x.From) + 0.5, Y: y.To, H: y.From - y.To, Stroke: draw.Muted})
	if label := s.X.axisName(); label != "" {
		sc.Add(draw.Mark{Shape: draw.Text, X: (x.From + x.To) / 2, Y: y.From + 35, Text: draw.Clip(label, draw.LabelSize, x.To-x.From), Size: draw.LabelSize, Anchor: draw.Middle, Fill: draw.Muted})
	}
}

// legend names the groups in lines from y on, and returns where the figure goes on.
func (s *Scatter) legend(sc *draw.Scene, y float64) float64 {
	x, rows := draw.Margin, 0
	key := func(text string, put func(x, y float64)) {
		text = draw.Clip(text, draw.LabelSize, 340)
		w := 28 + draw.TextWidth(text, draw.LabelSize)
		if x > draw.Margin && x+w > draw.PlotWidth-draw.Margin {
			x, y = draw.Margin, y+18
		}
		put(x, y+8)
		sc.Add(draw.Mark{Shape: draw.Text, X: x + 26, Y: y + 12, Text: text, Size: draw.LabelSize, Fill: draw.Ink})
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
				sc.Add(draw.Mark{Shape: draw.Path, D: path([][2]float64{{x, y}, {x + 20, y}}), Stroke: l.role, Width: 1.5, Dash: l.dash})
			}
			sc.Add(marker(l, x+10, y))
		})
	}
	if s.Front {
		key("front: lower left is better", func(x, y float64) {
			sc.Add(draw.Mark{Shape: draw.Path, D: path([][2]float64{{x + 2, y - 4}, {x + 10, y - 4}, {x + 10, y + 4}, {x + 18, y + 4}}), Stroke: draw.Ink, Width: 1.5})
		})
	}
	if rows == 0 {
		return y
	}
	return y + 24
}

// path joins points.
func path(pts [][2]float64) string {
	var p draw.Pen
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
func (s *Scatter) rays(sc *draw.Scene, c *crowd, x, y draw.Scale) {
	var right, over []label
	var under []func()
	for i := range s.Rays {
		r := &s.Rays[i]
		pts := r.trace(x, y)
		if pts == nil {
			continue
		}
		c.polyline(pts)
		sc.Add(draw.Mark{Shape: draw.Path, D: path(pts), Stroke: draw.Muted, Dash: []float64{2, 3}, Tip: r.label() + ": factor " + draw.Number(r.Factor)})
		end := pts[len(pts)-1]
		text := draw.Clip(r.label(), draw.TickSize, 120)
		switch {
		case end[0] > x.To-0.5:
			right = append(right, label{want: end[1], text: text})
		case end[1] < y.To+0.5:
			over = append(over, label{want: end[0], text: text})
		default:
			under = append(under, func() {
				if m, ok := c.name(text, end[0], end[1]-4); ok {
					m.Fill = draw.Muted
					sc.Add(m)
				}
			})
		}
	}
	add := func(m draw.Mark) {
		c.taken = append(c.taken, textBox(&m))
		sc.Add(m)
	}
	placeLabels(right, y.To, y.From, 13)
	for _, l := range right {
		add(draw.Mark{Shape: draw.Text, X: x.To + 6, Y: l.at + 4, Text: l.text, Size: draw.TickSize, Fill: draw.Muted})
	}
	sort.SliceStable(over, func(i, j int) bool { return over[i].want < over[j].want })
	free := draw.Margin
	for _, l := range over {
		w := draw.TextWidth(l.text, draw.TickSize)
		from := math.Max(free, math.Min(l.want-w/2, draw.PlotWidth-draw.Margin-w))
		if from+w > draw.PlotWidth-draw.Margin || from > l.want+w/2 {
			continue // there is no room; the tooltip and the numbers have it
		}
		add(draw.Mark{Shape: draw.Text, X: from, Y: y.To - 5, Text: l.text, Size: draw.TickSize, Fill: draw.Muted})
		free = from + w + 8
	}
	for _, put := range under {
		put()
	}
}

// points draws the front, the paths, the whiskers and the markers, those of the front last.
func (s *Scatter) points(sc *draw.Scene, c *crowd, x, y draw.Scale) {
	at := func(d *Dot) [2]float64 { return [2]float64{x.At(d.X), y.At(d.Y)} }
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
			sc.Add(draw.Mark{Shape: draw.Path, D: path(steps), Stroke: draw.Ink, Width: 1.5, Tip: fmt.Sprintf("front: %d points", len(heavy))})
		}
	}
	var light, last []draw.Mark
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
			sc.Add(draw.Mark{Shape: draw.Path, D: path(line), Stroke: l.role, Width: 1.5, Dash: l.dash, Tip: g.name() + ": the points in their order"})
		}
	}
	sc.Marks = append(append(sc.Marks, light...), last...)
}

// bars draws the intervals of a point.
func (s *Scatter) bars(sc *draw.Scene, c *crowd, d *Dot, x, y draw.Scale, role draw.Role) {
	const half = 3.0 // of the end of a whisker
	px, py := x.At(d.X), y.At(d.Y)
	line := func(x, y, w, h float64) {
		c.taken = append(c.taken, area{x - 1, y - 1, x + w + 1, y + h + 1})
		sc.Add(draw.Mark{Shape: draw.Line, X: x, Y: y, W: w, H: h, Stroke: role, Width: 1.25, Opacity: 0.75})
	}
	if m := d.x(); m.interval() {
		from, to := x.At(m.lo), x.At(m.hi)
		line(from, py, to-from, 0)
		line(from, py-half, 0, 2*half)
		line(to, py-half, 0, 2*half)
	}
	if m := d.y(); m.interval() {
		from, to := y.At(m.hi), y.At(m.lo)
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
func (s *Scatter) names(sc *draw.Scene, c *crowd, x, y draw.Scale) (missing int) {
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
		m, ok := c.name(draw.Clip(d.Name, draw.TickSize, scatterName), x.At(d.X), y.At(d.Y))
		if !ok {
			missing++
			continue
		}
		sc.Add(m)
	}
	return missing
}
