package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// MaxSVG is the largest picture in bytes that [Scene.SVG] hands out. A notebook holds it twice,
// once as base64.
const MaxSVG = 300_000

// SVG draws the scene. The result is a whole document for a file, an <img>, or a MIME bundle:
// no script, no style from outside, no reference to anything; every id and style rule begins with
// a hash of the content, so that figures on one page do not disturb each other; the same scene
// gives the same bytes. Presentation attributes carry the light look, and a style sheet turns the
// colours where the reader prefers dark. Errors: a coordinate that is not finite, an empty size,
// or more than [MaxSVG] bytes.
func (s *Scene) SVG() (string, error) {
	if !(s.Width > 0 && s.Height > 0) || s.Width > 1e5 || s.Height > 1e5 {
		return "", fmt.Errorf("figure %q: size %g×%g is no size", s.Title, s.Width, s.Height)
	}
	var body strings.Builder
	var used [2][Roles]bool
	for i := range s.Marks {
		m := &s.Marks[i]
		if err := m.check(i); err != nil {
			return "", fmt.Errorf("figure %q: %w", s.Title, err)
		}
		used[0][m.Fill], used[1][m.Stroke] = true, true
		m.write(&body)
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%s\x00%g %g\x00%s", s.Title, s.Desc, s.Width, s.Height, body.String())))
	id := "cb" + hex.EncodeToString(sum[:5])

	var b strings.Builder
	w, h := Num(s.Width), Num(s.Height)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" id="%s" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d" font-family="%s" style="max-width:100%%;height:auto">`+"\n",
		id, w, h, w, h, id, id, sansFonts)
	fmt.Fprintf(&b, "<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">%s</desc>\n", id, Esc(s.Title), id, Esc(s.Desc))
	b.WriteString("<style>@media (prefers-color-scheme:dark){")
	for r := Paper; r < Roles; r++ {
		if used[0][r] {
			fmt.Fprintf(&b, "#%s .f-%s{fill:%s}", id, Palette[r].Class, Palette[r].Dark)
		}
		if used[1][r] {
			fmt.Fprintf(&b, "#%s .k-%s{stroke:%s}", id, Palette[r].Class, Palette[r].Dark)
		}
	}
	b.WriteString("}</style>\n")
	b.WriteString(body.String())
	b.WriteString("</svg>\n")
	if b.Len() > MaxSVG {
		return "", fmt.Errorf("figure %q: %d bytes of SVG: %w", s.Title, b.Len(), ErrTooBig)
	}
	return b.String(), nil
}

// write appends the element of one mark.
func (m *Mark) write(b *strings.Builder) {
	tag := ""
	attr := func(name, value string) { fmt.Fprintf(b, ` %s="%s"`, name, value) }
	switch m.Shape {
	case Rect:
		tag = "rect"
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s"`, Num(m.X), Num(m.Y), Num(m.W), Num(m.H))
		if m.R > 0 {
			attr("rx", Num(m.R))
		}
	case Line:
		tag = "line"
		fmt.Fprintf(b, `<line x1="%s" y1="%s" x2="%s" y2="%s"`, Num(m.X), Num(m.Y), Num(m.X+m.W), Num(m.Y+m.H))
	case Circle:
		tag = "circle"
		fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="%s"`, Num(m.X), Num(m.Y), Num(m.R))
	case Path:
		tag = "path"
		fmt.Fprintf(b, `<path d="%s"`, m.D)
	case Text:
		tag = "text"
		size := m.Size
		if size == 0 {
			size = 12
		}
		fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s"`, Num(m.X), Num(m.Y), Num(size))
		if m.Anchor != Start {
			attr("text-anchor", [...]string{"start", "middle", "end"}[m.Anchor])
		}
		if m.Bold {
			attr("font-weight", "bold")
		}
		if m.Mono {
			attr("font-family", monoFonts)
			attr("xml:space", "preserve")
		}
	}
	m.paint(b, attr)
	switch {
	case m.Shape == Text:
		b.WriteString(">" + Esc(m.Text))
		if m.Tip != "" {
			b.WriteString("<title>" + Esc(m.Tip) + "</title>")
		}
		b.WriteString("</text>\n")
	case m.Tip != "":
		fmt.Fprintf(b, "><title>%s</title></%s>\n", Esc(m.Tip), tag)
	default:
		b.WriteString("/>\n")
	}
}

// paint appends fill, stroke and the class by which the style sheet finds them.
func (m *Mark) paint(b *strings.Builder, attr func(name, value string)) {
	class := ""
	if m.Fill != None {
		attr("fill", Palette[m.Fill].Light)
		class = "f-" + Palette[m.Fill].Class
	} else if m.Shape == Path || m.Shape == Rect || m.Shape == Circle {
		attr("fill", "none")
	}
	if m.Stroke != None {
		attr("stroke", Palette[m.Stroke].Light)
		if class != "" {
			class += " "
		}
		class += "k-" + Palette[m.Stroke].Class
		if m.Width != 0 && m.Width != 1 {
			attr("stroke-width", Num(m.Width))
		}
		if len(m.Dash) > 0 {
			d := make([]string, len(m.Dash))
			for i, v := range m.Dash {
				d[i] = Num(v)
			}
			attr("stroke-dasharray", strings.Join(d, " "))
		}
		if m.Shape == Path && m.Fill == None || m.Shape == Text {
			attr("stroke-linejoin", "round")
		}
		if m.Shape == Text {
			attr("paint-order", "stroke")
		}
	}
	if m.Opacity != 0 && m.Opacity != 1 {
		attr("opacity", Num(m.Opacity))
	}
	if class != "" {
		attr("class", class)
	}
}

// What a scene may refuse; errors wrap one of these.
var (
	// ErrNotFinite: an infinite number, or a NaN where it cannot mean a gap.
	ErrNotFinite = errors.New("number is not finite")
	// ErrTooBig: the picture exceeds MaxSVG.
	ErrTooBig = fmt.Errorf("picture exceeds %d bytes", MaxSVG)
)
