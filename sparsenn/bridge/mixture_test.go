package bridge

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/stat"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestSides: what a program is told of a route is where the route is, and rows without a
// route are in the dense model.
func TestSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "boundaries")
		all := append(Routes(Dense, n), Routes(Sparse, n)...)
		routes := rapid.SliceOfN(rapid.SampledFrom(all), 0, routesAtOnce).Draw(t, "routes")
		sides := sidesOf(routes, n)
		if len(sides) != routesAtOnce*(n+1) {
			t.Fatalf("%d sides", len(sides))
		}
		for i, row := range slices.Collect(slices.Chunk(sides, n+1)) {
			if i >= len(routes) {
				if slices.Contains(row, true) {
					t.Fatalf("row %d of %d routes is %v", i, len(routes), row)
				}
				continue
			}
			changes := []int(nil)
			for j := range n {
				if row[j] != row[j+1] {
					changes = append(changes, j)
				}
			}
			if Side(row[0]) != routes[i].Start || !slices.Equal(changes, routes[i].Switches) {
				t.Fatalf("route %s is %v", routes[i], row)
			}
		}
	})
}

// TestMeasureRoutes: all mixtures of a bridge have the losses of their hybrids' logits,
// in one call; those of one switch are Measure's, those of none the models'.
func TestMeasureRoutes(t *testing.T) {
	runsIn(t)
	ctx := context.Background()
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	const windows, seq, vocab = 8, 16, 512
	// More routes than a program takes at once.
	routes := slices.Concat(Routes(Dense, 3), Routes(Sparse, 3), Routes(Dense, 3), Routes(Sparse, 3), []Route{One(Sparse, 1)})
	done := 0
	got, err := b.MeasureRoutes(ctx, routes, MeasureOptions{Windows: windows, Progress: func(p artifact.Progress) {
		if done++; float64(done) != p.Done || p.Of != 2*windows/routeWindows {
			t.Errorf("progress: %+v at call %d", p, done)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(routes) || done != 2*windows/routeWindows {
		t.Fatalf("%d losses of %d routes, %d calls", len(got), len(routes), done)
	}
	r, err := b.Measure(ctx, MeasureOptions{Windows: windows})
	if err != nil {
		t.Fatal(err)
	}
	// Losses of both ways to measure are paired: their differences vanish window by window.
	if e, err := got[0].Over(r.Dense); err != nil || max(math.Abs(e.Lo), math.Abs(e.Hi)) > 1e-4 {
		t.Errorf("the dense model is %+v above itself, %v", e, err)
	}
	same := func(name string, got, want Loss) {
		t.Helper()
		for i, g := range []float64{got.CE.Mean, got.CE.Lo, got.KL.Mean, got.KL.Lo} {
			w := []float64{want.CE.Mean, want.CE.Lo, want.KL.Mean, want.KL.Lo}[i]
			if math.Abs(g-w) > 1e-3*(1+w) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
	data, err := corpus.Open(ctx, sparse.Config.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	flat := data.Valid.Windows(windows, seq+1)
	var inputs [][]int32
	for i := range windows {
		inputs = append(inputs, flat[i*(seq+1):i*(seq+1)+seq])
	}
	for i, route := range routes {
		switch len(route.Switches) {
		case 0:
			same(route.String(), got[i], map[Side]Loss{Dense: r.Dense, Sparse: r.Sparse}[route.Start])
			continue
		case 1:
			at := r.Boundaries[route.Switches[0]]
			same(route.String(), got[i], map[Side]Loss{Dense: at.DenseToSparse, Sparse: at.SparseToDense}[route.Start])
			continue
		}
		if i >= 16 {
			same(route.String(), got[i], got[i-16])
			continue
		}
		h, err := b.Along(route)
		if err != nil {
			t.Fatal(err)
		}
		logits, err := h.Logits(inputs)
		if err != nil {
			t.Fatal(err)
		}
		var ce []float64
		for w, x := range logits {
			c := 0.0
			for k := range seq {
				c -= logs(x[k*vocab : (k+1)*vocab])[flat[w*(seq+1)+k+1]] / seq
			}
			ce = append(ce, c)
		}
		same(route.String(), Loss{CE: got[i].CE}, Loss{CE: stat.Mean(ce)})
		if got[i].KL.Mean <= 0 {
			t.Errorf("%s does not diverge: %+v", route, got[i])
		}
	}
}

func TestMeasureRoutesErrors(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	c := quick()
	c.Steps, c.Weights.DenseToSparse, c.Weights.SparseToDense = 0, 0, 0
	b := fit(t, sparse, dense, c)
	for want, routes := range map[string][]Route{
		"no routes":   nil,
		"boundary 3":  {One(Dense, 0), One(Dense, 3)},
		"once, in as": {{Start: Sparse, Switches: []int{1, 1}}},
	} {
		if _, err := b.MeasureRoutes(context.Background(), routes, MeasureOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", routes, err, want)
		}
	}
	if _, err := b.MeasureRoutes(context.Background(), Routes(Dense, 3), MeasureOptions{Windows: 1}); err == nil {
		t.Error("one window is accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.MeasureRoutes(ctx, Routes(Dense, 3), MeasureOptions{Windows: 2}); err == nil || !strings.Contains(err.Error(), "cancel") {
		t.Errorf("cancelled: %v", err)
	}
}
