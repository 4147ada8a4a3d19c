package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
	"strings"
)

const (
	panelGap   = 40.0 // between panels: room for the name of the lower y axis
	plotPoints = 240  // buckets of a downsampled line
)

// Bundle draws the plot. It refuses infinite values, an x that falls, and values that a
// logarithmic axis cannot show, naming series and index.
func (p Plot) Bundle() (viz.Bundle, error) {
	if err := p.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(p.Scene(), p.Note, p.twin(), p.numbers()...)
}

// Scene lays the plot out. The data must be such that Bundle accepts it.
func (p *Plot) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: p.Title, Desc: p.describe()}
	looks := p.looks()
	top := draw.Heading(s, p.Title, strings.Trim(p.subtitle()+". "+p.bandWords(), ". ")) + 6

	// The widest tick label decides the left edge, the widest name the right one.
	var ys []draw.Scale
	left, right := 0.0, 0.0
	y := top
	for i := range p.Panels {
		pan := &p.Panels[i]
		h := pan.Height
		if h <= 0 {
			h = 230
			if i > 0 {
				h = 130
			}
		}
		y += 22 // the name of the y axis
		var vals []float64
		for _, r := range pan.Refs {
			vals = append(vals, r.Y)
		}
		vals = append(vals, pan.Y.Include...)
		for _, se := range pan.Series {
			vals = append(append(append(vals, se.Y...), se.Lo...), se.Hi...)
			right = math.Max(right, draw.TextWidth(draw.Visible(se.endLabel()), draw.LabelSize))
		}
		lo, hi := draw.Span(vals, pan.Y.Log, 0.06)
		sc := draw.NewScale(lo, hi, y+h, y, pan.Y.Log)
		for _, l := range draw.TickLabels(sc.Ticks(int(h/42)), sc.Log) {
			left = math.Max(left, draw.TextWidth(l, draw.TickSize))
		}
		ys = append(ys, sc)
		y += h + panelGap - 22
	}
	left += draw.Margin + 8
	right = draw.PlotWidth - draw.Margin - math.Min(right, 190) - 30
	var xv []float64
	for i := range p.Panels {
		for _, se := range p.Panels[i].Series {
			if n := len(se.X); n > 0 {
				xv = append(xv, se.X[0], se.X[n-1])
			}
		}
	}
	lo, hi := draw.Span(append(xv, p.X.Include...), p.X.Log, 0)
	x := draw.NewScale(lo, hi, left, right, p.X.Log)

	for i := range p.Panels {
		p.drawPanel(s, &p.Panels[i], x, ys[i], looks)
	}
	bottom := ys[len(ys)-1].From
	xt := x.Ticks(int((right - left) / 80))
	for i, l := range draw.TickLabels(xt, x.Log) {
		s.Add(draw.Mark{Shape: draw.Text, X: x.At(xt[i]), Y: bottom + 17, Text: l, Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Muted})
	}
	s.Height = bottom + 30
	if p.X.Label != "" {
		s.Add(draw.Mark{Shape: draw.Text, X: (left + right) / 2, Y: bottom + 35, Text: p.X.Label, Size: draw.LabelSize, Anchor: draw.Middle, Fill: draw.Muted})
		s.Height = bottom + 48
	}
	s.Ground()
	return s
}

// subtitle says what thin and thick lines are.
func (p *Plot) subtitle() string {
	most, mixed := 0, false
	for i := range p.Panels {
		for _, s := range p.Panels[i].Series {
			if s.Smooth > 1 {
				mixed = mixed || most > 1 && most != s.Smooth
				most = max(most, s.Smooth)
			}
		}
	}
	switch {
	case most <= 1:
		return ""
	case mixed:
		return fmt.Sprintf("Faint: every point; bold: means over up to %d points", most)
	}
	return fmt.Sprintf("Faint: every point; bold: mean over %d points", most)
}

