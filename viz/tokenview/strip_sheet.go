package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"errors"
	"fmt"
	"math"
	"strings"
)

// A stripSheet is a figure of strips, ready to be written in all forms.
type stripSheet struct {
	note          viz.Note
	kind          string // of the figure, for errors
	desc          string
	drawn, twin   []stripGroup
	width         int // columns of a line
	scale         draw.ShadeScale
	box           string // what is boxed
	legend, under string // more to say, beside the scale and under it
}

// How tokens are written.
const (
	stripSpaces = "· is a space, → a tab, ⏎ the end of a line"
	stripRest   = stripSpaces + "; a blank parts tokens"
)

// bundle writes the strips: as preformatted text whose tokens are tinted and show their values on
// hover, as a picture, and as text with the values under the tokens. Hundreds of tinted tokens are
// more than a picture may hold; then there is none, for the HTML has it all.
func (s *stripSheet) bundle() (viz.Bundle, error) {
	html := s.html()
	if len(html) > draw.MaxSVG {
		return viz.Bundle{}, fmt.Errorf("%s %q: %d bytes of HTML; show fewer tokens: %w", s.kind, s.note.Title, len(html), viz.ErrTooBig)
	}
	svg, err := s.Scene().SVG()
	if err != nil && !errors.Is(err, viz.ErrTooBig) {
		return viz.Bundle{}, fmt.Errorf("%s: %w", s.kind, err)
	}
	var t strings.Builder
	s.note.WriteHeading(&t)
	t.WriteString(s.text())
	s.note.WriteText(&t)
	return viz.Bundle{HTML: html, SVG: svg, Text: t.String()}, nil
}

func (s *stripSheet) html() string {
	var b strings.Builder
	b.WriteString(`<figure style="margin:0">`)
	if s.note.Title != "" {
		fmt.Fprintf(&b, `<div style="font-weight:bold">%s</div>`, draw.Esc(s.note.Title))
	}
	for _, g := range s.drawn {
		if g.name != "" {
			fmt.Fprintf(&b, "\n"+`<div style="margin-top:8px">%s</div>`, draw.Esc(g.name))
		}
		b.WriteString("\n" + `<pre style="white-space:pre;overflow-x:auto;line-height:2;margin:2px 0 8px 0">`)
		for i, l := range g.lines {
			if i > 0 {
				b.WriteString("\n")
			}
			if l.gap {
				b.WriteString("\n")
			}
			l.html(&b)
		}
		b.WriteString("</pre>")
	}
	b.WriteString("\n" + `<div><small style="opacity:0.75">`)
	s.scale.HTML(&b)
	fmt.Fprintf(&b, ` %s<br/>%s</small></div>`, draw.Esc(joinWords(s.scale.Words(s.box), s.legend)), draw.Esc(joinWords(s.under, stripRest, "hover over a token for its value")))
	s.note.WriteHTML(&b, draw.PlotWidth)
	b.WriteString("\n" + `<details><summary>numbers</summary><pre style="white-space:pre;overflow-x:auto;line-height:1.4;margin:2px 0 8px 0">`)
	b.WriteString(escLines(s.text()))
	b.WriteString("</pre></details></figure>\n")
	return b.String()
}

// escLines escapes what is already visible, keeping its line breaks.
func escLines(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := range lines {
		lines[i] = draw.Esc(lines[i])
	}
	return strings.Join(lines, "\n")
}

// joinWords joins parts of a legend.
func joinWords(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "; ")
}

// html writes one line; the spaces between its cells keep the columns even where styles are lost.
func (l *stripLine) html(b *strings.Builder) {
	at := 0
	if l.label != "" {
		fmt.Fprintf(b, `<span style="opacity:0.75">%s</span>`, draw.Esc(l.label))
		at = draw.Width(l.label)
	}
	for i := range l.cells {
		c := &l.cells[i]
		b.WriteString(strings.Repeat(" ", max(0, c.column-at)))
		c.html(b)
		at = c.column + max(c.width, draw.Width(c.text))
	}
}

