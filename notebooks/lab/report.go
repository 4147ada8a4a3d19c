package lab

import (
	"fmt"
	"html"

	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Report is what was measured: figures, and the numbers in them. Where there was nothing to
// measure it says why, shows that, and states nothing.
type Report struct {
	Figures Page
	Numbers []book.Stated
	Why     string // there is nothing
}

// nothing is a report of why there is nothing to measure.
func nothing(why string, values ...any) Report { return Report{Why: fmt.Sprintf(why, values...)} }

// Bundle draws the figures.
func (r Report) Bundle() (viz.Bundle, error) {
	if len(r.Figures) == 0 {
		return viz.Bundle{Text: r.Why + "\n", HTML: "<div>" + html.EscapeString(r.Why) + "</div>\n"}, nil
	}
	return r.Figures.Bundle()
}

// Claims are all numbers.
func (r Report) Claims() []book.Stated { return append([]book.Stated(nil), r.Numbers...) }

// empty says that there is nothing to state.
func (r Report) empty() bool { return r.Why != "" }

// Number is one of the numbers, by the name that it is stated under.
func (r Report) Number(name string) any {
	for _, x := range r.Numbers {
		if x.Name == name {
			return x.Value
		}
	}
	end(fmt.Errorf("there is no number %q; Numbers lists what there is", name))
	return nil
}

// say adds a number.
func (r *Report) say(name string, value any) {
	r.Numbers = append(r.Numbers, book.Stated{Name: name, Value: value})
}
