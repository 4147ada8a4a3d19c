package tokenview

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// patternPlace is where the pattern of a head is drawn: (x, y) is the upper left corner of its cells.
type patternPlace struct {
	x, y, cell float64
	left       float64 // room for tokens before the cells
	room       float64 // room for the name
	size       float64 // of the tokens' type
	tokens     int     // columns of a token
}

// sinkGap parts the sink's column from the tokens'.
const sinkGap = 5.0

// Scene lays the heads out. The data must be such that Bundle accepts it.
func (a *AttentionMatrix) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: a.Title, Desc: a.describe()}
	y := draw.Heading(s, a.Title, "") + 6
	n := len(a.Tokens)
	across := 1
	if len(a.Heads) > 1 && n <= 20 {
		across = 2
	}
	room := (draw.PlotWidth - 2*draw.Margin - 24*float64(across-1)) / float64(across)
	p := patternPlace{room: room, size: 11, tokens: 1}
	for _, t := range a.Tokens {
		p.tokens = max(p.tokens, min(12, draw.Width(tokenText(t))))
	}
	// The tokens are written on both sides; the cells have what is between, and no more than is comfortable.
	grid := float64(n + sinkColumns(a.Sink))
	label := func() float64 { return 0.605 * p.size * float64(p.tokens+3) }
	p.cell = math.Min(22, (room-2*label()-sinkGap-16)/grid)
	if p.cell < 14 {
		p.size = math.Max(8, 0.8*p.cell)
		p.cell = math.Min(22, (room-2*label()-sinkGap-16)/grid)
	}
	p.left = label() + 6
	high := p.cell * float64(n)
	for i := range a.Heads {
		p.x, p.y = draw.Margin+float64(i%across)*(room+24)+p.left, y+26
		a.draw(s, &a.Heads[i], p)
		if i%across == across-1 || i == len(a.Heads)-1 {
			y += 26 + high + 26
		}
	}
	s.Height = attentionLegend(s, y+10)
	s.Ground()
	return s
}

// at is the left edge of a column of weights.
func (p *patternPlace) at(i int, sink bool) float64 {
	x := p.x + p.cell*float64(i)
	if sink && i > 0 {
		x += sinkGap
	}
	return x
}

func (a *AttentionMatrix) draw(s *draw.Scene, h *AttentionHead, p patternPlace) {
	if h.Name != "" {
		s.Add(draw.Mark{Shape: draw.Text, X: p.x - p.left, Y: p.y - 10, Text: draw.Clip(h.Name, 13, p.room), Size: 13, Bold: true, Fill: draw.Ink})
	}
	off := sinkColumns(a.Sink)
	var pen draw.Pen
	for q, w := range h.Weights {
		y := p.y + p.cell*float64(q)
		name := draw.ClipColumns(tokenText(a.Tokens[q]), p.tokens)
		var says []string
		for _, i := range a.heaviest(w[:q+1+off], 4) {
			says = append(says, fmt.Sprintf("%s %% to %s", draw.Number(draw.Sig3(100*w[i])), a.key(i)))
		}
		tip := fmt.Sprintf("from %d %s: %s", q, tokenText(a.Tokens[q]), strings.Join(says, ", "))
		if a.Sink {
			s.Add(draw.Mark{Shape: draw.Rect, X: p.x, Y: y + 0.5, W: p.cell, H: p.cell - 1, Fill: draw.Wash, Tip: tip})
		}
		from, to := p.at(off, a.Sink), p.at(q+off, a.Sink)+p.cell
		s.Add(draw.Mark{Shape: draw.Rect, X: from, Y: y + 0.5, W: to - from, H: p.cell - 1, Fill: draw.Wash, Tip: tip})
		base := y + p.cell/2 + 0.35*p.size
		s.Add(draw.Mark{Shape: draw.Text, X: p.x - 6, Y: base, Text: fmt.Sprintf("%d %s", q, name), Size: p.size, Mono: true, Anchor: draw.End, Fill: draw.Ink})
		s.Add(draw.Mark{Shape: draw.Text, X: to + 5, Y: base, Text: name, Size: p.size, Mono: true, Fill: draw.Muted})
		for i, v := range w[:q+1+off] {
			square(&pen, p.at(i, a.Sink)+p.cell/2, y+p.cell/2, p.side(v))
		}
	}
	if d := pen.String(); d != "" {
		s.Add(draw.Mark{Shape: draw.Path, D: d, Fill: draw.Series0})
	}
	if a.Sink {
		s.Add(draw.Mark{Shape: draw.Text, X: p.x + p.cell/2, Y: p.y + p.cell*float64(len(a.Tokens)) + 13, Text: sinkName, Size: 10, Anchor: draw.Middle, Fill: draw.Muted})
	}
}

// side is the side of the square for a weight: its area is the weight, and what is not nothing can
// be seen.
func (p *patternPlace) side(w float64) float64 {
	if percent(w) == "" {
		return 0
	}
	return math.Max(1.5, (p.cell-2)*math.Sqrt(math.Min(1, w)))
}

// square draws a square around (x, y).
func square(p *draw.Pen, x, y, side float64) {
	if side <= 0 {
		return
	}
	r := side / 2
	p.Move(x-r, y-r)
	p.To(x+r, y-r)
	p.To(x+r, y+r)
	p.To(x-r, y+r)
	p.Close()
}

// attentionLegend explains the squares at height y; it returns the height of the figure.
func attentionLegend(s *draw.Scene, y float64) float64 {
	const cell = 16.0
	p := patternPlace{cell: cell}
	x := draw.Margin
	for _, w := range [...]float64{0.05, 0.25, 0.5, 1} {
		s.Add(draw.Mark{Shape: draw.Rect, X: x, Y: y - 12, W: cell, H: cell, Fill: draw.Wash, Stroke: draw.Faint})
		var pen draw.Pen
		square(&pen, x+cell/2, y-12+cell/2, p.side(w))
		s.Add(draw.Mark{Shape: draw.Path, D: pen.String(), Fill: draw.Series0})
		says := percent(w) + " %"
		s.Add(draw.Mark{Shape: draw.Text, X: x + cell + 5, Y: y, Text: says, Size: draw.TickSize, Fill: draw.Muted})
		x += cell + 5 + draw.TextWidth(says, draw.TickSize) + 12
	}
	s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: "of a query's attention, by area", Size: draw.TickSize, Fill: draw.Muted})
	says := "A row looks: its token stands at the left. A column is looked at: its token stands where it begins, at the end of a row."
	for _, l := range draw.Wrap(says+" "+stripSpaces+".", 116) {
		y += 17
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y, Text: l, Size: draw.TickSize, Fill: draw.Muted})
	}
	return y + draw.Margin
}