func (c *stripCell) html(b *strings.Builder) {
	text := draw.Esc(draw.PadRight(c.text, c.width))
	if c.token == nil {
		b.WriteString(text)
		return
	}
	var styles []string
	if rightToLeft(c.text) {
		styles = append(styles, "display:inline-block") // a neutral island in the order of the line
	}
	if st := draw.ShadeStyle(c.token.shade); st != "" {
		styles = append(styles, st)
	}
	if c.token.boxed {
		styles = append(styles, "outline:2px solid")
	}
	if c.token.boxed || c.token.bold {
		text = "<b>" + text + "</b>"
	}
	if c.token.tip == "" && len(styles) == 0 {
		b.WriteString(text)
		return
	}
	b.WriteString("<span")
	if c.token.tip != "" {
		fmt.Fprintf(b, ` title="%s"`, draw.Esc(c.token.tip))
	}
	if len(styles) > 0 {
		fmt.Fprintf(b, ` style="%s"`, strings.Join(styles, ";"))
	}
	b.WriteString(">" + text + "</span>")
}

// text writes the twin.
func (s *stripSheet) text() string {
	var b strings.Builder
	for _, g := range s.twin {
		if g.name != "" {
			b.WriteString(draw.Visible(g.name) + "\n")
		}
		for _, l := range g.lines {
			if l.gap {
				b.WriteString("\n")
			}
			var line strings.Builder
			line.WriteString(l.label)
			at := draw.Width(l.label)
			for _, c := range l.cells {
				line.WriteString(strings.Repeat(" ", max(0, c.column-at)) + c.text)
				at = max(at, c.column) + draw.Width(c.text)
			}
			b.WriteString("  " + strings.TrimRight(line.String(), " ") + "\n")
		}
	}
	box := s.box
	if box != "" {
		box = "[]: " + box
	}
	plain := s.scale
	plain.Signed = false // signs are written out
	b.WriteString(strings.Join(draw.Wrap(joinWords(plain.Words(""), box, s.under, stripRest), 96), "\n") + "\n")
	return b.String()
}

const (
	stripAdvance = 7.25 // pixels a column: the widest of the monospaced fonts at stripSize
	stripSize    = 12.0
	stripHeight  = 24.0 // of a line
)

// Scene lays the strips out as a picture.
func (s *stripSheet) Scene() *draw.Scene {
	sc := &draw.Scene{Width: math.Max(draw.PlotWidth, 2*draw.Margin+stripAdvance*float64(s.width)), Title: s.note.Title, Desc: s.desc}
	y := draw.Heading(sc, s.note.Title, "") + 4
	for _, g := range s.drawn {
		if g.name != "" {
			y += 20
			sc.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y, Text: draw.Clip(g.name, draw.LabelSize, sc.Width-2*draw.Margin), Size: draw.LabelSize, Fill: draw.Muted})
			y += 2
		}
		for i := range g.lines {
			l := &g.lines[i]
			y += stripHeight
			if l.gap {
				y += 10
			}
			l.draw(sc, y)
		}
		y += 6
	}
	y += 24
	x := s.scale.Draw(sc, draw.Margin, y) + 14
	lines := draw.Wrap(draw.Visible(joinWords(s.scale.Words(s.box), s.legend)), int((sc.Width-draw.Margin-x)/6.2))
	for i, t := range lines {
		if i > 0 {
			x, y = draw.Margin, y+15
		}
		sc.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: t, Size: draw.TickSize, Fill: draw.Muted})
	}
	for _, t := range draw.Wrap(draw.Visible(joinWords(s.under, stripRest)), 116) {
		y += 15
		sc.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y, Text: t, Size: draw.TickSize, Fill: draw.Muted})
	}
	sc.Height = y + draw.Margin
	sc.Ground()
	return sc
}

// draw adds one line with its baseline at y.
func (l *stripLine) draw(sc *draw.Scene, y float64) {
	if l.label != "" {
		sc.Add(draw.Mark{Shape: draw.Text, X: draw.Margin, Y: y, Text: l.label, Size: stripSize, Mono: true, Fill: draw.Muted})
	}
	for i := range l.cells {
		c := &l.cells[i]
		x := draw.Margin + stripAdvance*float64(c.column)
		w := stripAdvance * float64(max(c.width, draw.Width(c.text)))
		bold := false
		if t := c.token; t != nil {
			draw.DrawShade(sc, t.shade, x-2, y-13.5, w+4, 18, t.tip)
			if t.boxed {
				sc.Add(draw.Mark{Shape: draw.Rect, X: x - 2.75, Y: y - 14.25, W: w + 5.5, H: 19.5, Stroke: draw.Ink, Width: 1.5})
			}
			bold = t.boxed || t.bold
		}
		if c.text != "" {
			sc.Add(draw.Mark{Shape: draw.Text, X: x, Y: y, Text: c.text, Size: stripSize, Mono: true, Bold: bold, Fill: draw.Ink})
		}
	}
}
