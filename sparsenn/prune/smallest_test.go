package prune

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"circuitbook/sparsenn/ablate"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestRank: by τ, ties by gradient, then by place.
func TestRank(t *testing.T) {
	got := rank([]float64{0, 1, 1, -1, 1}, []float64{0, 5, -5, 0, 5})
	if want := []int{2, 1, 4, 0, 3}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		tau := rapid.SliceOf(rapid.SampledFrom([]float64{-1, 0, 1})).Draw(t, "tau")
		gradient := make([]float64, len(tau))
		order := rank(tau, gradient)
		seen := slices.Sorted(slices.Values(order))
		for i, at := range seen {
			if i != at {
				t.Fatalf("%v is no order", order)
			}
		}
		for i := 1; i < len(order); i++ {
			if tau[order[i-1]] < tau[order[i]] || tau[order[i-1]] == tau[order[i]] && order[i-1] > order[i] {
				t.Fatalf("%v for %v", order, tau)
			}
		}
	})
}

// criterionOf is a criterion of an untrained run at a target.
func criterionOf(t *testing.T, target float64) *criterion {
	t.Helper()
	e, _ := evaluatorOf(t, untrained(t), 8)
	return &criterion{Evaluator: e, probe: e, target: target} // without the host pass
}

// TestSmallest: what it returns is good enough, and one node fewer of the order
// is not, or training had left fewer open.
func TestSmallest(t *testing.T) {
	j := criterionOf(t, 0)
	order := make([]int, j.Space.Len())
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	prefix := func(k int) ablate.Mask {
		m := make(ablate.Mask, len(order))
		for _, i := range order[:k] {
			m[i] = true
		}
		return m
	}
	all, _, err := j.Loss(j.All())
	if err != nil {
		t.Fatal(err)
	}
	j.target = all + 0.01
	for _, open := range []int{0, 1, len(order) / 2, len(order)} {
		m, reached, err := j.smallest(order, open)
		if err != nil || !reached {
			t.Fatalf("open %d: reached %v, %v", open, reached, err)
		}
		if ok, loss, _ := j.good(m); !ok {
			t.Errorf("open %d: %d nodes have a loss of %v, the target is %v", open, m.Count(), loss, j.target)
		}
		k := m.Count()
		if !slices.Equal(m, prefix(k)) {
			t.Errorf("open %d: not the first %d of the order", open, k)
		}
		if k > 0 {
			if ok, _, _ := j.good(prefix(k - 1)); ok {
				t.Errorf("open %d: %d nodes would do, not only %d", open, k-1, k)
			}
		}
	}
	j.target = all / 2
	if m, reached, err := j.smallest(order, 3); err != nil || reached || m.Count() != len(order) {
		t.Errorf("out of reach: %d nodes, reached %v, %v", m.Count(), reached, err)
	}
	j.confidence = 2
	if b := j.bound(0.1, 0.02); b != 0.1+2*0.02 {
		t.Errorf("the bound is %v", b)
	}
}

// TestEliminate: afterwards no single node may go, and none came in.
func TestEliminate(t *testing.T) {
	j := criterionOf(t, 0)
	start := make(ablate.Mask, j.Space.Len())
	for i := 0; i < len(start); i += 9 {
		start[i] = true
	}
	loss, _, err := j.Loss(start)
	if err != nil {
		t.Fatal(err)
	}
	j.target = loss + 1e-4
	m, err := j.eliminate(context.Background(), start, nil)
	if err != nil {
		t.Fatal(err)
	}
	if ok, loss, _ := j.good(m); !ok {
		t.Errorf("the loss is %v, the target %v", loss, j.target)
	}
	if m.Count() >= start.Count() {
		t.Errorf("%d of %d nodes are left", m.Count(), start.Count())
	}
	for i, kept := range m {
		if kept && !start[i] {
			t.Fatalf("node %d came in", i)
		}
		if !kept {
			continue
		}
		n := slices.Clone(m)
		n[i] = false
		if ok, loss, _ := j.good(n); ok {
			t.Errorf("without node %d the loss is %v, which would do", i, loss)
		}
	}
	// A change of it is good enough too, may bring nodes in, and depends on the
	// seed alone.
	var changed []ablate.Mask
	for _, seed := range []uint64{1, 1, 2} {
		n, err := j.perturb(context.Background(), m, make([]float32, len(m)), rand.New(rand.NewPCG(seed, 0)))
		if err != nil {
			t.Fatal(err)
		}
		if ok, loss, _ := j.good(n); !ok {
			t.Errorf("changed, the loss is %v, the target %v", loss, j.target)
		}
		changed = append(changed, n)
	}
	if !slices.Equal(changed[0], changed[1]) {
		t.Error("the same seed changed it otherwise")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := j.eliminate(ctx, start, nil); err == nil {
		t.Error("a cancelled elimination went on")
	}
}
