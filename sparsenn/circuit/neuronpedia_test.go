package circuit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// required are the fields that Neuronpedia's schema of graphs asks for, with their
// JSON types.
var required = map[string]map[string]string{
	"metadata": {"slug": "string", "scan": "string", "prompt_tokens": "[]interface {}", "prompt": "string"},
	"node": {"node_id": "string", "feature": "float64", "layer": "string", "ctx_idx": "float64", "feature_type": "string",
		"jsNodeId": "string", "clerp": "string"},
	"link": {"source": "string", "target": "string", "weight": "float64"},
}

type graph struct {
	Metadata map[string]any   `json:"metadata"`
	QParams  *map[string]any  `json:"qParams"`
	Nodes    []map[string]any `json:"nodes"`
	Links    []map[string]any `json:"links"`
}

// TestNeuronpediaMeetsTheSchema: required fields are there, ids are unique and
// links join nodes, with the weights of the edges.
func TestNeuronpediaMeetsTheSchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCircuit().Filter(func(c *Circuit) bool { return len(c.Nodes) > 0 }).Draw(t, "circuit")
		tokens := rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "tokens")
		text, err := Neuronpedia(c, "a-slug_1", strings.Join(tokens, ""), tokens)
		if err != nil {
			t.Fatal(err)
		}
		var g graph
		if err := json.Unmarshal(text, &g); err != nil {
			t.Fatal(err)
		}
		has := func(what string, object map[string]any) {
			for name, typ := range required[what] {
				if got := fmt.Sprintf("%T", object[name]); got != typ {
					t.Fatalf("%s: %s is a %s, want %s", what, name, got, typ)
				}
			}
		}
		has("metadata", g.Metadata)
		if g.QParams == nil || g.Nodes == nil || g.Links == nil {
			t.Fatalf("qParams, nodes or links are missing:\n%s", text)
		}
		label := map[any]string{}
		js := map[any]bool{}
		for i, n := range g.Nodes {
			has("node", n)
			label[n["node_id"]] = n["clerp"].(string)
			js[n["jsNodeId"]] = true
			if n["ctx_idx"] != float64(len(tokens)-1) || n["feature"] != float64(c.Nodes[i].Index) || n["layer"] == "0" {
				t.Fatalf("node %v", n)
			}
			if !strings.HasPrefix(n["clerp"].(string), c.Nodes[i].String()) {
				t.Fatalf("%s is labelled %q", c.Nodes[i], n["clerp"])
			}
		}
		if len(label) != len(c.Nodes) || len(js) != len(c.Nodes) || len(g.Links) != len(c.Edges) {
			t.Fatalf("%d ids, %d script ids, %d nodes; %d links, %d edges", len(label), len(js), len(c.Nodes), len(g.Links), len(c.Edges))
		}
		for i, l := range g.Links {
			has("link", l)
			from, ok := label[l["source"]]
			to, ok2 := label[l["target"]]
			if e := c.Edges[i]; !ok || !ok2 || !strings.HasPrefix(from, e.From.String()) || !strings.HasPrefix(to, e.To.String()) || l["weight"] != e.Weight {
				t.Fatalf("%s became %v, from %q to %q", e, l, from, to)
			}
		}
	})
}

func TestNeuronpediaText(t *testing.T) {
	c := full()
	c.Nodes, c.Edges = c.Nodes[2:], nil
	got, err := Neuronpedia(c, "x", "a<b", []string{"a", "<b"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "metadata": {
  "slug": "x",
  "scan": "train-0123abcd",
  "prompt_tokens": [
   "a",
   "<b"
  ],
  "prompt": "a<b",
  "info": {
   "description": "Circuit of task brackets <&> \"quoted\" ∑: 2 nodes, 0 edges. Links are weights.",
   "generator": {
    "name": "circuitbook",
    "version": "circuitbook.circuit 2"
   }
  }
 },
 "qParams": {},
 "nodes": [
  {
   "node_id": "5_2_1",
   "feature": 2,
   "layer": "5",
   "ctx_idx": 1,
   "feature_type": "attn resid_delta",
   "jsNodeId": "5_2-1",
   "clerp": "0.attn.resid_delta[2], effect 0.5 nats"
  },
  {
   "node_id": "9_2_1",
   "feature": 2,
   "layer": "9",
   "ctx_idx": 1,
   "feature_type": "final_resid",
   "jsNodeId": "9_2-1",
   "clerp": "final_resid[2], effect -0.001 nats"
  }
 ],
 "links": []
}
`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

func TestNeuronpediaRefuses(t *testing.T) {
	two := []string{"a", "b"}
	for _, q := range []struct {
		want, slug, prompt string
		tokens             []string
		change             func(c *Circuit)
	}{
		{`slug ""`, "", "ab", two, nil},
		{`slug "a b"`, "a b", "ab", two, nil},
		{`slug "a\n"`, "a\n", "ab", two, nil},
		{"no tokens", "a", "ab", nil, nil},
		{"not UTF-8", "a", "\xff", two, nil},
		{"not UTF-8", "a", "ab", []string{"a", "\xff"}, nil},
		{"no nodes", "a", "ab", two, func(c *Circuit) { c.Nodes, c.Edges = nil, nil }},
		{"neuronpedia: ablation", "a", "ab", two, func(c *Circuit) { c.Ablation = "" }},
	} {
		c := full()
		if q.change != nil {
			q.change(c)
		}
		_, err := Neuronpedia(c, q.slug, q.prompt, q.tokens)
		mustContain(t, err, q.want)
	}
}
