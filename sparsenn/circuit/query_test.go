package circuit_test

import (
	"fmt"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// list prints nodes or edges in a row.
func list[T fmt.Stringer](all []T) string {
	var parts []string
	for _, v := range all {
		parts = append(parts, v.String())
	}
	return strings.Join(parts, ", ")
}

func TestQueries(t *testing.T) {
	c := quotes()
	for _, q := range []struct{ what, got, want string }{
		{"counts", fmt.Sprint(c.NodeCount(), " ", c.EdgeCount()), "12 9"},
		{"in of a neuron", list(c.In(node("0.mlp.post_act[863]"))), "0.mlp.act_in[207] → 0.mlp.post_act[863]"},
		{"in of a channel", list(c.In(node("0.mlp.resid_delta[460]"))),
			"0.mlp.post_act[863] → 0.mlp.resid_delta[460], 0.mlp.post_act[2790] → 0.mlp.resid_delta[460]"},
		{"in of a constant query", list(c.In(node("10.attn.q[657]"))), ""},
		{"out of a neuron", list(c.Out(node("0.mlp.post_act[2790]"))),
			"0.mlp.post_act[2790] → 0.mlp.resid_delta[460], 0.mlp.post_act[2790] → 0.mlp.resid_delta[985]"},
		{"out of the last", list(c.Out(node("10.attn.resid_delta[83]"))), ""},
		{"out of a node left out", list(c.Out(node("0.mlp.post_act[1]"))), ""},
		{"site", list(c.BySite("0.mlp.post_act")), "0.mlp.post_act[863], 0.mlp.post_act[2790]"},
		{"layer", list(c.ByLayer(10)), "10.attn.act_in[460], 10.attn.act_in[985], 10.attn.q[657], 10.attn.k[657], 10.attn.v[656], 10.attn.resid_delta[83]"},
		{"layer without nodes", list(c.ByLayer(1)), ""},
		{"outside the layers", list(full().ByLayer(NoLayer)), "final_resid[2]"},
		{"attention", list(full().ByBlock(0, Attn)), "0.attn.act_in[4], 0.attn.v[3], 0.attn.resid_delta[2]"},
		{"MLP", list(full().ByBlock(0, MLP)), ""},
		{"MLP of layer 0", fmt.Sprint(len(c.ByBlock(0, MLP))), "6"},
		{"head", list(c.ByHead(Head{10, 82})), "10.attn.q[657], 10.attn.k[657], 10.attn.v[656]"},
		{"head without nodes", list(c.ByHead(Head{10, 81})), ""},
		{"head of another layer", list(c.ByHead(Head{0, 82})), ""},
		{"heads", fmt.Sprint(c.Heads()), "[{10 82}]"},
		{"sites", fmt.Sprint(c.PerSite()), "[{0.mlp.act_in 2} {0.mlp.post_act 2} {0.mlp.resid_delta 2} " +
			"{10.attn.act_in 2} {10.attn.q 1} {10.attn.k 1} {10.attn.v 1} {10.attn.resid_delta 1}]"},
	} {
		if q.got != q.want {
			t.Errorf("%s:\n%s\nwant\n%s", q.what, q.got, q.want)
		}
	}
}

func TestHeadsAreSorted(t *testing.T) {
	c := &Circuit{Model: drawn}
	for _, path := range []string{"1.attn.q[9]", "1.attn.v[0]", "0.attn.k[17]", "1.attn.k[15]", "0.attn.act_in[3]"} {
		c.Nodes = append(c.Nodes, Kept{Node: node(path)})
	}
	if d := cmp.Diff([]Head{{0, 2}, {1, 0}, {1, 1}}, c.Heads()); d != "" {
		t.Error(d)
	}
}

func TestFindAndPerSite(t *testing.T) {
	c := full()
	k, ok := c.Find(node("0.attn.v[3]"))
	if d := cmp.Diff(c.Nodes[1], k); d != "" || !ok {
		t.Error(ok, d)
	}
	c.Nodes[0], c.Nodes[3] = c.Nodes[3], c.Nodes[0] // asked before it is sorted
	if got := fmt.Sprint(c.PerSite()); got != "[{0.attn.act_in 1} {0.attn.v 1} {0.attn.resid_delta 1} {final_resid 1}]" {
		t.Error(got)
	}
	if k, ok := c.Find(node("0.attn.v[2]")); ok || k != (Kept{}) {
		t.Errorf("found %v", k)
	}
}

// TestQueriesCoverACircuit: asked part by part, a circuit comes back whole.
func TestQueriesCoverACircuit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCircuit().Draw(t, "circuit")
		var in, out []Edge
		for _, n := range c.Nodes {
			in = append(in, c.In(n.Node)...)
			out = append(out, c.Out(n.Node)...)
		}
		if d := cmp.Diff(c.Edges, in, equateEmpty); d != "" {
			t.Error("edges by their heads", d)
		}
		if len(out) != len(in) {
			t.Errorf("%d edges lead in, %d out", len(in), len(out))
		}
		var bySite, byLayer, byBlock []Kept
		for _, s := range c.PerSite() {
			at := c.BySite(s.Site)
			if len(at) != s.Nodes || s.Nodes == 0 {
				t.Errorf("%s has %d nodes, %d counted", s.Site, len(at), s.Nodes)
			}
			bySite = append(bySite, at...)
		}
		heads := 0
		for l := range c.Model.Layers {
			byLayer = append(byLayer, c.ByLayer(l)...)
			byBlock = append(append(byBlock, c.ByBlock(l, Attn)...), c.ByBlock(l, MLP)...)
			for h := range c.Model.Heads {
				heads += len(c.ByHead(Head{l, h}))
			}
		}
		final := c.ByLayer(NoLayer)
		for name, got := range map[string][]Kept{"site": bySite, "layer": append(byLayer, final...), "block": append(byBlock, final...)} {
			if d := cmp.Diff(c.Nodes, got, equateEmpty); d != "" {
				t.Error("nodes by "+name, d)
			}
		}
		for _, h := range c.Heads() {
			heads -= len(c.ByHead(h))
		}
		if heads != 0 {
			t.Errorf("Heads misses some with %d nodes", heads)
		}
	})
}
