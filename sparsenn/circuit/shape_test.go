package circuit_test

import (
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"pgregory.net/rapid"
)

func TestShapeSites(t *testing.T) {
	got := strings.Join(Shape{Layers: 2}.Sites(), " ")
	want := "0.attn.act_in 0.attn.q 0.attn.k 0.attn.v 0.attn.resid_delta 0.mlp.act_in 0.mlp.post_act 0.mlp.resid_delta " +
		"1.attn.act_in 1.attn.q 1.attn.k 1.attn.v 1.attn.resid_delta 1.mlp.act_in 1.mlp.post_act 1.mlp.resid_delta final_resid"
	if got != want {
		t.Errorf("sites\n%s\nwant\n%s", got, want)
	}
	for _, layers := range []int{0, -1} {
		if got := (Shape{Layers: layers}).Sites(); len(got) != 1 || got[0] != FinalResid {
			t.Errorf("%d layers have sites %v", layers, got)
		}
	}
}

func TestShapeWidths(t *testing.T) {
	s := Shape{Layers: 2, DModel: 32, Heads: 3, DHead: 5, DMLP: 128, DPos: 4, Vocab: 64}
	for site, want := range map[string]int{"0.attn.act_in": 36, "1.attn.q": 15, "1.attn.k": 15, "1.attn.v": 15, "0.attn.resid_delta": 32,
		"0.mlp.act_in": 36, "1.mlp.post_act": 128, "1.mlp.resid_delta": 32, "final_resid": 32} {
		if got, err := s.Width(site); err != nil || got != want {
			t.Errorf("%s: width %d, %v; want %d", site, got, err, want)
		}
	}
	for site, want := range map[string]string{"2.attn.q": "layers 0 to 1", "0.attn.y": "holds no nodes", "": "holds no nodes"} {
		width, err := s.Width(site)
		if width != 0 {
			t.Errorf("%q: width %d with an error", site, width)
		}
		mustContain(t, err, want)
	}
}

// The numbers of nodes of two published models (Gao et al., released circuits).
func TestShapesOfTheReleaseHaveItsNodes(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		want  int
	}{
		{drawn, 136_192},
		{Shape{Layers: 8, DModel: 2048, Heads: 128, DHead: 16, DMLP: 8192, DPos: 32, Vocab: 2048, Sink: true}, 182_784},
	} {
		if got := len(allNodes(c.shape)); got != c.want {
			t.Errorf("%d nodes, want %d", got, c.want)
		}
	}
}

func TestHead(t *testing.T) {
	s := Shape{Layers: 3, DModel: 2048, Heads: 128, DHead: 16, DMLP: 1, Vocab: 1}
	for _, c := range []struct {
		path          string
		head, channel int
		ok            bool
	}{
		{"2.attn.v[2012]", 125, 12, true},
		{"2.attn.q[1284]", 80, 4, true},
		{"2.attn.k[0]", 0, 0, true},
		{"2.attn.k[2048]", 0, 0, false},
		{"3.attn.k[0]", 0, 0, false},
		{"2.attn.act_in[20]", 0, 0, false},
		{"final_resid[20]", 0, 0, false},
	} {
		head, channel, ok := s.Head(node(c.path))
		if head != c.head || channel != c.channel || ok != c.ok {
			t.Errorf("%s: head %d, channel %d, %v", c.path, head, channel, ok)
		}
	}
	if _, _, ok := (Shape{}).Head(node("0.attn.q[0]")); ok {
		t.Error("a shape without heads has one")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := genShape().Draw(t, "shape")
		for _, n := range allNodes(s) {
			if head, channel, ok := s.Head(n); ok && (head*s.DHead+channel != n.Index || head >= s.Heads || channel >= s.DHead) {
				t.Fatalf("%s: head %d of %d, channel %d of %d", n, head, s.Heads, channel, s.DHead)
			}
		}
	})
}

func TestShapeCheck(t *testing.T) {
	largest := Shape{Layers: 10_000, DModel: 1 << 24, Heads: 1 << 24, DHead: 1 << 24, DMLP: 1 << 24, DPos: 1 << 24, Vocab: 1 << 24}
	for _, s := range []Shape{drawn, largest, {Layers: 1, DModel: 1, Heads: 1, DHead: 1, DMLP: 1, Vocab: 1}} {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
	for want, change := range map[string]func(*Shape){
		"layers is 0":      func(s *Shape) { s.Layers = 0 },
		"layers is 100000": func(s *Shape) { s.Layers = 100_000 },
		"d_model is -1":    func(s *Shape) { s.DModel = -1 },
		"heads is 0":       func(s *Shape) { s.Heads = 0 },
		"d_head is 4611":   func(s *Shape) { s.DHead = 1 << 62 },
		"d_mlp is 0":       func(s *Shape) { s.DMLP = 0 },
		"d_pos is -2":      func(s *Shape) { s.DPos = -2 },
		"vocab is 0":       func(s *Shape) { s.Vocab = 0 },
	} {
		s := drawn
		change(&s)
		mustContain(t, s.Check(), want)
	}
}
