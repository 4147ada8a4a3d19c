package experiment

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/stat"
	_ "circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/verify"

	"pgregory.net/rapid"
)

// findingOf is a finding of a circuit with so many nodes and edges, of which only the
// numbers mean anything.
func findingOf(nodes, edges int, reached bool) *Finding {
	c := &circuit.Circuit{Nodes: make([]circuit.Kept, nodes), Edges: make([]circuit.Edge, edges)}
	return &Finding{Pruned: &prune.Result{Best: prune.Trial{Reached: reached}}, Proved: &verify.Result{Circuit: c}}
}

func TestSummarise(t *testing.T) {
	list := []*Finding{findingOf(20, 9, true), findingOf(12, 30, true), findingOf(12, 8, true), findingOf(5, 1, false)}
	if got, want := Summarise(list), (Summary{N: 4, Reached: 3, Best: 2, MedianNodes: 12, MedianEdges: 8.5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := Summarise(nil), (Summary{Best: -1}); got != want {
		t.Errorf("of none: %+v", got)
	}
	if got := Summarise([]*Finding{findingOf(3, 4, false)}); got.Best != -1 || got.MedianNodes != 3 || got.MedianEdges != 4 {
		t.Errorf("of one that missed: %+v", got)
	}
}

// TestSummariseProperties: medians lie among the sizes and do not depend on the
// order, and nothing that met the target is smaller than the best.
func TestSummariseProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []*Finding
		var nodes []int
		for i := range rapid.IntRange(1, 7).Draw(t, "findings") {
			n := rapid.IntRange(0, 30).Draw(t, fmt.Sprint("nodes ", i))
			nodes = append(nodes, n)
			list = append(list, findingOf(n, rapid.IntRange(0, 30).Draw(t, fmt.Sprint("edges ", i)), rapid.Bool().Draw(t, fmt.Sprint("reached ", i))))
		}
		s := Summarise(list)
		below, above := 0, 0
		for i, f := range list {
			if float64(f.Nodes()) < s.MedianNodes {
				below++
			}
			if float64(f.Nodes()) > s.MedianNodes {
				above++
			}
			if f.Reached() && (s.Best < 0 || f.Nodes() < list[s.Best].Nodes() || f.Nodes() == list[s.Best].Nodes() && f.Edges() < list[s.Best].Edges()) {
				t.Fatalf("%d is smaller than the best, %d", i, s.Best)
			}
		}
		if 2*below > len(list) || 2*above > len(list) {
			t.Fatalf("%v is no median of %v", s.MedianNodes, nodes)
		}
		if s.Best >= 0 && !list[s.Best].Reached() {
			t.Fatal("the best missed the target")
		}
		slices.Reverse(list)
		if r := Summarise(list); r.MedianNodes != s.MedianNodes || r.MedianEdges != s.MedianEdges || r.Reached != s.Reached {
			t.Fatalf("reversed: %+v, %+v", r, s)
		}
	})
}

// withNodes is a finding whose circuit has nodes with effects.
func withNodes(effects map[circuit.Node]float64, without ...circuit.Node) *Finding {
	f := findingOf(0, 0, true)
	c := f.Proved.Circuit
	for n, e := range effects {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: n, Effect: new(e)})
	}
	for _, n := range without {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: n})
	}
	c.Sort()
	return f
}

func TestPerSite(t *testing.T) {
	v, act := circuit.Node{Site: "0.attn.v", Index: 3}, circuit.Node{Site: "0.attn.act_in", Index: 1}
	post, post2 := circuit.Node{Site: "1.mlp.post_act", Index: 5}, circuit.Node{Site: "1.mlp.post_act", Index: 6}
	got := PerSite([]*Finding{withNodes(nil, post, v), withNodes(nil), withNodes(nil, post, post2, act)})
	want := []SiteCount{{"0.attn.act_in", []int{0, 0, 1}}, {"0.attn.v", []int{1, 0, 0}}, {"1.mlp.post_act", []int{1, 0, 2}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := PerSite(nil); got != nil {
		t.Errorf("of none: %+v", got)
	}
}

func TestLosses(t *testing.T) {
	f := findingOf(0, 0, true)
	if f.Losses() != nil {
		t.Error("losses without a proof")
	}
	one := func(x float64) stat.Estimate { return stat.Estimate{Mean: x, Lo: x, Hi: x, N: 1} }
	f.Circuit().Proof = &circuit.Proof{Full: one(1), Alone: one(2), Removed: one(3), RandomAlone: one(4), RandomRemoved: one(5)}
	names := ""
	for i, l := range f.Losses() {
		if l.Mean != float64(i+1) || l.Label == "" {
			t.Errorf("%+v", l)
		}
		names += l.Name + " "
	}
	if names != "full alone removed random_alone random_removed " {
		t.Error(names)
	}
}
