package circuit_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNodePaths(t *testing.T) {
	for _, c := range []struct {
		path        string
		node        Node
		layer       int
		block, kind string
	}{
		{"0.mlp.post_act[863]", Node{"0.mlp.post_act", 863}, 0, MLP, PostAct},
		{"10.attn.q[0]", Node{"10.attn.q", 0}, 10, Attn, Query},
		{"3.attn.act_in[7]", Node{"3.attn.act_in", 7}, 3, Attn, ActIn},
		{"3.mlp.act_in[7]", Node{"3.mlp.act_in", 7}, 3, MLP, ActIn},
		{"final_resid[12]", Node{"final_resid", 12}, NoLayer, "", FinalResid},
	} {
		n, err := ParseNode(c.path)
		if err != nil || n != c.node || n.String() != c.path {
			t.Errorf("%s: parsed as %v, %v", c.path, n, err)
		}
		if n.Layer() != c.layer || n.Block() != c.block || n.Kind() != c.kind {
			t.Errorf("%s: layer %d, block %q, kind %q", c.path, n.Layer(), n.Block(), n.Kind())
		}
	}
}

// badPaths are near misses of a path, with what the error says of them.
var badPaths = map[string]string{
	"":                                     "like",
	"0.mlp.post_act":                       "like",
	"0.mlp.post_act[]":                     "like",
	"0.mlp.post_act[-1]":                   "like",
	"0.mlp.post_act[+1]":                   "like",
	"0.mlp.post_act[01]":                   "like",
	"0.mlp.post_act[ 1]":                   "like",
	"0.mlp.post_act[1]]":                   "like",
	"0.mlp.post_act[1][2]":                 "like",
	"0.mlp.post_act[1] ":                   "like",
	"0.mlp.post_act[1":                     "like",
	"0.mlp.post_act1]":                     "like",
	"0.mlp.post_act[1e3]":                  "like",
	"0.mlp.post_act[٣]":                    "like",
	"0.mlp.post_act[99999999999999999999]": "like",
	"[3]":                                  "holds no nodes",
	"mlp.post_act[3]":                      "has no layer",
	"00.mlp.post_act[3]":                   "holds no nodes",
	"-1.mlp.post_act[3]":                   "holds no nodes",
	"0.mlp.q[3]":                           "holds no nodes",
	"0.attn.y[3]":                          "attn.v",
	"0.resid_mid[3]":                       "holds no nodes",
	"0.final_resid[3]":                     "holds no nodes",
	"embed[3]":                             "final_resid",
	"0.MLP.post_act[3]":                    "holds no nodes",
	"0.mlp.post_act.[3]":                   "holds no nodes",
	"99999999999999999999.attn.q[3]":       "holds no nodes",
}

func TestParseNodeRefuses(t *testing.T) {
	for path, say := range badPaths {
		n, err := ParseNode(path)
		if n != (Node{}) {
			t.Errorf("%q: got %v with an error", path, n)
		}
		mustContain(t, err, say)
		mustContain(t, err, strconv.Quote(path))
	}
}

func TestPathsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, n := range allNodes(genShape().Draw(t, "shape")) {
			if got, err := ParseNode(n.String()); err != nil || got != n {
				t.Fatalf("%v came back as %v, %v", n, got, err)
			}
		}
	})
}

func FuzzParseNode(f *testing.F) {
	for path := range badPaths {
		f.Add(path)
	}
	f.Add("0.mlp.post_act[863]")
	f.Add("final_resid[0]")
	f.Fuzz(func(t *testing.T, path string) {
		n, err := ParseNode(path)
		if err != nil {
			return
		}
		if n.String() != path {
			t.Errorf("%q was read as %s", path, n)
		}
		if n.Index < 0 || n.Kind() == "" {
			t.Errorf("%q was read as index %d, kind %q", path, n.Index, n.Kind())
		}
	})
}

func TestSitesAreOrderedAsTheForwardPass(t *testing.T) {
	sites := Shape{Layers: 12}.Sites()
	want := append(slices.Clone(sites), "", "0.attn.y", "embed")
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, CompareSites)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// The order is total: one of two sites comes first, whichever is asked first.
	for i, a := range want {
		for j, b := range want {
			if got := CompareSites(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("CompareSites(%q, %q) = %d", a, b, got)
			}
		}
	}
}

func TestNodesAreOrderedBySiteThenIndex(t *testing.T) {
	a, b, c := Node{"2.attn.q", 9}, Node{"2.attn.q", 10}, Node{"10.attn.act_in", 0}
	if a.Compare(b) >= 0 || b.Compare(c) >= 0 || c.Compare(a) <= 0 || a.Compare(a) != 0 {
		t.Error("want 2.attn.q[9], 2.attn.q[10], 10.attn.act_in[0] in this order")
	}
}

func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genCircuit().Draw(t, "circuit")
		got := *want
		got.Nodes = rapid.Permutation(want.Nodes).Draw(t, "nodes")
		got.Edges = rapid.Permutation(want.Edges).Draw(t, "edges")
		got.Sort()
		if d := cmp.Diff(want, &got, equateEmpty); d != "" {
			t.Error(d)
		}
	})
}

func TestEdgePrints(t *testing.T) {
	if got := quotes().Edges[0].String(); got != "0.mlp.act_in[207] → 0.mlp.post_act[863]" || strings.Contains(got, "\n") {
		t.Error(got)
	}
}
