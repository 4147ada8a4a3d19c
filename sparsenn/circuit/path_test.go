package circuit_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"pgregory.net/rapid"
)

func TestPaths(t *testing.T) {
	c := quotes()
	for _, q := range []struct{ from, to, want string }{
		{"0.mlp.act_in[207]", "10.attn.resid_delta[83]",
			"0.mlp.act_in[207] → 0.mlp.post_act[863] → 0.mlp.resid_delta[460] ⇢ 10.attn.act_in[460] → 10.attn.v[656] → 10.attn.resid_delta[83]\n" +
				"0.mlp.act_in[207] → 0.mlp.post_act[863] → 0.mlp.resid_delta[985] ⇢ 10.attn.act_in[985] → 10.attn.k[657] ⊙ 10.attn.resid_delta[83]"},
		{"10.attn.q[657]", "10.attn.resid_delta[83]", "10.attn.q[657] ⊙ 10.attn.resid_delta[83]"},
		{"10.attn.v[656]", "10.attn.v[656]", "10.attn.v[656]"},
		{"10.attn.v[656]", "10.attn.k[657]", ""},
		{"10.attn.resid_delta[83]", "0.mlp.act_in[205]", ""},
		{"0.mlp.act_in[205]", "0.mlp.act_in[207]", ""},
	} {
		paths, err := c.Paths(node(q.from), node(q.to))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(list(paths), ", ", "\n"); got != q.want {
			t.Errorf("from %s to %s\n%s\nwant\n%s", q.from, q.to, got, q.want)
		}
	}
	_, err := c.Paths(node("0.mlp.act_in[1]"), node("10.attn.v[656]"))
	mustContain(t, err, "0.mlp.act_in[1] is not one of the circuit's nodes")
	_, err = c.Paths(node("10.attn.v[656]"), node("0.mlp.act_in[1]"))
	mustContain(t, err, "0.mlp.act_in[1] is not one of the circuit's nodes")
}

// TestPathsAreLimited: exactly MaxPaths are listed, one more is an error.
func TestPathsAreLimited(t *testing.T) {
	for extra := range 2 {
		s := Shape{Layers: 1, DModel: 1, Heads: 1, DHead: 1, DMLP: MaxPaths + extra, Vocab: 1}
		from, to := node("0.mlp.act_in[0]"), node("0.mlp.resid_delta[0]")
		kept := []Kept{{Node: from}, {Node: to}}
		for i := range s.DMLP {
			kept = append(kept, Kept{Node: Node{"0.mlp.post_act", i}})
		}
		sizes := tensorSizes(s)
		nodes, edges, err := Build(s, kept, func(name string) ([]float32, error) {
			return slices.Repeat([]float32{1}, sizes[name][0]*sizes[name][1]), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c := &Circuit{Model: s, Nodes: nodes, Edges: edges}
		paths, err := c.Paths(from, to)
		if extra == 0 && (err != nil || len(paths) != MaxPaths) {
			t.Errorf("%d paths, %v", len(paths), err)
		}
		if extra == 1 {
			mustContain(t, err, "more than 10000 lead from 0.mlp.act_in[0] to 0.mlp.resid_delta[0]")
		}
	}
}

// hop says by the definitions, not by Paths, how a leads to b.
func hop(c *Circuit, a, b Node) (Hop, bool) {
	for _, e := range c.Edges {
		if e.From == a && e.To == b {
			return EdgeHop, true
		}
	}
	if a.Kind() == ResidDelta && (b.Kind() == ActIn || b.Kind() == FinalResid) && a.Index == b.Index {
		later := b.Layer() > a.Layer() || b.Layer() == NoLayer || b.Layer() == a.Layer() && a.Block() == Attn && b.Block() == MLP
		return LaneHop, later
	}
	if a.Kind() == Query || a.Kind() == Key {
		for _, e := range c.Edges {
			if e.To == b && e.From.Kind() == Value && e.From.Layer() == a.Layer() && e.From.Index/c.Model.DHead == a.Index/c.Model.DHead {
				return HeadHop, true
			}
		}
	}
	return "", false
}

// TestPathsAreAllThereAre compares with counting them from the last node back.
func TestPathsAreAllThereAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCircuit().Filter(func(c *Circuit) bool { return len(c.Nodes) > 0 }).Draw(t, "circuit")
		some := rapid.SampledFrom(c.Nodes)
		from, to := some.Draw(t, "from").Node, some.Draw(t, "to").Node
		// Hops lead forward, so that the nodes in reverse are an order to count in.
		ways := map[Node]*big.Int{}
		for i := len(c.Nodes) - 1; i >= 0; i-- {
			n := c.Nodes[i].Node
			ways[n] = new(big.Int)
			if n == to {
				ways[n].SetInt64(1)
				continue
			}
			for _, m := range c.Nodes[i+1:] {
				if _, ok := hop(c, n, m.Node); ok {
					ways[n].Add(ways[n], ways[m.Node])
				}
			}
		}
		paths, err := c.Paths(from, to)
		if ways[from].Cmp(big.NewInt(MaxPaths)) > 0 {
			if err == nil {
				t.Fatalf("%d paths of %s", len(paths), ways[from])
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if big.NewInt(int64(len(paths))).Cmp(ways[from]) != 0 {
			t.Fatalf("%d paths of %s", len(paths), ways[from])
		}
		for i, p := range paths {
			if p.Nodes[0] != from || p.Nodes[len(p.Nodes)-1] != to || len(p.Hops) != len(p.Nodes)-1 {
				t.Fatalf("%s does not lead from %s to %s", p, from, to)
			}
			for j, h := range p.Hops {
				if got, ok := hop(c, p.Nodes[j], p.Nodes[j+1]); !ok || got != h {
					t.Fatalf("%s: hop %d is %q, want %q", p, j, h, got)
				}
			}
			if i > 0 && slices.CompareFunc(paths[i-1].Nodes, p.Nodes, Node.Compare) >= 0 {
				t.Fatalf("%s comes after %s", p, paths[i-1])
			}
		}
	})
}
