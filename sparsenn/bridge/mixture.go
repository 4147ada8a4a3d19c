package bridge

import (
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/model"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// routesAtOnce is how many routes a program takes, and routeWindows how many windows:
// of two windows along 32 routes the logits are no larger than those of a step of a fit.
const (
	routesAtOnce = 32
	routeWindows = 2
)

// MeasureRoutes runs hybrids of any number of switches on the validation text that
// [Bridge.Measure] runs on, and returns what each loses, in the order of the routes. The
// routes are inputs of one program, in which both models run side by side: 64 of them
// take no longer to compile than one does. A route that Along refuses is an error.
func (b *Bridge) MeasureRoutes(ctx context.Context, routes []Route, o MeasureOptions) ([]Loss, error) {
	n := b.Boundaries()
	for _, r := range routes {
		if err := r.check(n); err != nil {
			return nil, fmt.Errorf("bridge: %w", err)
		}
	}
	if len(routes) == 0 {
		return nil, fmt.Errorf("bridge: no routes to measure; give at least one, such as those of Routes")
	}
	o, tokens, err := b.windows(ctx, o)
	if err != nil {
		return nil, err
	}
	exec, err := programs.Get(fmt.Sprintf("routes %d, %s", o.SeqLen, b.key()), func(in []*Node) []*Node { return b.routesGraph(in) })
	if err != nil {
		return nil, err
	}
	losses := make([][2][]float64, len(routes))
	per, done := routeWindows*(o.SeqLen+1), 0
	for from := 0; from < len(routes); from += routesAtOnce {
		sides := sidesOf(routes[from:min(from+routesAtOnce, len(routes))], n)
		for w := range o.Windows / routeWindows {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("bridge: measuring routes: %w", err)
			}
			out, err := exec.Call(b.args(
				tensors.FromFlatDataAndDimensions(tokens[w*per:(w+1)*per], routeWindows, o.SeqLen+1),
				tensors.FromFlatDataAndDimensions(sides, routesAtOnce, n+1))...)
			if err != nil {
				return nil, fmt.Errorf("bridge: measuring routes: %w", err)
			}
			for i, t := range out {
				v, err := tensors.CopyFlatData[float32](t)
				if err != nil {
					return nil, fmt.Errorf("bridge: measuring routes: %w", err)
				}
				_ = t.FinalizeAll()
				for j, x := range v {
					if r := from + j/routeWindows; r < len(routes) {
						losses[r][i] = append(losses[r][i], float64(x))
					}
				}
			}
			done++
			parts := (len(routes) + routesAtOnce - 1) / routesAtOnce
			o.report(done, parts*o.Windows/routeWindows)
		}
	}
	var all []Loss
	for _, l := range losses {
		all = append(all, lossOf(l[0], l[1]))
	}
	return all, nil
}

// sidesOf are routes as their program takes them, [routesAtOnce, 1+boundaries]: whether a
// route is in the sparse model, at its start and behind every boundary. Rows that no route
// takes stay in the dense one.
func sidesOf(routes []Route, boundaries int) []bool {
	sides := make([]bool, 0, routesAtOnce*(boundaries+1))
	for _, r := range routes {
		for i := -1; i < boundaries; i++ {
			sides = append(sides, bool(r.At(i)))
		}
	}
	return append(sides, make([]bool, cap(sides)-len(sides))...)
}

// routesGraph returns cross-entropy and divergence by route and window,
// [routesAtOnce·windows] each. Every row has a residual stream in both models; at a
// boundary where its side changes, the stream of the new side becomes what the bridge
// makes of the old one's, and the old one's is of no account until the route comes back.
func (b *Bridge) routesGraph(in []*Node) []*Node {
	sparseVars, denseVars, m, rest := b.unpack(in)
	windows, last := rest[0].Shape().Dimensions[0], rest[0].Shape().Dimensions[1]-1
	n := b.Boundaries()
	inputs, targets := Slice(rest[0], AxisRange(), AxisRange(0, last)), Slice(rest[0], AxisRange(), AxisRange(1, last+1))
	// byRow repeats what is one for each window along the routes.
	byRow := func(x *Node) *Node { return Concatenate(slices.Repeat([]*Node{x}, routesAtOnce), 0) }
	// side is [rows, 1, 1]; 0 is the start, i+1 behind boundary i.
	side := func(i int) *Node {
		s := Slice(rest[1], AxisRange(), AxisRange(i, i+1))
		s = BroadcastToDims(s, routesAtOnce, windows)
		return Reshape(s, routesAtOnce*windows, 1, 1)
	}
	choose := func(sparse, x, y *Node) *Node {
		return Where(BroadcastToDims(sparse, x.Shape().Dimensions...), x, y)
	}
	d := &model.Pass{Config: b.Dense.Config.Model, Vars: denseVars}
	s := &model.Pass{Config: b.Sparse.Config.Model, Vars: sparseVars}
	plain := d.Embed(inputs) // the dense model by itself, which answers diverge from
	xd, xs := byRow(plain), byRow(s.Embed(inputs))
	for i := range n {
		before, after := side(i), side(i+1)
		toSparse, toDense := LogicalAnd(after, LogicalNot(before)), LogicalAnd(before, LogicalNot(after))
		xd, xs = choose(toDense, m.decode(i, xs), xd), choose(toSparse, m.encode(i, xd), xs)
		if i < n-1 {
			plain, xd, xs = sublayer(d, i, plain), sublayer(d, i, xd), sublayer(s, i, xs)
		}
	}
	tokens := byRow(inputs)
	logits := choose(side(n), s.Logits(xs, tokens), d.Logits(xd, tokens))
	return []*Node{
		ReduceMean(model.TokenLosses(logits, byRow(targets)), 1),
		ReduceMean(model.TokenKL(byRow(d.Logits(plain, inputs)), logits), 1),
	}
}
