package viz

import (
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
func (e *EmbeddingView) Scene() *Scene {
	s := &Scene{Width: plotWidth, Title: e.Title, Desc: e.describe()}
	top := heading(s, e.Title, "") + 8
	width := (plotWidth - 2*margin - 28) / 2
	bottom := top
	sides := e.sides()
	// The drawings of all weights stand on one line, under the longer list.
	list := 0
	for i := range sides {
		t, b := sides[i].listed(e.show())
		list = max(list, len(t)+len(b))
	}
	for i := range sides {
		p := embeddingPlace{x: margin + float64(i)*(width+28), y: top, w: width, scale: sides[i].scale()}
		bottom = math.Max(bottom, p.draw(s, e, &sides[i], list))
	}
	s.add(Mark{Shape: Text, X: margin, Y: bottom + 20, Text: clip("Bars to the right: positive, to the left: negative; each side on its own scale; "+stripSpaces+".", tickSize, plotWidth-2*margin), Size: tickSize, Fill: Muted})
	s.Height = bottom + 20 + margin
	s.ground()
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

func (p *embeddingPlace) draw(s *Scene, e *EmbeddingView, side *embeddingSide, list int) float64 {
	y := p.y + 14
	head := e.head(side)
	s.add(Mark{Shape: Text, X: p.x, Y: y, Text: clip(head, 13, p.w), Size: 13, Bold: true, Fill: Ink})
	y += 16
	s.add(Mark{Shape: Text, X: p.x, Y: y, Text: clip(side.counts(e.Vocab), tickSize, p.w), Size: tickSize, Fill: Muted})
	y += 10
	first := y
	top, bottom := side.listed(e.show())
	for _, w := range append(append([]TokenWeight{}, top...), bottom...) {
		p.bar(s, w, y)
		y += embeddingRow
	}
	zero, _ := p.zero()
	if y > first {
		s.add(Mark{Shape: Line, X: zero, Y: first, H: y - first, Stroke: Muted})
	}
	y = first + embeddingRow*float64(list) + 22
	if len(side.sorted) == 0 {
		s.add(Mark{Shape: Text, X: p.x, Y: first + 14, Text: "none", Size: labelSize, Fill: Muted})
		return y + embeddingAll
	}
	s.add(Mark{Shape: Text, X: p.x, Y: y, Text: fmt.Sprintf("all %s, sorted; ±%s", Number(float64(len(side.sorted))), Number(sig3(p.scale))), Size: tickSize, Fill: Muted})
	p.all(s, side, y+6)
	return y + 6 + embeddingAll
}

// bar draws one token at height y.
func (p *embeddingPlace) bar(s *Scene, w TokenWeight, y float64) {
	zero, reach := p.zero()
	l := reach * math.Abs(w.Weight) / p.scale
	x, role := zero, Positive
	if w.Weight < 0 {
		x, role = zero-l, Negative
	}
	tip := fmt.Sprintf("%s (id %d): %s", tokenText(w.Token), w.ID, Number(w.Weight))
	name := clipColumns(tokenText(w.Token), embeddingColumns)
	s.add(Mark{Shape: Text, X: p.x + embeddingToken, Y: y + 13, Text: name, Size: stripSize, Mono: true, Anchor: End, Fill: Ink, Tip: tip})
	s.add(Mark{Shape: Rect, X: x, Y: y + 3, W: math.Max(l, 0.5), H: embeddingRow - 6, Fill: role, Tip: tip})
	s.add(Mark{Shape: Text, X: p.x + p.w, Y: y + 13, Text: Number3(w.Weight), Size: tickSize, Anchor: End, Fill: Ink})
}

// all draws every weight as a step around zero, from the greatest to the least.
func (p *embeddingPlace) all(s *Scene, side *embeddingSide, y float64) {
	n := len(side.sorted)
	step := p.w / float64(n)
	mid := y + embeddingAll/2
	s.add(Mark{Shape: Rect, X: p.x, Y: y, W: p.w, H: embeddingAll, Fill: Wash})
	at := func(i int) float64 { return p.x + step*float64(i) }
	half := func(from, to int, role Role) {
		if from == to {
			return
		}
		var pen Pen
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
		s.add(Mark{Shape: Path, D: pen.String(), Fill: role})
	}
	half(0, side.positive, Positive)
	half(side.positive, n, Negative)
	s.add(Mark{Shape: Line, X: p.x, Y: mid, W: p.w, Stroke: Muted})
}
