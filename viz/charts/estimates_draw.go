package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
	"strings"
)

const (
	estimateRow  = 26.0  // height of a row
	estimateName = 210.0 // most room for names
)

// Scene lays the estimates out. The data must be such that Bundle accepts it.
func (e *Estimates) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: e.Title, Desc: e.describe()}
	top := draw.Heading(s, e.Title, e.intervalWords()) + 8
	name, says := 0.0, 0.0
	for i := range e.Rows {
		name = math.Max(name, draw.TextWidth(draw.Visible(e.Rows[i].Name), draw.LabelSize))
		says = math.Max(says, draw.TextWidth(e.Rows[i].says(), draw.TickSize))
	}
	left := draw.Margin + math.Min(name, estimateName) + 12
	right := draw.PlotWidth - draw.Margin - says - 12
	lo, hi := e.span()
	x := draw.NewScale(lo, hi, left, right, e.X.Log)

	y := top
	if len(e.Refs) > 0 {
		y += 16 // their names
	}
	first := y
	var rows []func()
	group := ""
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Group != group {
			group = r.Group
			at := y + 18
			rows = append(rows, func() {
				s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: at, Text: draw.Clip(r.Group, draw.LabelSize, left-draw.Margin-8), Size: draw.LabelSize, Bold: true, Fill: draw.Ink})
			})
			y += 22
		}
		mid := y + estimateRow/2
		rows = append(rows, func() { e.row(s, r, x, left, mid) })
		y += estimateRow
	}
	xt := x.Ticks(int((right - left) / 80))
	for i, l := range draw.TickLabels(xt, x.Log) {
		at := math.Round(x.At(xt[i])) + 0.5
		s.Add(draw.Mark{Shape: draw.Line, X: at, Y: first, H: y - first, Stroke: draw.Faint})
		s.Add(draw.Mark{Shape: draw.Text, X: at, Y: y + 17, Text: l, Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Muted})
	}
	e.refs(s, x, first, y)
	for _, draw := range rows {
		draw()
	}
	s.Add(draw.Mark{Shape: draw.Line, X: left, Y: math.Round(y) + 0.5, W: right - left, Stroke: draw.Muted})
	label := e.X.Label
	if e.X.Log {
		label = strings.TrimSpace(label + " (logarithmic)")
	}
	s.Height = y + 30
	if label != "" {
		s.Add(draw.Mark{Shape: draw.Text, X: (left + right) / 2, Y: y + 35, Text: draw.Clip(label, draw.LabelSize, right-left), Size: draw.LabelSize, Anchor: draw.Middle, Fill: draw.Muted})
		s.Height = y + 48
	}
	s.Ground()
	return s
}

// refs draws the lines to compare with; their names stand over them, where they do not meet.
func (e *Estimates) refs(s *draw.Scene, x draw.Scale, top, bottom float64) {
	order := make([]int, len(e.Refs))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return e.Refs[order[i]].Y < e.Refs[order[j]].Y })
	free := draw.Margin
	for _, i := range order {
		r := e.Refs[i]
		at := math.Round(x.At(r.Y)) + 0.5
		label := draw.Clip(strings.TrimSpace(r.Name+" "+draw.Number3(r.Y)), draw.TickSize, 160)
		s.Add(draw.Mark{Shape: draw.Line, X: at, Y: top - 2, H: bottom - top + 2, Stroke: draw.Muted, Width: 1.5, Dash: []float64{4, 3}, Tip: label})
		w := draw.TextWidth(label, draw.TickSize)
		from := math.Max(free, math.Min(at-w/2, draw.PlotWidth-draw.Margin-w))
		if from+w > draw.PlotWidth-draw.Margin || from > at+w/2 {
			continue // there is no room; the tooltip and the numbers have it
		}
		s.Add(draw.Mark{Shape: draw.Text, X: from, Y: top - 6, Text: label, Size: draw.TickSize, Fill: draw.Muted})
		free = from + w + 8
	}
}

// row draws one estimate around the height mid.
func (e *Estimates) row(s *draw.Scene, r *Estimate, x draw.Scale, left, mid float64) {
	tip := strings.TrimSpace(r.Group+" "+r.Name) + ": " + r.says()
	s.Add(draw.Mark{Shape: draw.Text, X: left - 12, Y: mid + 4, Text: draw.Clip(r.Name, draw.LabelSize, left-12-draw.Margin), Size: draw.LabelSize, Anchor: draw.End, Fill: draw.Ink})
	for _, v := range r.Runs {
		s.Add(draw.Mark{Shape: draw.Circle, X: x.At(v), Y: mid + 9, R: 1.7, Fill: draw.Muted, Opacity: 0.7, Tip: fmt.Sprintf("%s: a run, %s", r.Name, draw.Number(v))})
	}
	if r.interval() {
		from, to := x.At(r.Lo), x.At(r.Hi)
		s.Add(draw.Mark{Shape: draw.Line, X: from, Y: mid, W: to - from, Stroke: draw.Series0, Width: 1.5, Tip: tip})
		for _, at := range [...]float64{from, to} {
			s.Add(draw.Mark{Shape: draw.Line, X: at, Y: mid - 6, H: 12, Stroke: draw.Series0, Width: 1.5})
		}
	}
	s.Add(draw.Mark{Shape: draw.Circle, X: x.At(r.Value), Y: mid, R: 3.6, Fill: draw.Series0, Tip: tip})
	s.Add(draw.Mark{Shape: draw.Text, X: draw.PlotWidth - draw.Margin, Y: mid + 4, Text: r.says(), Size: draw.TickSize, Anchor: draw.End, Fill: draw.Ink})
}
