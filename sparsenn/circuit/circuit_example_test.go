package circuit_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/circuit"
)

// The circuit that closes a string with the right quote, from its file.
func ExampleLoad() {
	c, err := circuit.Load("testdata/quotes.json")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Task, c.NodeCount(), "nodes", c.EdgeCount(), "edges")
	for _, s := range c.PerSite() {
		fmt.Println(s.Site, s.Nodes)
	}
	// Output:
	// single_double_quote 12 nodes 9 edges
	// 0.mlp.act_in 2
	// 0.mlp.post_act 2
	// 0.mlp.resid_delta 2
	// 10.attn.act_in 2
	// 10.attn.q 1
	// 10.attn.k 1
	// 10.attn.v 1
	// 10.attn.resid_delta 1
}

// What is not understood is refused by name.
func ExampleDecode() {
	_, err := circuit.Decode([]byte(`{"format": "circuitbook.circuit", "version": 9}`))
	fmt.Println(err)
	text, err := os.ReadFile("testdata/quotes.json")
	if err != nil {
		log.Fatal(err)
	}
	_, err = circuit.Decode([]byte(strings.Replace(string(text), `"target"`, `"goal"`, 1)))
	fmt.Println(err)
	// Output:
	// decode circuit: version is 9; this program knows versions 1 to 5: a file of a later one needs a newer circuitbook
	// decode circuit: field "goal" is not known; the file has format, version, task, run, weights, model, ablation, freeze_norms, target, calibrated, logit_scale, logit_shift, proof, provenance, nodes, edges
}

// small is a model of one layer with two weights that are not 0.
func small(tensor string) ([]float32, error) {
	switch tensor {
	case "transformer.h.0.mlp.c_fc.weight": // [d_mlp, d_model]
		return []float32{
			0, 0.5,
			0, 0,
			0, 0,
		}, nil
	case "transformer.h.0.mlp.c_proj.weight": // [d_model, d_mlp]
		return []float32{
			-2, 0, 0,
			0, 0, 0,
		}, nil
	case "transformer.h.0.mlp.c_fc.bias":
		return []float32{0.25, 0, 0}, nil
	}
	return nil, nil // no other biases
}

func ExampleBuild() {
	shape := circuit.Shape{Layers: 1, DModel: 2, Heads: 1, DHead: 2, DMLP: 3, Vocab: 4}
	var kept []circuit.Kept
	for _, path := range []string{"0.mlp.resid_delta[0]", "0.mlp.post_act[0]", "0.mlp.post_act[1]", "0.mlp.act_in[1]"} {
		n, err := circuit.ParseNode(path)
		if err != nil {
			log.Fatal(err)
		}
		kept = append(kept, circuit.Kept{Node: n})
	}
	nodes, edges, err := circuit.Build(shape, kept, small)
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range nodes {
		fmt.Println(n, n.Bias)
	}
	for _, e := range edges {
		fmt.Println(e, e.Weight)
	}
	// Output:
	// 0.mlp.act_in[1] 0
	// 0.mlp.post_act[0] 0.25
	// 0.mlp.post_act[1] 0
	// 0.mlp.resid_delta[0] 0
	// 0.mlp.act_in[1] → 0.mlp.post_act[0] 0.5
	// 0.mlp.post_act[0] → 0.mlp.resid_delta[0] -2
}

// What is written can be read again, whole.
func ExampleEncode() {
	c := &circuit.Circuit{
		Task: "example", Run: "by hand", Ablation: circuit.MeanAblation, Target: 0.15,
		Model: circuit.Shape{Layers: 1, DModel: 2, Heads: 1, DHead: 2, DMLP: 3, Vocab: 4},
		Nodes: []circuit.Kept{
			{Node: circuit.Node{Site: "0.mlp.act_in", Index: 1}, Mean: -0.5},
			{Node: circuit.Node{Site: "0.mlp.post_act", Index: 0}, Bias: 0.25},
		},
		Edges: []circuit.Edge{{
			From: circuit.Node{Site: "0.mlp.act_in", Index: 1}, To: circuit.Node{Site: "0.mlp.post_act", Index: 0}, Weight: 0.5,
		}},
	}
	text, err := circuit.Encode(c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// {
	//   "format": "circuitbook.circuit",
	//   "version": 2,
	//   "task": "example",
	//   "run": "by hand",
	//   "model": {"layers":1,"d_model":2,"heads":1,"d_head":2,"d_mlp":3,"vocab":4},
	//   "ablation": "mean",
	//   "target": 0.15,
	//   "nodes": [
	//     {"path":"0.mlp.act_in[1]","mean":-0.5},
	//     {"path":"0.mlp.post_act[0]","mean":0,"bias":0.25}
	//   ],
	//   "edges": [
	//     {"from":0,"to":1,"weight":0.5}
	//   ]
	// }
}

func ExampleCircuit_Save() {
	c, err := circuit.Load("testdata/v1.json")
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "circuit")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "brackets.json")
	if err := c.Save(path); err != nil {
		log.Fatal(err)
	}
	again, err := circuit.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Task, again.EdgeCount(), "edges, upgraded from version", again.Provenance["upgraded_from_version"])
	// Output: brackets 3 edges, upgraded from version 1
}
