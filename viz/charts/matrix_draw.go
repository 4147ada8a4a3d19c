package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
)

const (
	countBar = 34.0 // length of the longest bar of counts
	panelTop = 40.0 // over a panel: its name, and a line on what it holds
)

// Scene lays the matrices out. The data must be such that Bundle accepts it.
func (m *Matrices) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: m.Title, Desc: m.describe()}
	top := draw.Heading(s, m.Title, "") + 6
	row, col := m.names()
	rows, cols := m.Panels[0].Rows, m.Panels[0].Cols
	flip := rows > cols
	if flip {
		rows, cols, row, col = cols, rows, col, row
	}
	n := len(m.Panels)
	across := 1 // panels side by side
	if float64(cols) < 1.7*float64(rows) {
		across = min(n, 2)
	}
	left := draw.Margin + 34
	width := (draw.PlotWidth - 2*draw.Margin - 34*float64(across)) / float64(across)
	cell := math.Min(math.Min((width-countBar-14)/float64(cols), 330/float64(rows)), 16)
	w, h := cell*float64(cols), cell*float64(rows)

	scale := m.scale()
	drawn, counted, blocks := make([]Matrix, n), make([]stats, n), false
	for i := range m.Panels {
		drawn[i] = m.Panels[i]
		if flip {
			drawn[i] = m.Panels[i].transposed()
		}
		counted[i] = drawn[i].stats()
		blocks = blocks || drawn[i].block(counted[i].nonzero()) > 1
	}
	maxRow, maxCol, shared := barScales(counted)
	over, lines := panelTop, 2
	if blocks {
		over, lines = over+14, 3
	}
	y := top
	for i := range drawn {
		x := left + float64(i%across)*(width+34)
		if i > 0 && i%across == 0 {
			y += over + countBar + h + 44
		}
		p := panelPlace{x: x, y: y + over + countBar + 6, w: w, h: h, cell: cell, row: row, col: col,
			maxRow: maxRow[i], maxCol: maxCol[i], scale: scale, head: width, lines: lines}
		p.draw(s, &drawn[i], counted[i])
	}
	y += over + countBar + h + 58
	s.Height = matrixLegend(s, y, scale, cell, shared, blocks)
	s.Ground()
	return s
}

// barScales gives the count of the longest bar by row and by column in every panel: one for all
// panels, unless a dense one would make the bars of a sparse one vanish.
func barScales(counted []stats) (row, col []int, shared bool) {
	for _, st := range counted {
		row = append(row, max(1, most(st.rows)))
		col = append(col, max(1, most(st.cols)))
	}
	if top, low := most(row), least(row); top > 6*low {
		return row, col, false
	}
	if top, low := most(col), least(col); top > 6*low {
		return row, col, false
	}
	r, c := most(row), most(col)
	for i := range row {
		row[i], col[i] = r, c
	}
	return row, col, true
}

// panelPlace is where a matrix is drawn: (x, y) is the upper left corner of its cells.
type panelPlace struct {
	x, y, w, h, cell float64
	row, col         string
	maxRow, maxCol   int
	scale            float64
	head             float64 // room for the name
	lines            int     // over the panel: two, or three where one says that it is drawn by blocks
}

func (p *panelPlace) draw(s *draw.Scene, m *Matrix, st stats) {
	b := m.block(st.nonzero())
	says := fmt.Sprintf("%s of %s nonzero, %s %%", draw.Number(float64(st.nonzero())), draw.Number(float64(len(m.Values))), draw.Number(draw.Sig3(100*float64(st.nonzero())/float64(len(m.Values)))))
	at := p.y - countBar - 13
	if b > 1 {
		s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: at, Text: fmt.Sprintf("drawn by blocks of %d×%d", b, b), Size: draw.TickSize, Fill: draw.Muted})
	}
	if p.lines > 2 {
		at -= 14
	}
	s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: at - 15, Text: draw.Clip(m.Name, 13, p.head), Size: 13, Bold: true, Fill: draw.Ink})
	s.Add(draw.Mark{Shape: draw.Text, X: p.x, Y: at, Text: draw.Clip(says, draw.TickSize, p.head), Size: draw.TickSize, Fill: draw.Muted})

	p.counts(s, st)
	s.Add(draw.Mark{Shape: draw.Rect, X: p.x, Y: p.y, W: p.w, H: p.h, Fill: draw.Wash, Stroke: draw.Faint})
	p.cells(s, m, b)
	p.axes(s, m)
}

