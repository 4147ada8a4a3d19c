package sizes

import (
	"fmt"
	"html"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/viz"
)

// A Plan is what a sweep would take.
type Plan struct {
	Points, Missing int
	CoreMinutes     float64 // of what is missing, projected from what was made
}

// planOf looks up a list of points without making any.
func planOf(points []experiment.Point) Plan {
	missing, seconds, err := experiment.Projected(points)
	cell.Check(err)
	return Plan{len(points), missing, seconds / 60}
}

// String is like "12 models and circuits, of which 3 are to be made: some 4 minutes of one core".
func (p Plan) String() string {
	return fmt.Sprintf("%d models and circuits, of which %d are to be made: some %.0f minutes of one core", p.Points, p.Missing, p.CoreMinutes)
}

// Bundle is the plan on a line.
func (p Plan) Bundle() (viz.Bundle, error) {
	return viz.Bundle{Text: p.String() + "\n", HTML: "<div>" + html.EscapeString(p.String()) + "</div>\n"}, nil
}

// Plan is what the models to match among would take; which circuits there are depends on
// them.
func (x Matching) Plan() Plan { return planOf(x.candidates()) }

// Plan is what the grid and the parts of the recipe would take.
func (f Frontier) Plan() Plan { return planOf(append(f.sweep(), f.recipe()...)) }
