package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// Show shows figures, and the values of this package, in a cell before its end.
func Show(figures ...viz.Figure) { cell.Check(book.Show(figures...)) }

// Save writes a figure, or a value of this package, to a file: .svg, .html or .txt.
func Save(path string, figure viz.Figure) { cell.Check(book.Save(path, figure)) }
