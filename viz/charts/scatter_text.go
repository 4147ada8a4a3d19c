package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// axisWord is a label, or the letter of its axis.
func axisWord(label, letter string) string {
	if label == "" {
		return letter
	}
	return label
}

// describe says in words what the picture shows, for those who hear it.
func (s *Scatter) describe() string {
	xs, ys := axisWord(s.X.Label, "x"), axisWord(s.Y.Label, "y")
	var parts []string
	for i := range s.Groups {
		g := &s.Groups[i]
		if len(g.Points) == 0 {
			parts = append(parts, g.name()+" without points")
			continue
		}
		lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
		for _, d := range g.Points {
			for k, v := range [...]float64{d.X, d.Y} {
				lo[k], hi[k] = math.Min(lo[k], v), math.Max(hi[k], v)
			}
		}
		parts = append(parts, fmt.Sprintf("%s, %s, %s from %s to %s, %s from %s to %s",
			g.name(), pointCount(len(g.Points)), xs, draw.Number3(lo[0]), draw.Number3(hi[0]), ys, draw.Number3(lo[1]), draw.Number3(hi[1])))
	}
	out := ys + " over " + xs + ": " + strings.Join(parts, "; ") + "."
	if s.Front {
		out += " " + s.frontWords() + "."
	}
	var rays []string
	for i := range s.Rays {
		rays = append(rays, s.Rays[i].label()+" of factor "+draw.Number3(s.Rays[i].Factor))
	}
	if len(rays) > 0 {
		out += " Lines " + strings.Join(rays, ", ") + "."
	}
	if w := s.words(); w != "" {
		out += " " + w + "."
	}
	return out
}

func pointCount(points int) string {
	if points == 1 {
		return "1 point"
	}
	return fmt.Sprintf("%d points", points)
}

// frontWords lists the front, up to a dozen points.
func (s *Scatter) frontWords() string {
	const most = 12
	var names []string
	front := s.front()
	for _, p := range front[:min(most, len(front))] {
		d := s.dot(p)
		names = append(names, strings.TrimSpace(fmt.Sprintf("%s (%s, %s)", d.Name, draw.Number3(d.X), draw.Number3(d.Y))))
	}
	switch {
	case len(front) == 0:
		return "No point is on the front"
	case len(front) > most:
		names = append(names, fmt.Sprintf("and %d more", len(front)-most))
	}
	return "On the front: " + strings.Join(names, ", ")
}

// numbers tabulates all points, and the lines to compare with.
func (s *Scatter) numbers() []viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "group"}, {Name: "point"}}}
	wx, wy := s.whiskers()
	for _, c := range [...]struct {
		name string
		bars bool
	}{{axisWord(s.X.Label, "x"), wx}, {axisWord(s.Y.Label, "y"), wy}} {
		t.Columns = append(t.Columns, viz.Column{Name: c.name})
		if c.bars {
			t.Columns = append(t.Columns, viz.Column{Name: "from"}, viz.Column{Name: "to"})
		}
	}
	on := map[dotAt]bool{}
	if s.Front {
		t.Columns = append(t.Columns, viz.Column{Name: "front"})
		for _, p := range s.front() {
			on[p] = true
		}
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		for j := range g.Points {
			d := &g.Points[j]
			row := []any{g.Name, d.Name}
			for _, c := range [...]struct {
				of   measure
				bars bool
			}{{d.x(), wx}, {d.y(), wy}} {
				row = append(row, c.of.v)
				switch {
				case c.bars && c.of.interval():
					row = append(row, c.of.lo, c.of.hi)
				case c.bars:
					row = append(row, nil, nil)
				}
			}
			switch {
			case s.Front && g.Apart:
				row = append(row, nil)
			case s.Front:
				row = append(row, on[dotAt{i, j}])
			}
			t.Rows = append(t.Rows, row)
		}
	}
	out := []viz.Table{t}
	if len(s.Rays) > 0 {
		r := viz.Table{Columns: []viz.Column{{Name: "line"}, {Name: "factor"}}}
		for i := range s.Rays {
			r.Rows = append(r.Rows, []any{s.Rays[i].label(), s.Rays[i].Factor})
		}
		out = append(out, r)
	}
	return out
}

