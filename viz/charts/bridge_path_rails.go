package charts

import (
	"circuitbook/viz/internal/draw"
	"math"
)

// rails draws the two models and the bridges between them, and returns where the figure goes on.
func (h *bridgeSheet) rails(y float64) float64 {
	form := h.form()
	if form == 2 {
		y += 15
		h.layers(y)
	}
	if !h.beside() {
		y += 15
	}
	h.dense = y + 8 + bridgeBox/2
	h.sparse = h.dense + bridgeRails
	for _, r := range [...]struct {
		name string
		y    float64
	}{{"dense", h.dense}, {"sparse", h.sparse}} {
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.left - 8, Y: r.y + 4, Text: r.name, Size: draw.LabelSize, Bold: true, Anchor: draw.End, Fill: draw.Ink})
		h.s.Add(draw.Mark{Shape: draw.Line, X: h.x(-1) + h.step/2, Y: r.y, W: h.step * float64(len(h.p.Boundaries)), Stroke: draw.Muted, Width: 1.5})
		for i := 0; i <= len(h.p.Boundaries); i++ {
			h.sublayer(i, r.name, r.y, form)
		}
		for i := range h.p.Boundaries {
			h.s.Add(draw.Mark{Shape: draw.Circle, X: h.x(i), Y: r.y, R: math.Min(3, 0.12*h.step), Fill: draw.Ink, Tip: r.name + " " + h.p.Boundaries[i].Site})
		}
	}
	for i := range h.p.Boundaries {
		h.bridges(i)
	}
	bottom := h.sparse + bridgeBox/2
	if !h.beside() {
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.left - 8, Y: h.dense - bridgeBox/2 - 5, Text: "NMSE", Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.left - 8, Y: bottom + 13, Text: "NMSE", Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
		bottom += 16
	}
	return bottom
}

// sublayer draws the box before boundary i.
func (h *bridgeSheet) sublayer(i int, model string, y float64, form int) {
	long, middle, short := h.p.sublayer(i)
	x, w := h.x(i)-h.step/2, h.box()
	h.s.Add(draw.Mark{Shape: draw.Rect, X: x - w/2, Y: y - bridgeBox/2, W: w, H: bridgeBox, R: 3, Fill: draw.Wash, Stroke: draw.Muted, Tip: model + " " + long})
	name, size := [...]string{long, middle, short}[form], draw.TickSize
	if form == 2 {
		size = math.Min(draw.TickSize, 0.9*w)
	}
	h.s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y + 4, Text: name, Size: size, Anchor: draw.Middle, Fill: draw.Ink})
}

// layers numbers the layers, each over the boundary between its attention and its MLP.
func (h *bridgeSheet) layers(y float64) {
	h.s.Add(draw.Mark{Shape: draw.Text, X: h.left - 8, Y: y, Text: "layer", Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
	for i := 1; i < len(h.p.Boundaries); i += 2 {
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.x(i), Y: y, Text: draw.Number(float64(i / 2)), Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Muted})
	}
}

// bridges draws the two arrows of a boundary and their errors.
func (h *bridgeSheet) bridges(i int) {
	b := &h.p.Boundaries[i]
	const gap = bridgeBox/2 + 3
	every := h.every(h.errorWidth() + 3)
	for k, w := range b.directions() {
		down := k == 0
		side, anchor, text, tip := 1.0, draw.Start, h.dense+bridgeRails*0.36, h.dense-bridgeBox/2-5
		if down {
			side, anchor, text, tip = -1, draw.End, h.dense+bridgeRails*0.7, h.sparse+bridgeBox/2+13
		}
		x := h.x(i) + side*h.apart()
		h.arrow(x, h.dense+gap, h.sparse-gap, down, h.thick(), w.look.role, w.nmse, b.Site+": "+w.link+", NMSE "+draw.Number3(w.nmse))
		m := draw.Mark{Shape: draw.Text, X: x + side*(h.thick()/2+5), Y: text, Text: errorText(w.nmse), Size: draw.TickSize, Anchor: anchor, Fill: w.look.role}
		if !h.beside() {
			if i%every != 0 {
				continue // there is no room; the tooltip and the numbers have it
			}
			m.X, m.Y, m.Anchor = h.x(i), tip, draw.Middle
		}
		h.s.Add(m)
	}
}

// arrow draws one link between two heights: the more of the variance it carries, the thicker and the
// stronger it is; where it carries none it is a thin dashed line.
func (h *bridgeSheet) arrow(x, top, bottom float64, down bool, most float64, role draw.Role, nmse float64, tip string) {
	share := 1 - math.Min(1, nmse)
	half := (1 + (most-1)*share) / 2
	wide := half + math.Min(3.5, 0.5*most)
	long := math.Min(9, 2.2*wide)
	from, to, sign := top, bottom, 1.0
	if !down {
		from, to, sign = bottom, top, -1
	}
	neck := to - sign*long
	var p draw.Pen
	if share == 0 {
		p.Move(x, from)
		p.To(x, neck)
		h.s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Stroke: role, Dash: []float64{3, 3}, Tip: tip})
		p = draw.Pen{}
		p.Move(x-wide, neck)
		p.To(x, to)
		p.To(x+wide, neck)
		h.s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Stroke: role})
		return
	}
	p.Move(x-half, from)
	p.To(x-half, neck)
	p.To(x-wide, neck)
	p.To(x, to)
	p.To(x+wide, neck)
	p.To(x+half, neck)
	p.To(x+half, from)
	p.Close()
	h.s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Fill: role, Opacity: 0.4 + 0.6*share, Tip: tip})
}
