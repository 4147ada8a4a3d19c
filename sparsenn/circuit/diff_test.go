package circuit_test

import (
	"slices"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCompare(t *testing.T) {
	a, b := quotes(), quotes()
	b.Task = "other"
	b.Nodes[2].Effect = pointer(0.5)
	b.Nodes = b.Nodes[1:] // without act_in[205], and so without its edge
	b.Edges = append(b.Edges[:1], b.Edges[2:]...)
	b.Edges[0].Weight, b.Edges[0].Effect = 0.125, pointer(0.25)
	extra := Kept{Node: node("final_resid[83]")}
	b.Nodes = append(b.Nodes, extra)
	d, err := Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string]string{
		cmp.Diff([]Kept{a.Nodes[0]}, d.OnlyA):                                                      "nodes of a",
		cmp.Diff([]Kept{extra}, d.OnlyB):                                                           "nodes of b",
		cmp.Diff(KeptPair{a.Nodes[2].Node, a.Nodes[2], b.Nodes[1]}, d.Both[1]):                     "the pair with an effect",
		cmp.Diff([]Edge{a.Edges[1]}, d.EdgesOnlyA):                                                 "edges of a",
		cmp.Diff([]Edge(nil), d.EdgesOnlyB):                                                        "edges of b",
		cmp.Diff(EdgePair{a.Edges[0].From, a.Edges[0].To, a.Edges[0], b.Edges[0]}, d.EdgesBoth[0]): "the pair with other weights",
	} {
		if what != "" {
			t.Error(got, what)
		}
	}
	if len(d.Both) != 11 || len(d.EdgesBoth) != 8 || d.NodeJaccard != 11.0/13 || d.EdgeJaccard != 8.0/9 {
		t.Errorf("%d nodes and %d edges are in both, overlaps %v and %v", len(d.Both), len(d.EdgesBoth), d.NodeJaccard, d.EdgeJaccard)
	}
	first, last := d.Sites[0], d.Sites[len(d.Sites)-1]
	if (first != SitePair{"0.mlp.act_in", 2, 1, 1}) || (last != SitePair{"final_resid", 0, 1, 0}) || len(d.Sites) != 9 {
		t.Errorf("sites %v", d.Sites)
	}
}

func TestCompareRefuses(t *testing.T) {
	for want, change := range map[string]func(s *Shape){
		"layers is 12 in a and 13 in b":      func(s *Shape) { s.Layers++ },
		"d_model is 1024 in a and 1025 in b": func(s *Shape) { s.DModel++ },
		"heads is 128 in a and 129 in b":     func(s *Shape) { s.Heads++ },
		"d_head is 8 in a and 9 in b":        func(s *Shape) { s.DHead++ },
		"d_mlp is 4096 in a and 4097 in b":   func(s *Shape) { s.DMLP++ },
		"d_pos is 0 in a and 1 in b":         func(s *Shape) { s.DPos++ },
		"vocab is 2048 in a and 2049 in b":   func(s *Shape) { s.Vocab++ },
		"sink is false in a and true in b":   func(s *Shape) { s.Sink = true },
	} {
		b := quotes()
		change(&b.Model)
		d, err := Compare(quotes(), b)
		if d != nil {
			t.Errorf("%s: a diff came with the error", want)
		}
		mustContain(t, err, want)
	}
	b := quotes()
	b.Ablation = "?"
	_, err := Compare(quotes(), b)
	mustContain(t, err, "circuit b: ablation")
	_, err = Compare(nil, quotes())
	mustContain(t, err, "circuit a: there is no circuit")
}

// TestDiffSplitsBothCircuits: what is only in one and what is in both make up each
// circuit again, and turning the question round turns the answer round.
func TestDiffSplitsBothCircuits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genShape().Draw(t, "shape")
		a, b := genCircuitOf(s).Draw(t, "a"), genCircuitOf(s).Draw(t, "b")
		d, err := Compare(a, b)
		if err != nil {
			t.Fatal(err)
		}
		again := Circuit{Nodes: slices.Clone(d.OnlyA), Edges: slices.Clone(d.EdgesOnlyA)}
		for _, p := range d.Both {
			again.Nodes = append(again.Nodes, p.A)
			if p.Node != p.A.Node || p.Node != p.B.Node {
				t.Errorf("%s is paired with %s and %s", p.Node, p.A, p.B)
			}
		}
		for _, p := range d.EdgesBoth {
			again.Edges = append(again.Edges, p.A)
			if p.From != p.A.From || p.To != p.A.To || p.From != p.B.From || p.To != p.B.To {
				t.Errorf("%s → %s is paired with %s and %s", p.From, p.To, p.A, p.B)
			}
		}
		again.Sort()
		if x := cmp.Diff(a.Nodes, again.Nodes, equateEmpty) + cmp.Diff(a.Edges, again.Edges, equateEmpty); x != "" {
			t.Error(x)
		}
		nodes, both := 0, 0
		for _, p := range d.Sites {
			nodes, both = nodes+p.A+p.B, both+p.Both
			if p.Both > min(p.A, p.B) || p.A+p.B == 0 {
				t.Errorf("%v", p)
			}
		}
		if nodes != len(a.Nodes)+len(b.Nodes) || both != len(d.Both) {
			t.Errorf("sites count %d nodes, %d in both", nodes, both)
		}
		if union := len(d.OnlyA) + len(d.OnlyB) + len(d.Both); union > 0 && d.NodeJaccard != float64(len(d.Both))/float64(union) {
			t.Errorf("overlap %v", d.NodeJaccard)
		}
		back, err := Compare(b, a)
		if err != nil {
			t.Fatal(err)
		}
		if x := cmp.Diff(d.OnlyA, back.OnlyB) + cmp.Diff(d.EdgesOnlyA, back.EdgesOnlyB); x != "" {
			t.Error(x)
		}
		self, err := Compare(a, a)
		if err != nil {
			t.Fatal(err)
		}
		if self.NodeJaccard != 1 || self.EdgeJaccard != 1 || self.OnlyA != nil || self.OnlyB != nil || len(self.EdgesBoth) != len(a.Edges) {
			t.Errorf("a circuit differs from itself: %+v", self)
		}
	})
}
