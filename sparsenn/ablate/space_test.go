package ablate

import (
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"

	"pgregory.net/rapid"
)

// TestPaperNodeCount: the published models have (11·layers+1)·d_model nodes with
// final_resid, and position channels at every act_in (Gao et al., §3.1).
func TestPaperNodeCount(t *testing.T) {
	c := model.Config{Vocab: 2048, Layers: 8, DModel: 2048, Heads: 128, DHead: 16, DMLP: 8192, Context: 1024, DPos: 32,
		AFrac: .25, ALocations: model.AllLocations(), Sink: true, Bigram: true, Bias: true, Activation: model.GELU}
	s, err := NewSpace(c, true)
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 182784 {
		t.Errorf("csp_yolo2 has %d nodes, want 182784", s.Len())
	}
	without, err := NewSpace(c, false)
	if err != nil || s.Len()-without.Len() != 2048 {
		t.Errorf("final_resid has %d nodes, %v", s.Len()-without.Len(), err)
	}
}

func TestSpaceIndexAndNode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := model.NewConfig(64, rapid.IntRange(1, 3).Draw(t, "layers"), 16*rapid.IntRange(1, 3).Draw(t, "width"), 16)
		c.DPos = rapid.IntRange(0, 3).Draw(t, "positions")
		s, err := NewSpace(c, rapid.Bool().Draw(t, "final"))
		if err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, s.Len()-1).Draw(t, "i")
		n := s.Node(i)
		back, err := s.Index(n)
		if err != nil || back != i {
			t.Fatalf("node %d is %s, which is node %d, %v", i, n, back, err)
		}
		w, err := c.Width(model.Site(n.Site))
		if err != nil || n.Index >= w {
			t.Fatalf("%s of %d, %v", n, w, err)
		}
		m, err := s.MaskOf([]circuit.Node{n})
		if err != nil || m.Count() != 1 || !m[i] || m.Not().Count() != s.Len()-1 {
			t.Fatalf("the mask of %s keeps %d, %v", n, m.Count(), err)
		}
	})
}

func TestSpaceErrors(t *testing.T) {
	c := model.NewConfig(64, 1, 32, 16)
	s, err := NewSpace(c, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []circuit.Node{{Site: "0.attn.q", Index: 32}, {Site: "0.attn.q", Index: -1}, {Site: "1.attn.q"}, {Site: "final_resid"}, {Site: "embed"}} {
		if i, err := s.Index(n); err == nil {
			t.Errorf("%s is node %d", n, i)
		}
		if _, err := s.MaskOf([]circuit.Node{n}); err == nil {
			t.Errorf("a mask keeps %s", n)
		}
	}
	c.Layers = 0
	if _, err := NewSpace(c, false); err == nil {
		t.Error("a model without layers has a space")
	}
}
