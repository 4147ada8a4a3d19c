package circuits

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// diffBars is how many sites have bars in the picture; the table has all.
const diffBars = 64

// looks of the parts of a comparison: colour, and dash of an edge.
var diffLooks = [...]struct {
	role draw.Role
	dash []float64
}{inBoth: {draw.Ink, nil}, onlyA: {draw.Series0, []float64{9, 3}}, onlyB: {draw.Series1, []float64{1.5, 3}}}

// scene lays the comparison out.
func (f *CircuitDiff) scene(u *united) *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: f.Title, Desc: f.overlap(u.diff) + "."}
	w := wire(f.A.Model, u.nodes, u.edges)
	whole := len(u.nodes) <= CircuitNodes && len(u.edges) <= CircuitEdges && len(w.blocks) <= wholeBlocks
	sub := f.overlap(u.diff)
	if n := u.turned(); n > 0 {
		sub += fmt.Sprintf("; %s of both changed sign", plural(n, "weight"))
	}
	if !whole {
		sub = fmt.Sprintf("Too large to be drawn node by node (limits: %d nodes, %d edges): %s", CircuitNodes, CircuitEdges, sub)
		y := draw.Heading(s, f.Title, sub)
		s.Height = f.bars(s, u, f.legend(s, y+10, 9)) + draw.Margin
		s.Ground()
		return s
	}
	p := newSheet(w, nil, 0)
	s.Width = p.width
	y := p.draw(s, draw.Heading(s, f.Title, sub)+8, func() { f.drawEdges(s, p, u) }, func() {
		for i := range u.nodes {
			m := diffNode(u.partOf[i], p.x[i], p.y(p.node[i]), (p.least+p.most)/2)
			m.Tip = u.nodes[i].String() + ": " + f.part(u.partOf[i])
			s.Add(m)
		}
	})
	s.Height = f.bars(s, u, f.legend(s, y, (p.least+p.most)/2)) + draw.Margin
	s.Ground()
	return s
}

func (f *CircuitDiff) drawEdges(s *draw.Scene, p *sheet, u *united) {
	most := 0.0
	for _, e := range u.edges {
		most = math.Max(most, math.Abs(e.Weight))
	}
	r := (p.least + p.most) / 2
	for i := range u.edges {
		e := &u.edges[i]
		a, b := u.weights(i)
		var parts []string
		for k, v := range []any{a, b} {
			if w, ok := v.(float64); ok {
				parts = append(parts, fmt.Sprintf("weight %s in %s", draw.Number(w), [...]string{f.NameA, f.NameB}[k]))
			}
		}
		l := diffLooks[u.edge[i]]
		s.Add(draw.Mark{Shape: draw.Path, D: p.curve(p.links[i].from, p.links[i].to, r, r), Stroke: l.role, Dash: l.dash, Opacity: 0.8,
			Width: math.Round(10*(1+3*math.Sqrt(of(e.Weight, most)))) / 10, Tip: e.String() + " · " + strings.Join(parts, ", ")})
	}
}

// diffNode draws a node by where it is: a disc in both, a square in A, a diamond in B.
func diffNode(part int, x, y, r float64) draw.Mark {
	if part == inBoth {
		return draw.Mark{Shape: draw.Circle, X: x, Y: y, R: r, Fill: draw.Ink}
	}
	var p draw.Pen
	corners := [...][2]float64{{-0.88, -0.88}, {0.88, -0.88}, {0.88, 0.88}, {-0.88, 0.88}}
	if part == onlyB {
		corners = [...][2]float64{{0, -1.2}, {1.2, 0}, {0, 1.2}, {-1.2, 0}}
	}
	for i, c := range corners {
		if i == 0 {
			p.Move(x+r*c[0], y+r*c[1])
			continue
		}
		p.To(x+r*c[0], y+r*c[1])
	}
	p.Close()
	return draw.Mark{Shape: draw.Path, X: x, Y: y, D: p.String(), Fill: draw.Paper, Stroke: diffLooks[part].role, Width: 2}
}

// legend says what the marks are.
func (f *CircuitDiff) legend(s *draw.Scene, y, r float64) float64 {
	x := draw.Margin
	y += 20
	for part := range diffLooks {
		s.Add(diffNode(part, x+r, y, r))
		l := diffLooks[part]
		s.Add(draw.Mark{Shape: draw.Line, X: x + 2*r + 6, Y: y, W: 36, Stroke: l.role, Dash: l.dash, Width: 2.5})
		text := draw.Clip(f.part(part), draw.TickSize, 170)
		s.Add(draw.Mark{Shape: draw.Text, X: x + 2*r + 48, Y: y + 4, Text: text, Size: draw.TickSize, Fill: draw.Ink})
		x += 2*r + 48 + draw.TextWidth(text, draw.TickSize) + 26
	}
	return y + 12
}

// bars draws the nodes of every site: those of A alone, of both, and of B alone.
func (f *CircuitDiff) bars(s *draw.Scene, u *united, y float64) float64 {
	y += 16
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y, Text: "Nodes by site", Size: draw.TickSize, Bold: true, Fill: draw.Ink})
	head := [...]string{draw.Clip(f.part(onlyA), indexSize, 90), "both", draw.Clip(f.part(onlyB), indexSize, 90)}
	const left, number = 150.0, 96.0
	for k, t := range head {
		s.Add(draw.Mark{Shape: draw.Text, X: left + number*float64(k+1) - 12, Y: y, Text: t, Size: indexSize, Anchor: draw.End, Fill: draw.Muted})
	}
	from := left + 3*number + 10
	room := draw.PlotWidth - draw.Margin - from
	most := 1
	for _, p := range u.diff.Sites {
		most = max(most, p.A+p.B-p.Both)
	}
	for i, p := range u.diff.Sites {
		if i == diffBars {
			y += 16
			s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 4, Text: fmt.Sprintf("%d more sites are in the table", len(u.diff.Sites)-diffBars), Size: indexSize, Fill: draw.Muted})
			break
		}
		y += 16
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 4, Text: p.Site, Size: indexSize, Fill: draw.Ink})
		x := from
		for k, n := range [...]int{p.A - p.Both, p.Both, p.B - p.Both} {
			s.Add(draw.Mark{Shape: draw.Text, X: left + number*float64(k+1) - 12, Y: y + 4, Text: fmt.Sprint(n), Size: indexSize, Anchor: draw.End, Fill: draw.Ink})
			if n == 0 {
				continue
			}
			w := room * float64(n) / float64(most)
			part := [...]int{onlyA, inBoth, onlyB}[k]
			m := draw.Mark{Shape: draw.Rect, X: x, Y: y - 5, W: math.Max(1, w-1.5), H: 10, Stroke: diffLooks[part].role, Fill: draw.Paper, Tip: fmt.Sprintf("%s: %d %s", p.Site, n, f.part(part))}
			switch part {
			case inBoth:
				m.Fill, m.Stroke = draw.Ink, draw.None
			case onlyB:
				m.Dash = diffLooks[onlyB].dash
			}
			s.Add(m)
			x += w
		}
	}
	return y + 8
}
