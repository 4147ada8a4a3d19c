package circuits

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
)

// draw adds everything but edges and nodes, which it leaves to the caller, and returns the height at
// which the figure goes on.
func (p *sheet) draw(s *draw.Scene, top float64, edges, nodes func()) float64 {
	p.top = top + 62 + p.over()
	p.drawBands(s, top+14)
	p.drawLanes(s)
	edges()
	nodes()
	p.drawLabels(s)
	return p.floor()
}

// drawBands draws a surface for each block, with its name and those of its columns, and its heads.
func (p *sheet) drawBands(s *draw.Scene, top float64) {
	for i, b := range p.bands {
		w := &p.blocks[i]
		s.Add(draw.Mark{Shape: draw.Rect, X: b.from, Y: top, W: b.to - b.from, H: p.floor() - top, R: 6, Fill: draw.Wash, Tip: p.tally(w)})
		name := draw.Mark{Shape: draw.Text, X: (b.from + b.to) / 2, Y: top + 20, Text: w.name, Size: 13, Bold: true, Anchor: draw.Middle, Fill: draw.Ink}
		if w.name == circuit.FinalResid {
			name.Size, name.Bold, name.Fill, name.Y = indexSize, false, draw.Muted, top+37
			s.Add(name)
			continue
		}
		s.Add(name)
		kinds := [3]string{circuit.ActIn, circuit.PostAct, circuit.ResidDelta}
		if strings.HasSuffix(w.name, circuit.Attn) {
			kinds[1] = "q k v"
		}
		y, x, anchor := top+37, [3]float64{b.in, b.mid, b.out}, [3]draw.Anchor{draw.Middle, draw.Middle, draw.Middle}
		if b.mid-b.in < 54 {
			x[0], x[2], anchor = b.from+4, b.to-4, [3]draw.Anchor{draw.Start, draw.Middle, draw.End}
		}
		for j := range kinds {
			m := draw.Mark{Shape: draw.Text, X: x[j], Y: y, Text: kinds[j], Size: indexSize, Anchor: anchor[j], Fill: draw.Muted}
			if j == 1 && b.mid-b.in < 54 {
				m.Y += 12
			}
			s.Add(m)
		}
		for j := range w.heads {
			p.drawHead(s, &w.heads[j], b)
		}
	}
}

// tally says what a block holds.
func (p *sheet) tally(b *block) string {
	return b.name + ": " + plural(len(b.in)+len(b.mid)+len(b.out), "node")
}

// drawHead frames a head, and joins q and k of the same channel, which are multiplied.
func (p *sheet) drawHead(s *draw.Scene, h *head, b band) {
	all := h.all()
	half := math.Min(30, (b.mid-b.in)*0.52)
	top := p.headTop(h)
	bottom := p.y(p.node[all[len(all)-1]]) + p.most + 6
	s.Add(draw.Mark{Shape: draw.Rect, X: b.mid - half, Y: top, W: 2 * half, H: bottom - top, R: 5, Fill: draw.Paper, Stroke: draw.Faint})
	for _, q := range h.q {
		for _, k := range h.k {
			if p.nodes[q].Index != p.nodes[k].Index {
				continue
			}
			y1, y2 := p.y(p.node[q]), p.y(p.node[k])
			x, out := b.mid+p.most, math.Min(half-p.most-2, 6+(y2-y1)/8)
			var pen draw.Pen
			pen.Move(x, y1)
			pen.Curve(x+out, y1+3, x+out, y2-3, x, y2)
			s.Add(draw.Mark{Shape: draw.Path, D: pen.String(), Stroke: draw.Muted, Dash: []float64{1.5, 2.5},
				Tip: fmt.Sprintf("head %d, channel %d: q·k is a part of the attention score", h.number, p.nodes[q].Index%p.shape.DHead)})
		}
	}
}

// headTop is where a head's frame begins: above the label of its first node there is its name.
func (p *sheet) headTop(h *head) float64 { return p.y(p.node[h.all()[0]]) - p.most - 27 }

