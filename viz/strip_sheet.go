package viz

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// A stripSheet is a figure of strips, ready to be written in all forms.
type stripSheet struct {
	note          Note
	kind          string // of the figure, for errors
	desc          string
	drawn, twin   []stripGroup
	width         int // columns of a line
	scale         shadeScale
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
func (s *stripSheet) bundle() (Bundle, error) {
	html := s.html()
	if len(html) > MaxSVG {
		return Bundle{}, fmt.Errorf("%s %q: %d bytes of HTML; show fewer tokens: %w", s.kind, s.note.Title, len(html), ErrTooBig)
	}
	svg, err := s.Scene().SVG()
	if err != nil && !errors.Is(err, ErrTooBig) {
		return Bundle{}, fmt.Errorf("%s: %w", s.kind, err)
	}
	var t strings.Builder
	s.note.heading(&t)
	t.WriteString(s.text())
	s.note.text(&t)
	return Bundle{HTML: html, SVG: svg, Text: t.String()}, nil
}

func (s *stripSheet) html() string {
	var b strings.Builder
	b.WriteString(`<figure style="margin:0">`)
	if s.note.Title != "" {
		fmt.Fprintf(&b, `<div style="font-weight:bold">%s</div>`, esc(s.note.Title))
	}
	for _, g := range s.drawn {
		if g.name != "" {
			fmt.Fprintf(&b, "\n"+`<div style="margin-top:8px">%s</div>`, esc(g.name))
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
	s.scale.html(&b)
	fmt.Fprintf(&b, ` %s<br/>%s</small></div>`, esc(joinWords(s.scale.words(s.box), s.legend)), esc(joinWords(s.under, stripRest, "hover over a token for its value")))
	s.note.html(&b, plotWidth)
	b.WriteString("\n" + `<details><summary>numbers</summary><pre style="white-space:pre;overflow-x:auto;line-height:1.4;margin:2px 0 8px 0">`)
	b.WriteString(escLines(s.text()))
	b.WriteString("</pre></details></figure>\n")
	return b.String()
}

// escLines escapes what is already visible, keeping its line breaks.
func escLines(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := range lines {
		lines[i] = esc(lines[i])
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
		fmt.Fprintf(b, `<span style="opacity:0.75">%s</span>`, esc(l.label))
		at = columns(l.label)
	}
	for i := range l.cells {
		c := &l.cells[i]
		b.WriteString(strings.Repeat(" ", max(0, c.column-at)))
		c.html(b)
		at = c.column + max(c.width, columns(c.text))
	}
}

func (c *stripCell) html(b *strings.Builder) {
	text := esc(padRight(c.text, c.width))
	if c.token == nil {
		b.WriteString(text)
		return
	}
	var styles []string
	if rightToLeft(c.text) {
		styles = append(styles, "display:inline-block") // a neutral island in the order of the line
	}
	if st := shadeStyle(c.token.shade); st != "" {
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
		fmt.Fprintf(b, ` title="%s"`, esc(c.token.tip))
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
			b.WriteString(Visible(g.name) + "\n")
		}
		for _, l := range g.lines {
			if l.gap {
				b.WriteString("\n")
			}
			var line strings.Builder
			line.WriteString(l.label)
			at := columns(l.label)
			for _, c := range l.cells {
				line.WriteString(strings.Repeat(" ", max(0, c.column-at)) + c.text)
				at = max(at, c.column) + columns(c.text)
			}
			b.WriteString("  " + strings.TrimRight(line.String(), " ") + "\n")
		}
	}
	box := s.box
	if box != "" {
		box = "[]: " + box
	}
	plain := s.scale
	plain.signed = false // signs are written out
	b.WriteString(strings.Join(wrap(joinWords(plain.words(""), box, s.under, stripRest), 96), "\n") + "\n")
	return b.String()
}

const (
	stripAdvance = 7.25 // pixels a column: the widest of the monospaced fonts at stripSize
	stripSize    = 12.0
	stripHeight  = 24.0 // of a line
)

// Scene lays the strips out as a picture.
func (s *stripSheet) Scene() *Scene {
	sc := &Scene{Width: math.Max(plotWidth, 2*margin+stripAdvance*float64(s.width)), Title: s.note.Title, Desc: s.desc}
	y := heading(sc, s.note.Title, "") + 4
	for _, g := range s.drawn {
		if g.name != "" {
			y += 20
			sc.add(Mark{Shape: Text, X: margin, Y: y, Text: clip(g.name, labelSize, sc.Width-2*margin), Size: labelSize, Fill: Muted})
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
	x := s.scale.draw(sc, margin, y) + 14
	lines := wrap(Visible(joinWords(s.scale.words(s.box), s.legend)), int((sc.Width-margin-x)/6.2))
	for i, t := range lines {
		if i > 0 {
			x, y = margin, y+15
		}
		sc.add(Mark{Shape: Text, X: x, Y: y, Text: t, Size: tickSize, Fill: Muted})
	}
	for _, t := range wrap(Visible(joinWords(s.under, stripRest)), 116) {
		y += 15
		sc.add(Mark{Shape: Text, X: margin, Y: y, Text: t, Size: tickSize, Fill: Muted})
	}
	sc.Height = y + margin
	sc.ground()
	return sc
}

// draw adds one line with its baseline at y.
func (l *stripLine) draw(sc *Scene, y float64) {
	if l.label != "" {
		sc.add(Mark{Shape: Text, X: margin, Y: y, Text: l.label, Size: stripSize, Mono: true, Fill: Muted})
	}
	for i := range l.cells {
		c := &l.cells[i]
		x := margin + stripAdvance*float64(c.column)
		w := stripAdvance * float64(max(c.width, columns(c.text)))
		bold := false
		if t := c.token; t != nil {
			drawShade(sc, t.shade, x-2, y-13.5, w+4, 18, t.tip)
			if t.boxed {
				sc.add(Mark{Shape: Rect, X: x - 2.75, Y: y - 14.25, W: w + 5.5, H: 19.5, Stroke: Ink, Width: 1.5})
			}
			bold = t.boxed || t.bold
		}
		if c.text != "" {
			sc.add(Mark{Shape: Text, X: x, Y: y, Text: c.text, Size: stripSize, Mono: true, Bold: bold, Fill: Ink})
		}
	}
}
