package viz

import (
	"circuitbook/viz/internal/draw"
	"encoding/base64"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// What a figure may refuse. Errors name the figure and the value, and wrap one of these.
var (
	// ErrNoData: there is nothing to draw.
	ErrNoData = errors.New("no data to draw")
	// ErrNotFinite: an infinite number, or a NaN where it cannot mean a gap.
	ErrNotFinite = draw.ErrNotFinite
	// ErrTooBig: the picture exceeds MaxSVG.
	ErrTooBig = draw.ErrTooBig
)

// A Bundle is one figure in the forms that different places can show.
type Bundle struct {
	// HTML is a fragment for text/html. Pictures are in it as <img> with a data URI, which
	// JupyterLab also shows in a notebook that is not trusted; it holds only elements and inline
	// styles that its sanitiser keeps. Links to save a file, where a figure has them, lose their
	// address there; their names remain as text. It is well-formed XML too.
	HTML string
	// SVG is the picture as a document; empty for tables and text.
	SVG string
	// Text says the same in plain text.
	Text string
}

// Bundle lets a finished bundle stand where a Figure is asked for.
func (b Bundle) Bundle() (Bundle, error) { return b, nil }

// A Figure is what can be shown. Every figure of this package is a plain struct; Bundle draws it
// and says what is wrong with it. The same figure always gives the same bytes.
type Figure interface{ Bundle() (Bundle, error) }

// A Note is printed with a figure.
type Note struct {
	Title      string // above it; also its name for a screen reader
	Caption    string // under it: what to see
	Provenance string // under the caption, small: seed, steps, versions; see [ProvenanceLine]
}

// ProvenanceLine joins facts into one line, sorted by name: "k 12 · seed 7".
func ProvenanceLine(facts map[string]any) string {
	names := make([]string, 0, len(facts))
	for n := range facts {
		names = append(names, n)
	}
	sort.Strings(names)
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %v", n, facts[n])
	}
	return strings.Join(names, " · ")
}

// Picture makes the bundle of a drawn figure: the picture, what is said under it, and its numbers.
// twin is the text drawing; numbers are the tables behind the picture.
func Picture(s *draw.Scene, n Note, twin string, numbers ...Table) (Bundle, error) {
	return Drawn{Scene: s, Note: n, Twin: twin, Numbers: numbers}.Bundle()
}

// Drawn is a picture with all that is shown around it.
type Drawn struct {
	Scene   *draw.Scene
	Note    Note
	Twin    string  // the text drawing
	Numbers []Table // behind the picture: in <details>, and in the text
	Listed  []Table // in <details> only, because the twin says the same
	Name    string  // of files to save, without an extension; if empty there are no links
	Files   []File  // offered besides the SVG
}

// Bundle makes the bundle of it.
func (d Drawn) Bundle() (Bundle, error) {
	svg, err := d.Scene.SVG()
	if err != nil {
		return Bundle{}, err
	}
	var h strings.Builder
	fmt.Fprintf(&h, `<figure style="margin:0"><img src="data:image/svg+xml;base64,%s" width="%s" alt="%s" style="max-width:100%%;height:auto"/>`,
		base64.StdEncoding.EncodeToString([]byte(svg)), draw.Num(d.Scene.Width), draw.Esc(strings.TrimSpace(d.Scene.Title+". "+d.Scene.Desc)))
	d.Note.WriteHTML(&h, d.Scene.Width)
	if d.Name != "" {
		links(&h, d.Name, append([]File{{"SVG", "image/svg+xml", []byte(svg)}}, d.Files...))
	}
	if len(d.Numbers)+len(d.Listed) > 0 {
		h.WriteString("\n<details><summary>numbers</summary>")
		for _, ts := range [...][]Table{d.Numbers, d.Listed} {
			for i := range ts {
				if err := ts[i].html(&h); err != nil {
					return Bundle{}, err
				}
			}
		}
		h.WriteString("</details>")
	}
	h.WriteString("</figure>\n")

	var t strings.Builder
	d.Note.WriteHeading(&t)
	t.WriteString(d.Twin)
	for i := range d.Numbers {
		t.WriteString("\n")
		if err := d.Numbers[i].text(&t); err != nil {
			return Bundle{}, err
		}
	}
	d.Note.WriteText(&t)
	return Bundle{HTML: h.String(), SVG: svg, Text: t.String()}, nil
}

// WriteHTML writes what is printed under a figure.
func (n Note) WriteHTML(b *strings.Builder, width float64) {
	if n.Caption == "" && n.Provenance == "" {
		return
	}
	fmt.Fprintf(b, "\n"+`<figcaption style="max-width:%spx">%s`, draw.Num(width), draw.Esc(n.Caption))
	if n.Provenance != "" {
		if n.Caption != "" {
			b.WriteString("<br/>")
		}
		fmt.Fprintf(b, `<small style="opacity:0.75">%s</small>`, draw.Esc(n.Provenance))
	}
	b.WriteString("</figcaption>")
}

// WriteHeading writes the title of a text twin.
func (n Note) WriteHeading(b *strings.Builder) {
	if n.Title != "" {
		t := draw.Visible(n.Title)
		fmt.Fprintf(b, "%s\n%s\n", t, strings.Repeat("─", draw.Width(t)))
	}
}

// WriteText writes what is printed under a text twin.
func (n Note) WriteText(b *strings.Builder) {
	for _, s := range [...]string{n.Caption, n.Provenance} {
		for _, l := range draw.Wrap(draw.Visible(s), 96) {
			b.WriteString(l + "\n")
		}
	}
}
