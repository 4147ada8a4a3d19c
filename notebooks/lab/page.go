package lab

import (
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Page is figures one under the other, shown as one.
type Page []viz.Figure

// Bundle draws all figures; the picture is that of the first that has one.
func (p Page) Bundle() (viz.Bundle, error) {
	var all viz.Bundle
	for i, f := range p {
		b, err := f.Bundle()
		if err != nil {
			return viz.Bundle{}, err
		}
		if i > 0 {
			all.Text += "\n"
		}
		all.HTML += b.HTML
		all.Text += b.Text
		if all.SVG == "" {
			all.SVG = b.SVG
		}
	}
	return all, nil
}

// Show shows figures, and the values of this package, in a cell before its end.
func Show(figures ...viz.Figure) { check(book.Show(figures...)) }

// Save writes a figure, or a value of this package, to a file: .svg, .html or .txt.
func Save(path string, figure viz.Figure) { check(book.Save(path, figure)) }
