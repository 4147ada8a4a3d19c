package tokenview

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
)

const (
	embeddingRow     = 18.0 // height of a token
	embeddingColumns = 17   // of a token
	embeddingToken   = embeddingColumns * stripAdvance
	embeddingValue   = 64.0
	embeddingAll     = 46.0 // height of the drawing of all weights
)

// Scene lays both sides out next to each other. The data must be such that Bundle accepts it.
func (e *EmbeddingView) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: e.Title, Desc: e.describe()}
	top := draw.Heading(s, e.Title, "") + 8
	width := (draw.PlotWidth - 2*draw.Margin - 28) / 2
	bottom := top
	sides := e.sides()
	// The drawings of all weights stand on one line, under the longer list.
	list := 0
	for i := range sides {
		t, b := sides[i].listed(e.show())
		list = max(list, len(t)+len(b))
	}
	for i := range sides {
		p := embeddingPlace{x: draw.Margin + float64(i)*(width+28), y: top, w: width, scale: sides[i].scale()}
		bottom = math.Max(bottom, p.draw(s, e, &sides[i], list))
	}
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: bottom + 20, Text: draw.Clip("Bars to the right: positive, to the left: negative; each side on its own scale; "+stripSpaces+".", draw.TickSize, draw.PlotWidth-2*draw.Margin), Size: draw.TickSize, Fill: draw.Muted})
	s.Height = bottom + 20 + draw.Margin
	s.Ground()
	return s
}

// embeddingPlace is where one side is drawn.
type embeddingPlace struct {
	x, y, w, scale float64
}

// zero is where bars begin, and reach the length of the longest.
func (p *embeddingPlace) zero() (x, reach float64) {
	from, to := p.x+embeddingToken+8, p.x+p.w-embeddingValue-6
	return (from + to) / 2, (to - from) / 2
}

func (p *embeddingPlace) draw(s *draw.Scene, e *EmbeddingView, side *embeddingSide, list int) float64 {
	y := p.y + 14
	head := e.head(side)
	s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: y, Text: draw.Clip(head, 13, p.w), Size: 13, Bold: true, Fill: draw.Ink})
	y += 16
	s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: y, Text: draw.Clip(side.counts(e.Vocab), draw.TickSize, p.w), Size: draw.TickSize, Fill: draw.Muted})
	y += 10
	first := y
	top, bottom := side.listed(e.show())
	for _, w := range append(append([]TokenWeight{}, top...), bottom...) {
		p.bar(s, w, y)
		y += embeddingRow
	}
	zero, _ := p.zero()
	if y > first {
		s.Add(draw.Mark{Shape: draw.Line, X: zero, Y: first, H: y - first, Stroke: draw.Muted})
	}
	y = first + embeddingRow*float64(list) + 22
	if len(side.sorted) == 0 {
		s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: first + 14, Text: "none", Size: draw.LabelSize, Fill: draw.Muted})
		return y + embeddingAll
	}
	s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: y, Text: fmt.Sprintf("all %s, sorted; ±%s", draw.Number(float64(len(side.sorted))), draw.Number(draw.Sig3(p.scale))), Size: draw.TickSize, Fill: draw.Muted})
	p.all(s, side, y+6)
	return y + 6 + embeddingAll
}

// bar draws one token at height y.
func (p *embeddingPlace) bar(s *draw.Scene, w TokenWeight, y float64) {
	zero, reach := p.zero()
	l := reach * math.Abs(w.Weight) / p.scale
	x, role := zero, draw.Positive
	if w.Weight < 0 {
		x, role = zero-l, draw.Negative
	}
	tip := fmt.Sprintf("%s (id %d): %s", tokenText(w.Token), w.ID, draw.Number(w.Weight))
	name := draw.ClipColumns(tokenText(w.Token), embeddingColumns)
	s.Add(draw.Mark{Shape: draw.Text, X: p.x + embeddingToken, Y: y + 13, Text: name, Size: stripSize, Mono: true, Anchor: draw.End, Fill: draw.Ink, Tip: tip})
	s.Add(draw.Mark{Shape: draw.Rect, X: x, Y: y + 3, W: math.Max(l, 0.5), H: embeddingRow - 6, Fill: role, Tip: tip})
	s.Add(draw.Mark{Shape: draw.Text, X: p.x + p.w, Y: y + 13, Text: draw.Number3(w.Weight), Size: draw.TickSize, Anchor: draw.End, Fill: draw.Ink})
}

// all draws every weight as a step around zero, from the greatest to the least.
func (p *embeddingPlace) all(s *draw.Scene, side *embeddingSide, y float64) {
	n := len(side.sorted)
	step := p.w / float64(n)
	mid := y + embeddingAll/2
	s.Add(draw.Mark{Shape: draw.Rect, X: p.x, Y: y, W: p.w, H: embeddingAll, Fill: draw.Wash})
	at := func(i int) float64 { return p.x + step*float64(i) }
	half := func(from, to int, role draw.Role) {
		if from == to {
			return
		}
		var pen draw.Pen
		pen.Move(at(from), mid)
		last := math.Inf(-1)
		for i := from; i < to; i++ {
			// Steps narrower than half a pixel are skipped: neighbours hardly differ.
			if i > from && i < to-1 && at(i)-last < 0.5 {
				continue
			}
			last = at(i)
			h := mid - embeddingAll/2*side.sorted[i].Weight/p.scale
			pen.To(at(i), h)
			pen.To(at(i+1), h)
		}
		pen.To(at(to), mid)
		pen.Close()
		s.Add(draw.Mark{Shape: draw.Path, D: pen.String(), Fill: role})
	}
	half(0, side.positive, draw.Positive)
	half(side.positive, n, draw.Negative)
	s.Add(draw.Mark{Shape: draw.Line, X: p.x, Y: mid, W: p.w, Stroke: draw.Muted})
}