// counts draws the nonzeros of every column above the cells, and of every row to their right.
func (p *panelPlace) counts(s *draw.Scene, st stats) {
	var up, side draw.Pen
	base := p.y - 4
	up.Move(p.x, base)
	for _, r := range bars(st.cols, p.w) {
		at := base - countBar*float64(r.count)/float64(p.maxCol)
		up.To(p.x+float64(r.from)*p.cell, at)
		up.To(p.x+float64(r.to)*p.cell, at)
	}
	up.To(p.x+p.w, base)
	up.Close()
	s.Add(draw.Mark{Shape: draw.Path, D: up.String(), Fill: draw.Muted, Opacity: 0.75,
		Tip: fmt.Sprintf("nonzeros by %s: %d to %d, %d without any", p.col, least(st.cols), most(st.cols), zeros(st.cols))})
	base = p.x + p.w + 4
	side.Move(base, p.y)
	for _, r := range bars(st.rows, p.h) {
		at := base + countBar*float64(r.count)/float64(p.maxRow)
		side.To(at, p.y+float64(r.from)*p.cell)
		side.To(at, p.y+float64(r.to)*p.cell)
	}
	side.To(base, p.y+p.h)
	side.Close()
	s.Add(draw.Mark{Shape: draw.Path, D: side.String(), Fill: draw.Muted, Opacity: 0.75,
		Tip: fmt.Sprintf("nonzeros by %s: %d to %d, %d without any", p.row, least(st.rows), most(st.rows), zeros(st.rows))})
	// The longest bar gives the scale.
	s.Add(draw.Mark{Shape: draw.Text, X: p.x - 6, Y: p.y - countBar + 4, Text: draw.Number(float64(p.maxCol)), Size: 10, Anchor: draw.End, Fill: draw.Muted})
	s.Add(draw.Mark{Shape: draw.Line, X: p.x - 3, Y: p.y - 4 - countBar, H: countBar, Stroke: draw.Faint})
	s.Add(draw.Mark{Shape: draw.Text, X: base + countBar, Y: p.y + p.h + 13, Text: draw.Number(float64(p.maxRow)), Size: 10, Anchor: draw.End, Fill: draw.Muted})
	s.Add(draw.Mark{Shape: draw.Line, X: base, Y: p.y + p.h + 2, W: countBar, Stroke: draw.Faint})
}

// A run is a bar over the positions [from, to).
type run struct{ from, to, count int }

// bars joins neighbours of equal count; where positions are narrower than a pixel, those of one
// pixel share the greatest count among them.
func bars(counts []int, pixels float64) []run {
	n, per := len(counts), 1
	if float64(n) > pixels {
		per = int(math.Ceil(float64(n) / math.Max(pixels, 1)))
	}
	var out []run
	for i := 0; i < n; i += per {
		r := run{i, min(n, i+per), most(counts[i:min(n, i+per)])}
		if k := len(out) - 1; k >= 0 && out[k].count == r.count {
			out[k].to = r.to
		} else {
			out = append(out, r)
		}
	}
	return out
}

func most(counts []int) int {
	n := 0
	for _, c := range counts {
		n = max(n, c)
	}
	return n
}

func least(counts []int) int {
	n := counts[0]
	for _, c := range counts {
		n = min(n, c)
	}
	return n
}

// cells draws one path for each sign and level.
func (p *panelPlace) cells(s *draw.Scene, m *Matrix, b int) {
	var pens [2][levels + 1]draw.Pen
	var count [2][levels + 1]int
	cell := p.cell * float64(b)
	for _, sp := range m.spots(b) {
		l := level(sp.size, p.scale)
		r := reach(l, cell)
		x, y := p.x+(float64(sp.col)+0.5)*cell, p.y+(float64(sp.row)+0.5)*cell
		// The last block may stick out of the matrix.
		x, y = math.Min(x, p.x+p.w-r/2), math.Min(y, p.y+p.h-r/2)
		k := 0
		if sp.sign < 0 {
			k = 1
		}
		draw.Sign(&pens[k][l], sp.sign, x, y, r)
		count[k][l]++
	}
	for l := 1; l <= levels; l++ {
		for k, word := range [...]string{"positive", "negative"} {
			if count[k][l] == 0 {
				continue
			}
			s.Add(draw.Mark{Shape: draw.Path, D: pens[k][l].String(), Stroke: signRole(k), Width: stroke(l, cell), Opacity: strength(l),
				Tip: fmt.Sprintf("%s, magnitude %s to %s: %d", word, draw.Number3(bound(l-1, p.scale)), draw.Number3(bound(l, p.scale)), count[k][l])})
		}
	}
}

