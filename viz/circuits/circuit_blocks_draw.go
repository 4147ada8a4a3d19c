package circuits

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
)

const (
	dotPitch = 8.0   // from dot to dot
	dotMost  = 3.6   // radius of the largest
	dotLeast = 1.2   // and of the smallest
	flowLeft = 546.0 // where the flows begin
	headRows = 8     // heads named in a block; the table has all
)

// A row is where a block is drawn.
type blockRow struct {
	top, height float64
}

func (r blockRow) center() float64 { return r.top + r.height/2 }

// columns of a card: the left edges of its three fields of dots, and their width.
var (
	dotFields = [3]float64{124, 270, 440}
	dotWidth  = [3]float64{88, 118, 88}
)

// Scene lays the blocks out. The circuit must be such that Bundle accepts it, and sorted.
func (f *CircuitBlocks) Scene() *draw.Scene {
	w := f.wire()
	for i := range w.blocks {
		b := &w.blocks[i]
		slices.SortFunc(b.heads, func(x, y head) int {
			return cmp.Or(-cmp.Compare(len(x.all()), len(y.all())), cmp.Compare(x.number, y.number))
		})
	}
	g := measureMarks(f.Circuit)
	s := &draw.Scene{Width: draw.PlotWidth, Title: f.Title, Desc: f.describe(w)}
	sub := fmt.Sprintf("%s, %s, %s; depth from top to bottom", plural(len(w.nodes), "node"), plural(len(w.links), "edge"), plural(len(w.lanes), "channel"))
	if f.why != "" {
		sub = f.why + ": " + sub
	}
	y := draw.Heading(s, f.Title, sub) + 14
	// So many dots in all, so that the picture stays small: a half for what is within the blocks.
	per := 1000 / len(w.blocks)
	field := dotField{s: s, c: f.Circuit, g: &g, most: [3]int{max(4, min(96, per/4)), max(4, min(96, per/2)), max(4, min(96, per/4))}, line: max(1, min(12, per/16))}
	rows := []blockRow{{y, 20}}
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin + 12, Y: y + 14, Text: "embed", Size: draw.LabelSize, Fill: draw.Muted})
	y += 26
	in, out := w.edgesInto()
	for i := range w.blocks {
		h := field.height(&w.blocks[i])
		field.card(&w.blocks[i], y, h, in[i], out[i])
		rows = append(rows, blockRow{y, h})
		y += h + 8
	}
	if !w.final() {
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin + 12, Y: y + 14, Text: "unembed", Size: draw.LabelSize, Fill: draw.Muted})
		y += 26
	}
	rows = append(rows, blockRow{y - 26, 20})
	dropped := drawFlows(s, w, rows)
	y += 10
	says := []string{"Dots: the effect of ablating a node, by area; hollow where the loss falls, grey where not measured.",
		"Arcs: channels of the residual stream that one block writes and the other reads."}
	if dropped > 0 {
		says[1] += fmt.Sprintf(" %d with fewest channels are left out.", dropped)
	}
	for _, t := range says {
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 4, Text: t, Size: indexSize, Fill: draw.Muted})
		y += 14
	}
	y += 12
	s.Height = draw.Margin + math.Max(f.drawTop(s, y), drawProof(s, f.Circuit, 320, y, draw.PlotWidth-320-draw.Margin))
	s.Ground()
	return s
}

// A dotField draws the nodes of a site as dots, the largest effect first.
type dotField struct {
	s    *draw.Scene
	c    *circuit.Circuit
	g    *gauge
	most [3]int // dots of a column; the rest are counted
	line int    // dots of a head, likewise
}

// height is that of a block's card.
func (d *dotField) height(b *block) float64 {
	lines := func(n, column int) float64 {
		per := int(dotWidth[column] / dotPitch)
		h := float64((min(n, d.most[column])+per-1)/per) * dotPitch
		if n > d.most[column] {
			h += 12
		}
		return h
	}
	h := math.Max(lines(len(b.in), 0), lines(len(b.out), 2))
	if len(b.heads) > 0 {
		h = math.Max(h, 13*float64(min(len(b.heads), headRows)))
		if len(b.heads) > headRows {
			h += 12
		}
	} else {
		h = math.Max(h, lines(len(b.mid), 1))
	}
	return 32 + math.Max(h, dotPitch)
}

