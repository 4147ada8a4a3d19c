package circuits

import (
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/circuitsample"

	"pgregory.net/rapid"
)

// TestSlots compares the placement with the best of all placements.
func TestSlots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(1, 4).Draw(t, "things")
		want := rapid.SliceOfN(rapid.Float64Range(-2, 9), m, m).Draw(t, "want")
		gap := rapid.SliceOfN(rapid.IntRange(1, 2), m, m).Draw(t, "gap")
		need := 0
		for _, g := range gap {
			need += g
		}
		n := need + rapid.IntRange(0, 3).Draw(t, "room")
		cost := func(slots []int) float64 {
			sum := 0.0
			for i, s := range slots {
				d := float64(s) - 0.5 - want[i]
				sum += d * d
			}
			return sum
		}
		best := math.Inf(1)
		var try func(at []int)
		try = func(at []int) {
			if len(at) == m {
				best = math.Min(best, cost(at))
				return
			}
			from := gap[0] - 1
			if len(at) > 0 {
				from = at[len(at)-1] + gap[len(at)]
			}
			for s := from; s < n; s++ {
				try(append(slices.Clone(at), s))
			}
		}
		try(nil)
		got := slots(want, gap, n)
		for i, s := range got {
			if s < 0 || s >= n || i == 0 && s < gap[0]-1 || i > 0 && s-got[i-1] < gap[i] {
				t.Fatalf("%v with gaps %v in %d slots", got, gap, n)
			}
		}
		if c := cost(got); c > best+1e-9 {
			t.Fatalf("%v costs %v, the best %v", got, c, best)
		}
	})
	if slots(nil, nil, 3) != nil {
		t.Error("nothing has a place")
	}
}

// wired draws a circuit from a seed and wires it.
func wired(t *rapid.T) (*circuit.Circuit, *wiring) {
	c := circuitsample.Made(rapid.Uint64Range(0, 1000).Draw(t, "seed"), circuit.Shape{Layers: 3, DModel: 32, Heads: 4, DHead: 8, DMLP: 64, DPos: rapid.IntRange(0, 3).Draw(t, "positions"), Vocab: 64},
		rapid.IntRange(1, 60).Draw(t, "nodes"), rapid.Float64Range(0, 1).Draw(t, "density"))
	return c, wireAll(c)
}

func wireAll(c *circuit.Circuit) *wiring {
	var nodes []circuit.Node
	for _, n := range c.Nodes {
		nodes = append(nodes, n.Node)
	}
	return wire(c.Model, nodes, c.Edges)
}

// TestArrange: lanes have whole rows of their own, what is inside a block half rows, one for each
// node, and heads stay together.
func TestArrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, w := wired(t)
		r := w.arrange()
		seen := map[float64]bool{}
		for i, y := range r.lane {
			if y != math.Trunc(y) || y < 0 || y > float64(r.height-1) || seen[y] || i > 0 && y < r.lane[i-1] {
				t.Fatalf("lanes at %v of %d rows", r.lane, r.height)
			}
			seen[y] = true
			for _, s := range w.lanes[i].stops {
				if r.node[s] != y {
					t.Fatalf("%s is at %v, its lane at %v", w.nodes[s], r.node[s], y)
				}
			}
		}
		for _, b := range w.blocks {
			at := math.Inf(-1)
			for _, n := range b.mid {
				y := r.node[n]
				if y == math.Trunc(y) || y < -0.5 || y > float64(r.height)-0.5 || y < at+1 {
					t.Fatalf("%s is at %v below %v, %d rows", w.nodes[n], y, at, r.height)
				}
				at = y
			}
			for i := range b.heads {
				all := b.heads[i].all()
				first := slices.Index(b.mid, all[0])
				if !slices.Equal(b.mid[first:first+len(all)], all) {
					t.Fatalf("head %d is torn: %v in %v", b.heads[i].number, all, b.mid)
				}
				if first > 0 && r.node[all[0]] < r.node[b.mid[first-1]]+2 {
					t.Fatalf("no room above head %d", b.heads[i].number)
				}
			}
		}
	})
}

// TestArrangeImproves: the order found is no worse than the one that lanes first come in, and where
// a drawing without crossings is easily seen, it is found.
func TestArrangeImproves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, w := wired(t)
		before := w.cost(w.settle())
		if after := w.cost(w.arrange()); after > before+1e-9 {
			t.Fatalf("cost rose from %v to %v", before, after)
		}
	})
	w := paths(t, smallShape, "0.mlp.act_in[0] 0.mlp.act_in[1] 0.mlp.act_in[2] 0.mlp.post_act[9] 0.mlp.post_act[5] 0.mlp.post_act[1] 0.mlp.resid_delta[5] 0.mlp.resid_delta[4] 0.mlp.resid_delta[3]",
		"0.mlp.act_in[0] > 0.mlp.post_act[9]", "0.mlp.act_in[1] > 0.mlp.post_act[5]", "0.mlp.act_in[2] > 0.mlp.post_act[1]",
		"0.mlp.post_act[9] > 0.mlp.resid_delta[4]", "0.mlp.post_act[5] > 0.mlp.resid_delta[3]", "0.mlp.post_act[1] > 0.mlp.resid_delta[5]")
	if c := w.cost(w.arrange()); c >= 1 {
		t.Errorf("three chains cross: cost %v, %+v", c, w.lanes)
	}
}

// TestCost counts crossings by hand.
func TestCost(t *testing.T) {
	w := paths(t, smallShape, "0.mlp.act_in[0] 0.mlp.act_in[1] 0.mlp.post_act[0] 0.mlp.post_act[1]",
		"0.mlp.act_in[0] > 0.mlp.post_act[1]", "0.mlp.act_in[1] > 0.mlp.post_act[0]", "0.mlp.act_in[0] > 0.mlp.post_act[0]")
	r := &rows{node: []float64{0, 1, -0.5, 0.5}}
	if got, want := w.cost(r), 1+0.15*(0.5+1.5+0.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("cost %v, want %v: one crossing, and a little for the length", got, want)
	}
}

// TestArrangeStable: the same circuit is always arranged alike.
func TestArrangeStable(t *testing.T) {
	c := circuitsample.Made(5, circuit.Shape{Layers: 3, DModel: 32, Heads: 4, DHead: 8, DMLP: 64, Vocab: 64}, 80, 0.4)
	first := wireAll(c).arrange()
	for range 5 {
		if r := wireAll(c).arrange(); !slices.Equal(r.node, first.node) || !slices.Equal(r.lane, first.lane) {
			t.Fatal("arranged in two ways")
		}
	}
}