// drawLanes draws the residual channels and what they begin and end at.
func (p *sheet) drawLanes(s *draw.Scene) {
	tall := p.y(float64(p.height-1)) - p.top
	for _, end := range []struct {
		x         float64
		a         draw.Anchor
		text, tip string
	}{{p.left - barWidth, draw.Start, "embed", "embedding of the token; positions"}, {p.right, draw.End, "unembed", "last norm and unembedding"}} {
		s.Add(draw.Mark{Shape: draw.Rect, X: end.x, Y: p.top - 8, W: barWidth, H: tall + 16, R: 3, Fill: draw.Muted, Tip: end.tip})
		x := draw.Margin
		if end.a == draw.End {
			x = p.width - draw.Margin
		}
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: p.top - p.over() - 25, Text: end.text, Size: indexSize, Anchor: end.a, Fill: draw.Muted})
	}
	for i := range p.lanes {
		l := &p.lanes[i]
		y := p.y(p.lane[i])
		cuts := p.stretches(l)
		at := func(stop int) float64 {
			switch stop {
			case -1:
				return p.left
			case len(l.stops):
				return p.right
			}
			return p.x[l.stops[stop]]
		}
		for j := 0; j < len(cuts); {
			k := j // join stretches that look alike
			for k+1 < len(cuts) && cuts[k+1].busy == cuts[j].busy {
				k++
			}
			m := draw.Mark{Shape: draw.Line, X: at(cuts[j].from), Y: y, W: at(cuts[k].to) - at(cuts[j].from), Stroke: draw.Muted, Width: 1.5, Tip: "residual channel " + p.laneName(l)}
			if !cuts[j].busy {
				m.Width, m.Opacity = 1, 0.25
			}
			if l.position {
				m.Dash, m.Tip = []float64{1, 3}, "position channel "+strings.TrimPrefix(p.laneName(l), "pos ")
			}
			s.Add(m)
			j = k + 1
		}
		s.Add(draw.Mark{Shape: draw.Text, X: p.left - barWidth - 5, Y: y + 4, Text: p.laneName(l), Size: draw.TickSize, Anchor: draw.End, Fill: draw.Ink})
		if last := cuts[len(cuts)-1]; last.busy && last.to == len(l.stops) {
			var pen draw.Pen
			pen.Move(p.right-8, y-4)
			pen.To(p.right-1, y)
			pen.To(p.right-8, y+4)
			pen.Close()
			s.Add(draw.Mark{Shape: draw.Path, D: pen.String(), Fill: draw.Muted})
			s.Add(draw.Mark{Shape: draw.Text, X: p.right + barWidth + 5, Y: y + 4, Text: p.laneName(l), Size: draw.TickSize, Fill: draw.Ink})
		}
	}
}

// short is the label of a node: its index, as q[12] where a column holds several sites, and its name
// if it has one.
func (p *sheet) short(i int) string {
	n := p.nodes[i]
	text := strconv.Itoa(n.Index)
	switch k := p.kinds[i]; k {
	case circuit.Query, circuit.Key, circuit.Value:
		text = fmt.Sprintf("%s[%d]", k, n.Index)
	}
	if name := p.labels[n.String()]; name != "" {
		text += " " + name
	}
	return text
}

// drawLabels writes above the nodes what they are, and above the heads which they are.
func (p *sheet) drawLabels(s *draw.Scene) {
	for k := range p.blocks {
		b := p.bands[k]
		for j := range p.blocks[k].heads {
			h := &p.blocks[k].heads[j]
			s.Add(draw.Mark{Shape: draw.Text, X: b.mid, Y: p.headTop(h) + 12, Text: draw.Clip(fmt.Sprintf("head %d", h.number), indexSize, b.mid-b.in), Size: indexSize,
				Anchor: draw.Middle, Fill: draw.Muted, Stroke: draw.Paper, Width: 3})
		}
		ground := draw.Wash
		if len(p.blocks[k].heads) > 0 {
			ground = draw.Paper
		}
		for _, i := range p.blocks[k].mid {
			s.Add(draw.Mark{Shape: draw.Text, X: p.x[i], Y: p.y(p.node[i]) - p.most - 3, Size: indexSize, Anchor: draw.Middle, Fill: draw.Ink, Stroke: ground, Width: 3,
				Text: draw.Clip(p.short(i), indexSize, 1.6*(b.mid-b.in))})
		}
	}
	for k := range p.lanes {
		l := &p.lanes[k]
		for j := range l.stops {
			p.laneLabel(s, l, j)
		}
	}
}

// laneLabel writes above the j-th node of a lane what it is. A name runs along the lane, away from
// the edges of the block, as far as there is room.
func (p *sheet) laneLabel(s *draw.Scene, l *lane, j int) {
	i := l.stops[j]
	named := func(j int) bool { return j >= 0 && j < len(l.stops) && p.labels[p.nodes[l.stops[j]].String()] != "" }
	if !p.labelled && !named(j) {
		return
	}
	m := draw.Mark{Shape: draw.Text, X: p.x[i], Y: p.y(p.node[i]) - p.most - 3, Size: indexSize, Anchor: draw.Middle, Fill: draw.Ink, Stroke: draw.Wash, Width: 3}
	room := 2 * p.pad
	if named(j) {
		next, other := p.right, j+1
		m.Anchor, m.X = draw.Start, p.x[i]-p.least
		if p.kinds[i] != circuit.ResidDelta {
			next, other = p.left, j-1
			m.Anchor, m.X = draw.End, p.x[i]+p.least
		}
		room = math.Abs(next-p.x[i]) - 6
		if other >= 0 && other < len(l.stops) {
			room = math.Abs(p.x[l.stops[other]]-p.x[i]) - 20
		}
		if named(other) {
			room /= 2
		}
		// Names end where another block begins to be drawn.
		room = math.Min(room, 2*p.pad+p.between-14)
	}
	m.Text = draw.Clip(p.short(i), indexSize, room)
	s.Add(m)
}
