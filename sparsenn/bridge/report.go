package bridge

import (
	"circuitbook/sparsenn/stat"
	"errors"
	"fmt"
	"slices"
)

// Slack is by how much a hybrid may be above the worse of its two models, in nats per
// token, to count as within the limit.
const Slack = 0.15

// Worse is the model of a report with the higher cross-entropy.
func (r *Report) Worse() Loss {
	if r.Dense.CE.Mean > r.Sparse.CE.Mean {
		return r.Dense
	}
	return r.Sparse
}

// Hybrids are all hybrids of one switch: first those that end in the sparse model, in
// the order of the boundaries, then those that end in the dense one.
func (r *Report) Hybrids() (all []Loss) {
	for _, x := range r.Boundaries {
		all = append(all, x.DenseToSparse)
	}
	for _, x := range r.Boundaries {
		all = append(all, x.SparseToDense)
	}
	return all
}

// WorstHybrid is the hybrid of one switch with the highest cross-entropy, by its
// direction and site, and how far it is above the worse model on the same windows.
func (r *Report) WorstHybrid() (name string, over stat.Estimate, err error) {
	all, n := r.Hybrids(), len(r.Boundaries)
	if n == 0 {
		return "", stat.Estimate{}, errors.New("bridge: a report without boundaries has no hybrid")
	}
	k := 0
	for i, l := range all {
		if l.CE.Mean > all[k].CE.Mean {
			k = i
		}
	}
	name = "dense → sparse at " + string(r.Boundaries[k%n].Site)
	if k >= n {
		name = "sparse → dense at " + string(r.Boundaries[k%n].Site)
	}
	over, err = all[k].Over(r.Worse())
	return name, over, err
}

// means are what a report has over its boundaries: NMSE of the encoders and decoders,
// and KL of the hybrids by the model that they end in, in nats per token.
type means struct{ Encode, Decode, ToSparse, ToDense float64 }

// Means are the means over boundaries.
func (r *Report) Means() (m means) {
	n := float64(len(r.Boundaries))
	for _, x := range r.Boundaries {
		m.Encode, m.Decode = m.Encode+x.Encode/n, m.Decode+x.Decode/n
		m.ToSparse, m.ToDense = m.ToSparse+x.DenseToSparse.KL.Mean/n, m.ToDense+x.SparseToDense.KL.Mean/n
	}
	return m
}

// SomeRoutes lists the routes that a bridge of n boundaries is measured along, from
// either start: all of them up to six boundaries, and else those with up to two
// switches and the one with all.
func SomeRoutes(n int) (routes []Route) {
	for _, start := range []Side{Dense, Sparse} {
		for _, r := range Routes(start, n) {
			if k := len(r.Switches); n <= 6 || k <= 2 || k == n {
				routes = append(routes, r)
			}
		}
	}
	return routes
}

// Switched is what routes with one number of switches lose.
type Switched struct {
	Switches, Routes, Within int       // Within counts those at most Slack above the worse model
	Over                     []float64 // above the worse model, nats per token, by route
	KL                       []float64
	Worst                    Route
	WorstOver                stat.Estimate
}

// BySwitches groups routes and their losses, of Bridge.MeasureRoutes, by the number of
// switches. The worse model is the one of the two routes without a switch, which have to
// be among them. end, if it is not nil, leaves out the routes that end in the other model.
func BySwitches(routes []Route, losses []Loss, end *Side) ([]Switched, error) {
	if len(routes) != len(losses) {
		return nil, fmt.Errorf("bridge: %d routes with %d losses", len(routes), len(losses))
	}
	var base Loss
	most := 0
	for i, r := range routes {
		if len(r.Switches) == 0 && losses[i].CE.Mean > base.CE.Mean {
			base = losses[i]
		}
		most = max(most, len(r.Switches))
	}
	if base.Windows == nil {
		return nil, errors.New("bridge: the routes without a switch, which are the two models, are not among the routes")
	}
	groups := make([]Switched, most+1)
	for i, r := range routes {
		if end != nil && r.End() != *end {
			continue
		}
		over, err := losses[i].Over(base)
		if err != nil {
			return nil, err
		}
		g := &groups[len(r.Switches)]
		g.Switches = len(r.Switches)
		if len(g.Over) == 0 || over.Mean > slices.Max(g.Over) {
			g.Worst, g.WorstOver = r, over
		}
		g.Over, g.KL = append(g.Over, over.Mean), append(g.KL, losses[i].KL.Mean)
		g.Routes++
		if over.Mean <= Slack {
			g.Within++
		}
	}
	return slices.DeleteFunc(groups, func(g Switched) bool { return g.Routes == 0 }), nil
}
