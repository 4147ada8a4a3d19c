package bridge

import (
	"circuitbook/sparsenn/stat"
	"math"
	"testing"
)

// lost is a loss of some windows.
func lost(kl float64, windows ...float64) Loss {
	return Loss{CE: stat.Mean(windows), KL: stat.Estimate{Mean: kl}, Windows: windows}
}

func TestReport(t *testing.T) {
	r := &Report{Dense: lost(0, 1, 1), Sparse: lost(0.3, 2, 3), Boundaries: []atBoundary{
		{Site: "0.resid_in", Encode: 0.2, Decode: 0.4, DenseToSparse: lost(0.1, 2, 3), SparseToDense: lost(0.5, 1, 2)},
		{Site: "final_resid", Encode: 0.4, Decode: 0.8, DenseToSparse: lost(0.3, 3, 3), SparseToDense: lost(0.7, 3, 4.5)},
	}}
	if w := r.Worse(); w.CE.Mean != 2.5 {
		t.Errorf("the worse model has %v", w.CE)
	}
	if h := r.Hybrids(); len(h) != 4 || h[1].KL.Mean != 0.3 || h[2].KL.Mean != 0.5 {
		t.Errorf("hybrids %v", h)
	}
	name, over, err := r.WorstHybrid()
	if err != nil || name != "sparse → dense at final_resid" || over.Mean != 1.25 {
		t.Errorf("%s, %v, %v", name, over, err)
	}
	m := r.Means()
	for _, x := range [][2]float64{{m.Encode, 0.3}, {m.Decode, 0.6}, {m.ToSparse, 0.2}, {m.ToDense, 0.6}} {
		if math.Abs(x[0]-x[1]) > 1e-12 {
			t.Errorf("means %+v", m)
		}
	}
	if _, _, err := (&Report{}).WorstHybrid(); err == nil {
		t.Error("a report without boundaries has a worst hybrid")
	}
}

func TestBySwitches(t *testing.T) {
	routes := SomeRoutes(2)
	if len(routes) != 8 {
		t.Fatalf("%d routes through 2 boundaries", len(routes))
	}
	var losses []Loss
	for _, r := range routes {
		x := 1 + float64(len(r.Switches))
		if r.Start == Sparse {
			x += 0.1
		}
		losses = append(losses, lost(x, x, x))
	}
	all, err := BySwitches(routes, losses, nil)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	for i, want := range []struct{ routes, within int }{{2, 2}, {4, 0}, {2, 0}} {
		if g := all[i]; g.Switches != i || g.Routes != want.routes || g.Within != want.within || len(g.Worst.Switches) != i || g.Worst.Start != Sparse || math.Abs(g.WorstOver.Mean-float64(i)) > 1e-9 {
			t.Errorf("%d switches: %+v", i, g)
		}
	}
	end := Sparse
	some, err := BySwitches(routes, losses, &end)
	n := 0
	for _, g := range some {
		n += g.Routes
		if g.Worst.End() != Sparse {
			t.Errorf("ends in %v: %+v", g.Worst.End(), g)
		}
	}
	if err != nil || n != 4 {
		t.Errorf("%d routes end in the sparse model, %v", n, err)
	}
	if _, err := BySwitches(routes[1:], losses, nil); err == nil {
		t.Error("routes and losses of other numbers")
	}
	if _, err := BySwitches(routes[1:2], losses[1:2], nil); err == nil {
		t.Error("without the two models")
	}
	if n := len(SomeRoutes(7)); n != 2*(1+7+21+1) {
		t.Errorf("%d routes through 7 boundaries", n)
	}
}
