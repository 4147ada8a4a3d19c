package bridge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Side is one of the two models of a bridge.
type Side bool

// The two sides.
const (
	Dense  Side = false
	Sparse Side = true
)

func (s Side) String() string {
	if s == Sparse {
		return "sparse"
	}
	return "dense"
}

// Route is a way from tokens to logits through both models: it starts in one and
// changes to the other at every one of its switches, boundaries in ascending order.
type Route struct {
	Start    Side
	Switches []int
}

// One is the route of a single switch: from start to the other model at a boundary.
func One(start Side, boundary int) Route { return Route{start, []int{boundary}} }

// At says in which model the route is after boundary i.
func (r Route) At(i int) Side {
	side := r.Start
	for _, s := range r.Switches {
		if s <= i {
			side = !side
		}
	}
	return side
}

// End is the model whose logits the route gives.
func (r Route) End() Side { return r.Start != (len(r.Switches)%2 == 1) }

// String is like "dense 2 sparse 3 dense".
func (r Route) String() string {
	side := r.Start
	parts := []string{side.String()}
	for _, s := range r.Switches {
		side = !side
		parts = append(parts, strconv.Itoa(s), side.String())
	}
	return strings.Join(parts, " ")
}

// check says what is wrong with a route through n boundaries.
func (r Route) check(n int) error {
	for i, s := range r.Switches {
		if s < 0 || s >= n {
			return fmt.Errorf("route %q: there is no boundary %d; there are 0 to %d", r, s, n-1)
		}
		if i > 0 && s <= r.Switches[i-1] {
			return fmt.Errorf("route %q: give each boundary once, in ascending order", r)
		}
	}
	return nil
}

// Routes lists every route through n boundaries that starts in a model and has at
// most one switch at each, by the number of switches: 2^n of them.
func Routes(start Side, n int) []Route {
	var out []Route
	for bits := range 1 << n {
		r := Route{Start: start}
		for i := range n {
			if bits>>i&1 == 1 {
				r.Switches = append(r.Switches, i)
			}
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Route) int { return len(a.Switches) - len(b.Switches) })
	return out
}
