package cell

import (
	"circuitbook/viz"
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
