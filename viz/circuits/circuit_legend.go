package circuits

import (
	"circuitbook/viz/internal/draw"
)

// legend explains the marks of a circuit at (x, y) and returns its right and its lower edge. Scales
// have their zero in the middle, and their range is written.
func (g *gauge) legend(s *draw.Scene, p *sheet, x, y float64) (right, bottom float64) {
	k := draw.NewKey(s, x, y)
	if g.weight > 0 {
		k.Line("weight")
		for _, f := range [...]float64{-1, -0.25, 0, 0.25, 1} {
			g.sample(k, f)
		}
	}
	k.Line("ablation")
	switch {
	case !g.nodesMeasured:
		k.Text("the effect of nodes was not measured")
	default:
		for _, f := range [...]float64{0, 0.25, 1} {
			v := f * g.node
			g.dot(s, k.At+p.most, k.Y, p.least, p.most, &v, 0, "")
			k.At += 2*p.most + 4
			k.Text(draw.Number3(v))
		}
		k.Text("nats: rise of the loss")
		if g.nodesFall {
			k.Line("")
			v := -g.node / 4
			g.dot(s, k.At+p.most, k.Y, p.least, p.most, &v, 0, "")
			k.At += 2*p.most + 4
			k.Text("the loss falls")
		}
		if g.nodesMissing {
			if !g.nodesFall {
				k.Line("")
			}
			g.dot(s, k.At+p.most, k.Y, p.least, p.most, nil, 0, "")
			k.At += 2*p.most + 4
			k.Text("not measured")
		}
	}
	if g.bias > 0 {
		k.Line("bias")
		for _, f := range [...]float64{-1, -0.25, 0, 0.25, 1} {
			v := f * g.bias
			e := new(float64)
			if !g.nodesMeasured {
				e = nil
			}
			g.dot(s, k.At+p.most, k.Y, p.least, p.most, e, v, "")
			k.At += 2*p.most + 4
			k.Text(signed(v))
		}
	}
	if g.edge > 0 {
		k.Line("edges")
		text := "faint 0 to strong " + draw.Number3(g.edge) + " nats: rise of the loss"
		if g.edgesMissing {
			text = "faint 0 to strong " + draw.Number3(g.edge) + " nats, where measured"
		}
		k.Text(text)
	}
	if len(p.lanes) > 0 {
		k.Line("channels")
		s.Add(draw.Mark{Shape: draw.Line, X: k.At, Y: k.Y, W: 26, Stroke: draw.Muted, Width: 1.5})
		k.At += 32
		k.Text("written, then read")
		s.Add(draw.Mark{Shape: draw.Line, X: k.At, Y: k.Y, W: 26, Stroke: draw.Muted, Opacity: 0.25})
		k.At += 32
		k.Text("not used there")
	}
	return k.End, k.Y + 6
}

// sample draws one weight of the legend: a share of the greatest.
func (g *gauge) sample(k *draw.Key, share float64) {
	v := share * g.weight
	if v == 0 {
		k.Scene.Add(draw.Mark{Shape: draw.Line, X: k.At + 4, Y: k.Y - 4, H: 8, Stroke: draw.Muted})
		k.At += 14
		k.Text("0")
		return
	}
	m := g.stroke(v, nil)
	var p draw.Pen
	p.Move(k.At, k.Y)
	p.To(k.At+24, k.Y)
	m.D, m.Opacity = p.String(), 0
	k.Scene.Add(m)
	k.At += 28
	k.Text(signed(v))
}
