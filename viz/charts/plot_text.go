package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// describe says in words what the plot shows, for those who hear it.
func (p *Plot) describe() string {
	var parts []string
	for i := range p.Panels {
		var ss []string
		for _, s := range p.Panels[i].Series {
			first := ""
			for _, y := range s.Y {
				if !math.IsNaN(y) {
					first = draw.Number3(y)
					break
				}
			}
			if first == "" {
				ss = append(ss, s.Name+" without values")
				continue
			}
			ss = append(ss, fmt.Sprintf("%s from %s to %s", s.Name, first, strings.TrimSpace(strings.TrimPrefix(s.endLabel(), s.Name))))
		}
		parts = append(parts, fmt.Sprintf("%s over %s: %s.", p.Panels[i].Y.Label, p.xLabel(), strings.Join(ss, "; ")))
	}
	if b := p.bandWords(); b != "" {
		parts = append(parts, b+".")
	}
	return strings.Join(parts, " ")
}

const (
	twinCols = 64
	twinRows = 12
)

// twin draws the plot with characters, one per series.
func (p *Plot) twin() string {
	var b strings.Builder
	looks := p.looks()
	var xv []float64
	for i := range p.Panels {
		for _, s := range p.Panels[i].Series {
			if n := len(s.X); n > 0 {
				xv = append(xv, s.X[0], s.X[n-1])
			}
		}
	}
	lo, hi := draw.Span(append(xv, p.X.Include...), p.X.Log, 0)
	x := draw.NewScale(lo, hi, 0, twinCols-1, p.X.Log)
	for i := range p.Panels {
		pan := &p.Panels[i]
		rows := twinRows
		if i > 0 {
			rows = twinRows / 2
		}
		pan.twin(&b, x, rows, looks)
	}
	l, r := draw.Number3(lo), draw.Number3(hi)
	mid := draw.Visible(p.xLabel())
	gap := twinCols - len(l) - len(r) - draw.Width(mid)
	fmt.Fprintf(&b, "%11s %s%s%s%s%s\n", "", l, strings.Repeat(" ", max(1, gap/2)), mid, strings.Repeat(" ", max(1, gap-gap/2)), r)
	if w := p.bandWords(); w != "" {
		b.WriteString(": " + draw.Visible(w) + "\n")
	}
	return b.String()
}

func (pan *Panel) twin(b *strings.Builder, x draw.Scale, rows int, looks map[string]look) {
	vals := append([]float64{}, pan.Y.Include...)
	for _, r := range pan.Refs {
		vals = append(vals, r.Y)
	}
	for _, s := range pan.Series {
		vals = append(append(append(vals, s.shown()...), s.Lo...), s.Hi...)
	}
	lo, hi := draw.Span(vals, pan.Y.Log, 0)
	y := draw.NewScale(lo, hi, float64(rows-1), 0, pan.Y.Log)
	grid := make([][]byte, rows)
	for i := range grid {
		grid[i] = []byte(strings.Repeat(" ", twinCols))
	}
	for _, r := range pan.Refs {
		row := grid[draw.ClampInt(y.At(r.Y), rows)]
		for c := range row {
			row[c] = '.'
		}
	}
	var names []string
	for i := range pan.Series {
		s := &pan.Series[i]
		g := looks[s.Name].glyph
		// The mean of the points in a column stands for them.
		sum, n := make([]float64, twinCols), make([]int, twinCols)
		for j, v := range s.shown() {
			if !math.IsNaN(v) {
				c := draw.ClampInt(x.At(s.X[j]), twinCols)
				sum[c], n[c] = sum[c]+v, n[c]+1
			}
		}
		for c := range sum {
			if n[c] > 0 {
				grid[draw.ClampInt(y.At(sum[c]/float64(n[c])), rows)][c] = g
			}
		}
		names = append(names, fmt.Sprintf("%c %s", g, draw.Visible(s.endLabel())))
	}
	for i := range pan.Series {
		pan.Series[i].twinBand(grid, x, y)
	}
	name := draw.Visible(pan.Y.Label)
	if pan.Y.Log {
		name += " (logarithmic)"
	}
	for _, r := range pan.Refs {
		names = append(names, strings.TrimSpace(". "+draw.Visible(r.Name)+" "+draw.Number3(r.Y)))
	}
	b.WriteString(strings.TrimLeft(fmt.Sprintf("%s   [%s]\n", name, strings.Join(names, "; ")), " "))
	for i, row := range grid {
		tick := ""
		switch i {
		case 0:
			tick = draw.Number3(hi)
		case rows - 1:
			tick = draw.Number3(lo)
		}
		fmt.Fprintf(b, "%s │%s\n", draw.PadLeft(tick, 10), strings.TrimRight(string(row), " "))
	}
	fmt.Fprintf(b, "%10s └%s\n", "", strings.Repeat("─", twinCols))
}