// drawPanel draws grid, axes, reference lines, series and their names.
func (p *Plot) drawPanel(s *draw.Scene, pan *Panel, x, y draw.Scale, looks map[string]look) {
	name := pan.Y.Label
	if pan.Y.Log {
		name += " (logarithmic)"
	}
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y.To - 9, Text: name, Size: draw.LabelSize, Fill: draw.Muted})
	yt := y.Ticks(int((y.From - y.To) / 42))
	for i, l := range draw.TickLabels(yt, y.Log) {
		at := math.Round(y.At(yt[i])) + 0.5
		s.Add(draw.Mark{Shape: draw.Line, X: x.From, Y: at, W: x.To - x.From, Stroke: draw.Faint})
		s.Add(draw.Mark{Shape: draw.Text, X: x.From - 7, Y: at + 4, Text: l, Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
	}
	xt := x.Ticks(int((x.To - x.From) / 80))
	for _, t := range xt {
		s.Add(draw.Mark{Shape: draw.Line, X: math.Round(x.At(t)) + 0.5, Y: y.From, H: 4, Stroke: draw.Muted})
	}
	s.Add(draw.Mark{Shape: draw.Line, X: x.From, Y: math.Round(y.From) + 0.5, W: x.To - x.From, Stroke: draw.Muted})
	for _, r := range pan.Refs {
		at := math.Round(y.At(r.Y)) + 0.5
		label := strings.TrimSpace(r.Name + " " + draw.Number3(r.Y))
		s.Add(draw.Mark{Shape: draw.Line, X: x.From, Y: at, W: x.To - x.From, Stroke: draw.Muted, Dash: []float64{2, 3}, Tip: label})
		s.Add(draw.Mark{Shape: draw.Text, X: x.To - 4, Y: at - 4, Text: draw.Clip(label, draw.TickSize, x.To-x.From), Size: draw.TickSize, Anchor: draw.End, Fill: draw.Muted})
	}
	for i := range pan.Series {
		pan.Series[i].drawBand(s, x, y, looks[pan.Series[i].Name].role)
	}
	var ends []label
	for i := range pan.Series {
		se, l := &pan.Series[i], looks[pan.Series[i].Name]
		if end, ok := se.draw(s, x, y, l); ok {
			ends = append(ends, label{want: end[1], x: end[0], text: se.endLabel(), look: l})
		}
	}
	placeLabels(ends, y.To+4, y.From-2, 16)
	for _, e := range ends {
		if math.Abs(e.at-e.want) > 4 || x.To-e.x > 4 {
			s.Add(draw.Mark{Shape: draw.Line, X: e.x + 4, Y: e.want, W: x.To + 8 - e.x - 4, H: e.at - e.want, Stroke: e.look.role, Width: 0.75, Opacity: 0.5})
		}
		var pen draw.Pen
		pen.Move(x.To+8, e.at)
		pen.To(x.To+24, e.at)
		s.Add(draw.Mark{Shape: draw.Path, D: pen.String(), Stroke: e.look.role, Width: 2, Dash: e.look.dash})
		s.Add(marker(e.look, x.To+16, e.at))
		s.Add(draw.Mark{Shape: draw.Text, X: x.To + 30, Y: e.at + 4, Text: draw.Clip(e.text, draw.LabelSize, draw.PlotWidth-draw.Margin-x.To-29.9), Size: draw.LabelSize, Fill: draw.Ink})
	}
}

// endLabel names a series where its line ends.
func (s *Series) endLabel() string {
	line := s.shown()
	for i := len(line) - 1; i >= 0; i-- {
		if !math.IsNaN(line[i]) {
			return strings.TrimSpace(s.Name + " " + draw.Number3(line[i]))
		}
	}
	return s.Name
}

// shown is the line that carries the series: its values, or their running means.
func (s *Series) shown() []float64 {
	if s.Smooth > 1 {
		return draw.Smooth(s.Y, s.Smooth)
	}
	return s.Y
}

// draw adds the lines and markers of a series; it returns where the line ends.
func (s *Series) draw(sc *draw.Scene, x, y draw.Scale, l look) (end [2]float64, ok bool) {
	if s.Smooth > 1 {
		sc.Add(draw.Mark{Shape: draw.Path, D: trace(s.X, s.Y, x, y), Stroke: l.role, Width: 1, Opacity: 0.3})
	}
	line := s.shown()
	tip := fmt.Sprintf("%s: %d points, last %s", s.Name, len(s.Y), s.endLabel())
	sc.Add(draw.Mark{Shape: draw.Path, D: trace(s.X, line, x, y), Stroke: l.role, Width: 2, Dash: l.dash, Tip: tip})
	// Few markers, at places that differ by series, tell lines apart without colour.
	var at []int
	for i, v := range line {
		if !math.IsNaN(v) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return end, false
	}
	last := at[len(at)-1]
	const few = 7
	if len(at) <= 2*few {
		for _, i := range at[:len(at)-1] {
			m := marker(l, x.At(s.X[i]), y.At(line[i]))
			m.Tip = s.Name + ": " + draw.Number(s.X[i]) + ", " + draw.Number(line[i])
			sc.Add(m)
		}
	} else {
		for k := 0; k < few; k++ {
			i := at[(k*len(at)+len(at)*(l.marker+1)/(markers+2))/few]
			sc.Add(marker(l, x.At(s.X[i]), y.At(line[i])))
		}
	}
	end = [2]float64{x.At(s.X[last]), y.At(line[last])}
	sc.Add(marker(l, end[0], end[1]))
	return end, true
}

// trace makes the path of a line, broken at NaNs.
func trace(xs, ys []float64, x, y draw.Scale) string {
	var p draw.Pen
	down := false
	for _, i := range draw.Downsample(ys, plotPoints) {
		if math.IsNaN(ys[i]) {
			down = false
			continue
		}
		px, py := x.At(xs[i]), y.At(ys[i])
		if !down {
			p.Move(px, py)
			// A point alone is still a dot.
			if i+1 == len(ys) || math.IsNaN(ys[i+1]) {
				p.To(px+0.1, py)
			}
		} else {
			p.To(px, py)
		}
		down = true
	}
	return p.String()
}

// markers is the number of marker forms.
const markers = 5

// marker draws one form, filled with paper so that it shows on its line.
func marker(l look, x, y float64) draw.Mark {
	m := draw.Mark{Shape: draw.Path, Fill: draw.Paper, Stroke: l.role, Width: 1.5}
	var p draw.Pen
	poly := func(pts ...float64) {
		p.Move(x+pts[0], y+pts[1])
		for i := 2; i < len(pts); i += 2 {
			p.To(x+pts[i], y+pts[i+1])
		}
		p.Close()
	}
	switch l.marker {
	case 0:
		return draw.Mark{Shape: draw.Circle, X: x, Y: y, R: 3.2, Fill: draw.Paper, Stroke: l.role, Width: 1.5}
	case 1:
		poly(-3, -3, 3, -3, 3, 3, -3, 3)
	case 2:
		poly(0, -3.8, 3.6, 2.6, -3.6, 2.6)
	case 3:
		poly(0, -4.2, 4.2, 0, 0, 4.2, -4.2, 0)
	case 4:
		poly(0, 3.8, 3.6, -2.6, -3.6, -2.6)
	}
	m.D = p.String()
	return m
}

// A label is the name of a line, wanted at the height where the line ends.
type label struct {
	want, at, x float64
	text        string
	look        look
}

// placeLabels moves labels apart to at least gap pixels, keeping their order, within [top, bottom]
// as far as they fit.
func placeLabels(ls []label, top, bottom, gap float64) {
	sort.SliceStable(ls, func(i, j int) bool { return ls[i].want < ls[j].want })
	for i := range ls {
		ls[i].at = math.Max(ls[i].want, top)
		if i > 0 {
			ls[i].at = math.Max(ls[i].at, ls[i-1].at+gap)
		}
	}
	for i := len(ls) - 1; i >= 0; i-- {
		limit := bottom
		if i < len(ls)-1 {
			limit = ls[i+1].at - gap
		}
		ls[i].at = math.Min(ls[i].at, limit)
	}
}
