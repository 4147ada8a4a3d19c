package charts

import (
	"circuitbook/viz"
	"fmt"
	"strconv"
	"strings"
)

// Tensor is the budget of one tensor: of its Size weights, K may differ from zero, with at least
// Floor of them at each neuron.
type Tensor struct {
	Name    string
	Shape   []int // [out, in], as stored
	K       int
	Floor   int
	Nonzero int // counted; -1 where nobody counted
}

// Budget is the table of what every tensor may use and, where counted, does use. It refuses a
// tensor whose K or count its shape cannot hold.
func Budget(n viz.Note, tensors []Tensor) (viz.Table, error) {
	t := viz.Table{Note: n, Columns: []viz.Column{
		{Name: "tensor"}, {Name: "shape"}, {Name: "size"}, {Name: "k"},
		{Name: "density %", Format: "%.2f", Bar: true, Max: 100}, {Name: "floor"},
	}}
	counted, all := false, true
	for _, x := range tensors {
		counted = counted || x.Nonzero >= 0
		all = all && x.Nonzero >= 0
	}
	if counted {
		t.Columns = append(t.Columns, viz.Column{Name: "nonzero"})
	}
	var size, k, nonzero int
	for _, x := range tensors {
		s, dims := 1, make([]string, len(x.Shape))
		for i, d := range x.Shape {
			s *= d
			dims[i] = strconv.Itoa(d)
		}
		if s <= 0 || x.K < 0 || x.K > s || x.Nonzero > s {
			return viz.Table{}, fmt.Errorf("budget %q: tensor %q of shape %v cannot hold k = %d, nonzero = %d", n.Title, x.Name, x.Shape, x.K, x.Nonzero)
		}
		row := []any{x.Name, strings.Join(dims, "×"), s, x.K, 100 * float64(x.K) / float64(s), x.Floor}
		if counted {
			row = append(row, any(x.Nonzero))
			if x.Nonzero < 0 {
				row[len(row)-1] = nil
			}
		}
		t.Rows = append(t.Rows, row)
		size, k, nonzero = size+s, k+x.K, nonzero+max(0, x.Nonzero)
	}
	if len(tensors) > 0 {
		t.Total = []any{"all", nil, size, k, 100 * float64(k) / float64(size), nil}
		switch {
		case all:
			t.Total = append(t.Total, nonzero)
		case counted:
			t.Total = append(t.Total, nil) // a sum over some tensors would mislead
		}
	}
	return t, nil
}
