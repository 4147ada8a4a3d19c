package viz

import "math"

// A key draws a legend line by line, each with a name at the left and samples after it.
type key struct {
	s    *Scene
	x, y float64
	at   float64 // where the next sample goes
	end  float64 // the right edge of all lines
}

const keyColumn = 62.0 // width of the names

func (k *key) line(name string) {
	k.y += 21
	k.at = k.x + keyColumn
	k.s.add(Mark{Shape: Text, X: k.x, Y: k.y + 4, Text: name, Size: tickSize, Bold: true, Fill: Ink})
}

func (k *key) text(t string) {
	k.s.add(Mark{Shape: Text, X: k.at, Y: k.y + 4, Text: t, Size: tickSize, Fill: Muted})
	k.at += textWidth(t, tickSize) + 12
	k.end = math.Max(k.end, k.at)
}

// legend explains the marks of a circuit at (x, y) and returns its right and its lower edge. Scales
// have their zero in the middle, and their range is written.
func (g *gauge) legend(s *Scene, p *sheet, x, y float64) (right, bottom float64) {
	k := &key{s: s, x: x, y: y}
	if g.weight > 0 {
		k.line("weight")
		for _, f := range [...]float64{-1, -0.25, 0, 0.25, 1} {
			k.sample(g, f)
		}
	}
	k.line("ablation")
	switch {
	case !g.nodesMeasured:
		k.text("the effect of nodes was not measured")
	default:
		for _, f := range [...]float64{0, 0.25, 1} {
			v := f * g.node
			g.dot(s, k.at+p.most, k.y, p.least, p.most, &v, 0, "")
			k.at += 2*p.most + 4
			k.text(Number3(v))
		}
		k.text("nats: rise of the loss")
		if g.nodesFall {
			k.line("")
			v := -g.node / 4
			g.dot(s, k.at+p.most, k.y, p.least, p.most, &v, 0, "")
			k.at += 2*p.most + 4
			k.text("the loss falls")
		}
		if g.nodesMissing {
			if !g.nodesFall {
				k.line("")
			}
			g.dot(s, k.at+p.most, k.y, p.least, p.most, nil, 0, "")
			k.at += 2*p.most + 4
			k.text("not measured")
		}
	}
	if g.bias > 0 {
		k.line("bias")
		for _, f := range [...]float64{-1, -0.25, 0, 0.25, 1} {
			v := f * g.bias
			e := new(float64)
			if !g.nodesMeasured {
				e = nil
			}
			g.dot(s, k.at+p.most, k.y, p.least, p.most, e, v, "")
			k.at += 2*p.most + 4
			k.text(signed(v))
		}
	}
	if g.edge > 0 {
		k.line("edges")
		text := "faint 0 to strong " + Number3(g.edge) + " nats: rise of the loss"
		if g.edgesMissing {
			text = "faint 0 to strong " + Number3(g.edge) + " nats, where measured"
		}
		k.text(text)
	}
	if len(p.lanes) > 0 {
		k.line("channels")
		s.add(Mark{Shape: Line, X: k.at, Y: k.y, W: 26, Stroke: Muted, Width: 1.5})
		k.at += 32
		k.text("written, then read")
		s.add(Mark{Shape: Line, X: k.at, Y: k.y, W: 26, Stroke: Muted, Opacity: 0.25})
		k.at += 32
		k.text("not used there")
	}
	return k.end, k.y + 6
}

// sample draws one weight of the legend: a share of the greatest.
func (k *key) sample(g *gauge, share float64) {
	v := share * g.weight
	if v == 0 {
		k.s.add(Mark{Shape: Line, X: k.at + 4, Y: k.y - 4, H: 8, Stroke: Muted})
		k.at += 14
		k.text("0")
		return
	}
	m := g.stroke(v, nil)
	var p Pen
	p.Move(k.at, k.y)
	p.To(k.at+24, k.y)
	m.D, m.Opacity = p.String(), 0
	k.s.add(m)
	k.at += 28
	k.text(signed(v))
}