// scatterRows is the height of the text drawing.
const scatterRows = 18

// twin draws the points with characters, one for each group, the lines to compare with as dots, and
// the front as steps.
func (s *Scatter) twin() string {
	x, y := s.spans(0)
	x.To, y.From = twinCols-1, scatterRows-1
	grid := make([][]byte, scatterRows)
	for i := range grid {
		grid[i] = []byte(strings.Repeat(" ", twinCols))
	}
	cell := func(d *Dot) (col, row int) {
		return draw.ClampInt(x.At(d.X), twinCols), draw.ClampInt(y.At(d.Y), scatterRows)
	}
	for i := range s.Rays {
		pts := s.Rays[i].trace(x, y)
		for k := 1; k < len(pts); k++ {
			p, q := pts[k-1], pts[k]
			n := int(math.Ceil(math.Max(math.Abs(q[0]-p[0]), math.Abs(q[1]-p[1])))) + 1
			for j := range n + 1 {
				f := float64(j) / float64(n)
				grid[draw.ClampInt(p[1]+f*(q[1]-p[1]), scatterRows)][draw.ClampInt(p[0]+f*(q[0]-p[0]), twinCols)] = '.'
			}
		}
	}
	var front []dotAt
	if s.Front {
		front = s.front()
	}
	for k := 1; k < len(front); k++ {
		c0, r0 := cell(s.dot(front[k-1]))
		c1, r1 := cell(s.dot(front[k]))
		for c := c0; c <= c1; c++ {
			grid[r0][c] = '-'
		}
		for r := r0 + 1; r <= r1; r++ {
			grid[r][c1] = '|'
		}
	}
	put := func(p dotAt) {
		c, r := cell(s.dot(p))
		grid[r][c] = lookOf(p.group).glyph
	}
	var names []string
	for i := range s.Groups {
		g := &s.Groups[i]
		for j := range g.Points {
			put(dotAt{i, j})
		}
		name := fmt.Sprintf("%c %s", lookOf(i).glyph, draw.Visible(g.name()))
		if g.Path {
			name += ", a path"
		}
		names = append(names, name)
	}
	for _, p := range front {
		put(p)
	}
	if s.Front {
		names = append(names, "-| front")
	}
	for i := range s.Rays {
		names = append(names, ". "+draw.Visible(s.Rays[i].label()))
	}

	var b strings.Builder
	b.WriteString(strings.TrimLeft(fmt.Sprintf("%s   [%s]\n", draw.Visible(s.Y.axisName()), strings.Join(names, "; ")), " "))
	for i, row := range grid {
		tick := ""
		switch i {
		case 0:
			tick = draw.Number3(y.Hi)
		case scatterRows - 1:
			tick = draw.Number3(y.Lo)
		}
		fmt.Fprintf(&b, "%s │%s\n", draw.PadLeft(tick, 10), strings.TrimRight(string(row), " "))
	}
	fmt.Fprintf(&b, "%10s └%s\n", "", strings.Repeat("─", twinCols))
	l, r := draw.Number3(x.Lo), draw.Number3(x.Hi)
	mid := draw.Visible(axisWord(s.X.axisName(), "x"))
	gap := twinCols - draw.Width(l) - draw.Width(r) - draw.Width(mid)
	fmt.Fprintf(&b, "%11s %s%s%s%s%s\n", "", l, strings.Repeat(" ", max(1, gap/2)), mid, strings.Repeat(" ", max(1, gap-gap/2)), r)
	if w := s.words(); w != "" {
		b.WriteString(": " + draw.Visible(w) + "\n")
	}
	return b.String()
}
