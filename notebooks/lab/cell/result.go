package cell

import (
	"fmt"
	"html"

	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Result is what a study shows and states. Where there was nothing to
// measure it says why, shows that, and states nothing.
type Result struct {
	Figures Page
	Numbers []book.Stated
	Why     string // there is nothing
}

// Nothing is a result of why there is nothing to measure.
func Nothing(why string, values ...any) Result { return Result{Why: fmt.Sprintf(why, values...)} }

// Bundle draws the figures.
func (r Result) Bundle() (viz.Bundle, error) {
	if len(r.Figures) == 0 {
		return viz.Bundle{Text: r.Why + "\n", HTML: "<div>" + html.EscapeString(r.Why) + "</div>\n"}, nil
	}
	return r.Figures.Bundle()
}

// Claims are all numbers.
func (r Result) Claims() []book.Stated { return append([]book.Stated(nil), r.Numbers...) }

// Empty says that there is nothing to state.
func (r Result) Empty() bool { return r.Why != "" }

// Number is one of the numbers, by the name that it is stated under.
func (r Result) Number(name string) any {
	for _, x := range r.Numbers {
		if x.Name == name {
			return x.Value
		}
	}
	End(fmt.Errorf("there is no number %q; Numbers lists what there is", name))
	return nil
}

// Show adds figures.
func (r *Result) Show(f ...viz.Figure) { r.Figures = append(r.Figures, f...) }

// State adds a number, an estimate with its interval, or all that a value states.
func (r *Result) State(name string, value any) {
	r.Numbers = append(r.Numbers, Must(StatedOf(name, value))...)
}
