package charts

import (
	"circuitbook/viz/internal/draw"
	"math"
)

// A bridgePanel shows one loss of all hybrids, each under its boundary.
type bridgePanel struct {
	label  string
	of     func(*BridgeLoss) Estimate
	refs   []Ref
	zero   bool // the axis reaches 0
	height float64
	y      draw.Scale
}

// measure finds the range of the axis.
func (a *bridgePanel) measure(p *BridgePath) {
	vals := p.values(a.of, a.refs)
	if a.zero {
		vals = append(vals, 0)
	}
	a.y.Lo, a.y.Hi = draw.Span(vals, false, 0.08)
}

func (a *bridgePanel) ticks() []float64 { return a.y.Ticks(int(a.height / 22)) }

// panel draws grid, axis, lines to compare with, and the hybrids.
func (h *bridgeSheet) panel(a *bridgePanel) {
	h.s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: a.y.To - 9, Text: a.label, Size: draw.LabelSize, Fill: draw.Muted, Stroke: draw.Paper, Width: 4})
	ts := a.ticks()
	for i, l := range draw.TickLabels(ts, false) {
		at := math.Round(a.y.At(ts[i])) + 0.5
		h.s.Add(draw.Mark{Shape: draw.Line, X: h.left, Y: at, W: h.right - h.left, Stroke: draw.Faint})
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.left - 7, Y: at + 4, Text: l, Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
	}
	h.s.Add(draw.Mark{Shape: draw.Line, X: h.left, Y: math.Round(a.y.From) + 0.5, W: h.right - h.left, Stroke: draw.Muted})
	h.refs(a)
	for i := range h.p.Boundaries {
		b := &h.p.Boundaries[i]
		for k, w := range b.directions() {
			e := a.of(w.loss)
			x := h.x(i) + float64(2*k-1)*math.Min(8, 0.2*h.step)
			tip := b.Site + ", " + w.name + ": " + w.loss.says()
			if e.interval() {
				h.s.Add(draw.Mark{Shape: draw.Path, D: whisker(x, a.y.At(e.Hi), a.y.At(e.Lo), math.Min(4, 0.12*h.step)), Stroke: w.look.role, Width: 1.5, Tip: tip})
			}
			m := marker(w.look, x, a.y.At(e.Value))
			m.Tip = tip
			h.s.Add(m)
		}
	}
}

// refDash tells the lines to compare with apart, in both panels alike.
var refDash = map[string][]float64{"dense": dashes[1], "sparse": dashes[2], "limit": dashes[3]}

// refs draws the lines to compare with; their names stand at their right ends, moved apart.
func (h *bridgeSheet) refs(a *bridgePanel) {
	var ends []label
	for _, r := range a.refs {
		text := r.Name + " " + draw.Number3(r.Y)
		at := math.Round(a.y.At(r.Y)) + 0.5
		h.s.Add(draw.Mark{Shape: draw.Line, X: h.left, Y: at, W: h.right - h.left, Stroke: draw.Muted, Width: 1.5, Dash: refDash[r.Name], Tip: text})
		ends = append(ends, label{want: at, text: text})
	}
	placeLabels(ends, a.y.To+4, a.y.From-2, 14)
	for _, e := range ends {
		h.s.Add(draw.Mark{Shape: draw.Line, X: h.right + 2, Y: e.want, W: 8, H: e.at - e.want, Stroke: draw.Muted, Width: 0.75})
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.right + 13, Y: e.at + 4, Text: draw.Clip(e.text, draw.TickSize, bridgeRight-17), Size: draw.TickSize, Fill: draw.Ink})
	}
}

// whisker is an upright interval with its two ends.
func whisker(x, top, bottom, half float64) string {
	var p draw.Pen
	p.Move(x-half, top)
	p.To(x+half, top)
	p.Move(x, top)
	p.To(x, bottom)
	p.Move(x-half, bottom)
	p.To(x+half, bottom)
	return p.String()
}

// sites names the boundaries, as many as there is room for, the last one among them.
func (h *bridgeSheet) sites(y float64) {
	const most = 112.0
	width := 0.0
	for i := range h.p.Boundaries {
		width = math.Max(width, draw.TextWidth(draw.Clip(h.p.Boundaries[i].Site, draw.TickSize, most), draw.TickSize))
	}
	every, last := h.every(width+10), len(h.p.Boundaries)-1
	for i := range h.p.Boundaries {
		if i != last && (i%every != 0 || last-i < every) {
			continue
		}
		h.s.Add(draw.Mark{Shape: draw.Text, X: h.x(i), Y: y, Text: draw.Clip(h.p.Boundaries[i].Site, draw.TickSize, most), Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Ink, Tip: h.p.Boundaries[i].Site})
	}
}
