package viz

import (
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
func (e *Estimates) Scene() *Scene {
	s := &Scene{Width: plotWidth, Title: e.Title, Desc: e.describe()}
	top := heading(s, e.Title, e.intervalWords()) + 8
	name, says := 0.0, 0.0
	for i := range e.Rows {
		name = math.Max(name, textWidth(Visible(e.Rows[i].Name), labelSize))
		says = math.Max(says, textWidth(e.Rows[i].says(), tickSize))
	}
	left := margin + math.Min(name, estimateName) + 12
	right := plotWidth - margin - says - 12
	lo, hi := e.span()
	x := scale{lo, hi, left, right, e.X.Log}

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
				s.add(Mark{Shape: Text, X: margin, Y: at, Text: clip(r.Group, labelSize, left-margin-8), Size: labelSize, Bold: true, Fill: Ink})
			})
			y += 22
		}
		mid := y + estimateRow/2
		rows = append(rows, func() { e.row(s, r, x, left, mid) })
		y += estimateRow
	}
	xt := x.ticks(int((right - left) / 80))
	for i, l := range tickLabels(xt, x.log) {
		at := math.Round(x.at(xt[i])) + 0.5
		s.add(Mark{Shape: Line, X: at, Y: first, H: y - first, Stroke: Faint})
		s.add(Mark{Shape: Text, X: at, Y: y + 17, Text: l, Size: tickSize, Anchor: Middle, Fill: Muted})
	}
	e.refs(s, x, first, y)
	for _, draw := range rows {
		draw()
	}
	s.add(Mark{Shape: Line, X: left, Y: math.Round(y) + 0.5, W: right - left, Stroke: Muted})
	label := e.X.Label
	if e.X.Log {
		label = strings.TrimSpace(label + " (logarithmic)")
	}
	s.Height = y + 30
	if label != "" {
		s.add(Mark{Shape: Text, X: (left + right) / 2, Y: y + 35, Text: clip(label, labelSize, right-left), Size: labelSize, Anchor: Middle, Fill: Muted})
		s.Height = y + 48
	}
	s.ground()
	return s
}

// refs draws the lines to compare with; their names stand over them, where they do not meet.
func (e *Estimates) refs(s *Scene, x scale, top, bottom float64) {
	order := make([]int, len(e.Refs))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return e.Refs[order[i]].Y < e.Refs[order[j]].Y })
	free := margin
	for _, i := range order {
		r := e.Refs[i]
		at := math.Round(x.at(r.Y)) + 0.5
		label := clip(strings.TrimSpace(r.Name+" "+Number3(r.Y)), tickSize, 160)
		s.add(Mark{Shape: Line, X: at, Y: top - 2, H: bottom - top + 2, Stroke: Muted, Width: 1.5, Dash: []float64{4, 3}, Tip: label})
		w := textWidth(label, tickSize)
		from := math.Max(free, math.Min(at-w/2, plotWidth-margin-w))
		if from+w > plotWidth-margin || from > at+w/2 {
			continue // there is no room; the tooltip and the numbers have it
		}
		s.add(Mark{Shape: Text, X: from, Y: top - 6, Text: label, Size: tickSize, Fill: Muted})
		free = from + w + 8
	}
}

// row draws one estimate around the height mid.
func (e *Estimates) row(s *Scene, r *Estimate, x scale, left, mid float64) {
	tip := strings.TrimSpace(r.Group+" "+r.Name) + ": " + r.says()
	s.add(Mark{Shape: Text, X: left - 12, Y: mid + 4, Text: clip(r.Name, labelSize, left-12-margin), Size: labelSize, Anchor: End, Fill: Ink})
	for _, v := range r.Runs {
		s.add(Mark{Shape: Circle, X: x.at(v), Y: mid + 9, R: 1.7, Fill: Muted, Opacity: 0.7, Tip: fmt.Sprintf("%s: a run, %s", r.Name, Number(v))})
	}
	if r.interval() {
		from, to := x.at(r.Lo), x.at(r.Hi)
		s.add(Mark{Shape: Line, X: from, Y: mid, W: to - from, Stroke: Series0, Width: 1.5, Tip: tip})
		for _, at := range [...]float64{from, to} {
			s.add(Mark{Shape: Line, X: at, Y: mid - 6, H: 12, Stroke: Series0, Width: 1.5})
		}
	}
	s.add(Mark{Shape: Circle, X: x.at(r.Value), Y: mid, R: 3.6, Fill: Series0, Tip: tip})
	s.add(Mark{Shape: Text, X: plotWidth - margin, Y: mid + 4, Text: r.says(), Size: tickSize, Anchor: End, Fill: Ink})
}