func signRole(k int) draw.Role { return draw.Positive + draw.Role(k) }

// reach is half the length of a mark of a level; small cells get marks larger than themselves.
func reach(l int, cell float64) float64 {
	full := math.Max(0.46*cell, 2.6)
	return full * (0.4 + 0.6*float64(l)/levels)
}

func stroke(l int, cell float64) float64 {
	return math.Round(10*math.Min(3, math.Max(1, reach(l, cell)*0.38))) / 10
}

func strength(l int) float64 { return 0.5 + 0.5*float64(l)/levels }

// axes names the sides and numbers their ends.
func (p *panelPlace) axes(s *draw.Scene, m *Matrix) {
	for i, t := range indexTicks(m.Cols, p.w/70) {
		a := draw.Middle
		if i == 0 {
			a = draw.Start
		}
		s.Add(draw.Mark{Shape: draw.Text, X: p.x + (float64(t)+0.5)*p.cell, Y: p.y + p.h + 13, Text: draw.Number(float64(t)), Size: 10, Anchor: a, Fill: draw.Muted})
	}
	for _, t := range indexTicks(m.Rows, p.h/40) {
		s.Add(draw.Mark{Shape: draw.Text, X: p.x - 6, Y: p.y + (float64(t)+0.5)*p.cell + 3.5, Text: draw.Number(float64(t)), Size: 10, Anchor: draw.End, Fill: draw.Muted})
	}
	s.Add(draw.Mark{Shape: draw.Text, X: p.x + p.w/2, Y: p.y + p.h + 28, Text: draw.Clip("across: "+p.col+"; down: "+p.row, draw.TickSize, p.head), Size: draw.TickSize, Anchor: draw.Middle, Fill: draw.Muted})
}

// indexTicks numbers 0 and round indices below n, about as many as asked for.
func indexTicks(n int, want float64) []int {
	if n <= 1 {
		return []int{0}
	}
	var out []int
	for _, t := range draw.Ticks(0, float64(n-1), max(1, int(want))) {
		if t == math.Trunc(t) {
			out = append(out, int(t))
		}
	}
	if len(out) == 0 {
		out = []int{0}
	}
	return out
}

// matrixLegend explains signs and sizes at height y; it returns the height of the figure.
func matrixLegend(s *draw.Scene, y, scale, cell float64, shared, blocks bool) float64 {
	x := draw.Margin + 34
	cell = math.Max(cell, 9)
	for k, word := range [...]string{"positive", "negative"} {
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: word, Size: draw.TickSize, Fill: draw.Ink})
		x += draw.TextWidth(word, draw.TickSize) + 4
		for l := 1; l <= levels; l++ {
			var p draw.Pen
			draw.Sign(&p, 1-2*k, x+cell/2, y-4, reach(l, cell))
			s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Stroke: signRole(k), Width: stroke(l, cell), Opacity: strength(l)})
			x += cell + 5
		}
		x += 18
	}
	text := fmt.Sprintf("|w| up to %s, %s, %s, %s", draw.Number3(bound(1, scale)), draw.Number3(bound(2, scale)), draw.Number3(bound(3, scale)), draw.Number3(scale))
	s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: text, Size: draw.TickSize, Fill: draw.Muted})
	y += 18
	bars := "Grey bars count the nonzeros at each position; the number is the longest bar"
	if shared {
		bars += ", on one scale."
	} else {
		bars += ", each matrix on its own scale."
	}
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin + 34, Y: y, Text: bars, Size: draw.TickSize, Fill: draw.Muted})
	if blocks {
		y += 16
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin + 34, Y: y, Text: "Where drawn by blocks, a mark has the mean |w| of its block, zeros included, and the sign of its sum.", Size: draw.TickSize, Fill: draw.Muted})
	}
	return y + draw.Margin
}
