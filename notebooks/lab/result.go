package lab

import (
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Result is what a study shows and states.
type Result struct {
	Figures Page
	Numbers []book.Stated
}

// Bundle draws the figures, one under the other.
func (r Result) Bundle() (viz.Bundle, error) { return r.Figures.Bundle() }

// Claims are the numbers.
func (r Result) Claims() []book.Stated { return append([]book.Stated(nil), r.Numbers...) }

// show adds figures.
func (r *Result) show(f ...viz.Figure) { r.Figures = append(r.Figures, f...) }

// state adds a number.
func (r *Result) state(name string, value any) {
	r.Numbers = append(r.Numbers, must(stated(name, value))...)
}