// card draws a block: its name, its counts, and its nodes by column.
func (d *dotField) card(b *block, y, h float64, in, out int) {
	s := d.s
	s.Add(draw.Mark{Shape: draw.Rect, X: draw.Margin, Y: y, W: flowLeft - 8 - draw.Margin, H: h, R: 6, Fill: draw.Wash})
	text := func(x, y float64, t string, a draw.Anchor, size float64, r draw.Role, bold bool) {
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: t, Size: size, Anchor: a, Fill: r, Bold: bold})
	}
	text(draw.Margin+12, y+18, draw.Clip(b.name, 13, 96), draw.Start, 13, draw.Ink, true)
	text(draw.Margin+12, y+33, plural(len(b.in)+len(b.mid)+len(b.out), "node"), draw.Start, indexSize, draw.Muted, false)
	if b.name == circuit.FinalResid {
		text(dotFields[0], y+17, fmt.Sprintf("%s %d", circuit.FinalResid, len(b.in)), draw.Start, indexSize, draw.Ink, false)
		d.dots(b.in, 0, y+25)
		return
	}
	text(dotFields[0], y+17, fmt.Sprintf("act_in %d", len(b.in)), draw.Start, indexSize, draw.Ink, false)
	text(dotFields[2], y+17, fmt.Sprintf("resid_delta %d", len(b.out)), draw.Start, indexSize, draw.Ink, false)
	text(dotFields[0]+dotWidth[0]+26, y+17, fmt.Sprintf("%s →", plural(in, "edge")), draw.Middle, indexSize, draw.Muted, false)
	text(dotFields[1]+dotWidth[1]+24, y+17, fmt.Sprintf("%s →", plural(out, "edge")), draw.Middle, indexSize, draw.Muted, false)
	d.dots(b.in, 0, y+25)
	d.dots(b.out, 2, y+25)
	if !strings.HasSuffix(b.name, circuit.Attn) {
		text(dotFields[1], y+17, fmt.Sprintf("post_act %d", len(b.mid)), draw.Start, indexSize, draw.Ink, false)
		d.dots(b.mid, 1, y+25)
		return
	}
	var q, k, v int
	for i := range b.heads {
		q, k, v = q+len(b.heads[i].q), k+len(b.heads[i].k), v+len(b.heads[i].v)
	}
	text(dotFields[1], y+17, fmt.Sprintf("q %d, k %d, v %d", q, k, v), draw.Start, indexSize, draw.Ink, false)
	rest := 0
	for i := range b.heads {
		hd := &b.heads[i]
		if i >= headRows {
			rest += len(hd.all())
			continue
		}
		at := y + 25 + 13*float64(i)
		s.Add(draw.Mark{Shape: draw.Text, X: dotFields[1], Y: at + 8, Text: fmt.Sprintf("head %d", hd.number), Size: 9, Fill: draw.Muted,
			Tip: fmt.Sprintf("head %d: q %d, k %d, v %d", hd.number, len(hd.q), len(hd.k), len(hd.v))})
		d.headDots(hd, dotFields[1]+46, at)
	}
	if rest > 0 {
		text(dotFields[1], y+25+13*headRows+8, fmt.Sprintf("%d more heads, %d nodes", len(b.heads)-headRows, rest), draw.Start, 9, draw.Muted, false)
	}
}

// headDots draws the nodes of a head on one line, q, k and v apart; what has no room is a number.
func (d *dotField) headDots(h *head, x, y float64) {
	room := d.line
	for _, part := range [...][]int{h.q, h.k, h.v} {
		n := min(len(part), max(0, room))
		for _, i := range d.sorted(part)[:n] {
			d.dot(i, x+dotPitch/2, y+dotPitch/2)
			x += dotPitch
		}
		room -= len(part)
		if n > 0 {
			x += 4
		}
	}
	if room < 0 {
		d.s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y + 8, Text: fmt.Sprintf("+%d", -room), Size: 9, Fill: draw.Muted})
	}
}

// sorted orders nodes by effect, the largest first, unmeasured ones last.
func (d *dotField) sorted(nodes []int) []int {
	out := slices.Clone(nodes)
	size := func(i int) float64 {
		if e := d.c.Nodes[i].Effect; e != nil {
			return *e
		}
		return math.Inf(-1)
	}
	slices.SortFunc(out, func(i, j int) int { return cmp.Or(-cmp.Compare(size(i), size(j)), cmp.Compare(i, j)) })
	return out
}

// dots fills a column with the dots of a site.
func (d *dotField) dots(nodes []int, column int, y float64) {
	x, most, per := dotFields[column], d.most[column], int(dotWidth[column]/dotPitch)
	order := d.sorted(nodes)
	for k, i := range order[:min(len(order), most)] {
		d.dot(i, x+(float64(k%per)+0.5)*dotPitch, y+(float64(k/per)+0.5)*dotPitch)
	}
	if rest := len(order) - most; rest > 0 {
		bottom := y + float64((most+per-1)/per)*dotPitch
		d.s.Add(draw.Mark{Shape: draw.Text, X: x, Y: bottom + 9, Text: fmt.Sprintf("%d more", rest), Size: 9, Fill: draw.Muted})
	}
}

// dot draws a node.
func (d *dotField) dot(i int, x, y float64) {
	n := &d.c.Nodes[i]
	m := draw.Mark{Shape: draw.Circle, X: x, Y: y, R: 1.8, Fill: draw.Muted, Tip: n.String()}
	if e := n.Effect; e != nil {
		m.R, m.Fill = d.g.radius(e, dotLeast, dotMost), draw.Ink
		m.Tip += " " + draw.Number3(*e)
		if *e < 0 {
			m.Fill, m.Stroke = draw.Paper, draw.Ink
			m.R = math.Max(0.8, m.R-0.5)
		}
	}
	d.s.Add(m)
}

// drawTop lists the nodes with the largest effects, with bars, and returns where the list ends.
func (f *CircuitBlocks) drawTop(s *draw.Scene, y float64) float64 {
	s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 4, Text: "Largest effects, nats per example", Size: draw.TickSize, Bold: true, Fill: draw.Ink})
	top := f.top()
	if len(top) == 0 {
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 25, Text: "not measured", Size: draw.TickSize, Fill: draw.Muted})
		return y + 31
	}
	most := math.Max(0, *top[0].Effect)
	for _, n := range top {
		y += 18
		text := n.String()
		if l := f.Labels[text]; l != "" {
			text = l
		}
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y + 4, Text: draw.Clip(text, indexSize, 150), Size: indexSize, Fill: draw.Ink, Tip: n.String()})
		if w := 72 * draw.Share(*n.Effect, most); w > 0 {
			s.Add(draw.Mark{Shape: draw.Rect, X: draw.Margin + 158, Y: y - 4, W: w, H: 8, R: 2, Fill: draw.Ink, Opacity: 0.75, Tip: about(&n, f.Labels[n.String()])})
		}
		s.Add(draw.Mark{Shape: draw.Text, X: draw.Margin + 236, Y: y + 4, Text: draw.Number3(*n.Effect), Size: indexSize, Fill: draw.Muted})
	}
	return y + 8
}
