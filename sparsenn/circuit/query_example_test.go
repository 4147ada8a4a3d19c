package circuit_test

import (
	"encoding/json"
	"fmt"
	"log"

	"circuitbook/sparsenn/circuit"
)

func load(path string) *circuit.Circuit {
	c, err := circuit.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	return c
}

func ExampleParseNode() {
	n, err := circuit.ParseNode("10.attn.v[656]")
	if err != nil {
		log.Fatal(err)
	}
	shape := circuit.Shape{Layers: 12, DModel: 1024, Heads: 128, DHead: 8, DMLP: 4096, Vocab: 2048}
	head, channel, _ := shape.Head(n)
	fmt.Println(n, "layer", n.Layer(), n.Block(), n.Kind(), "head", head, "channel", channel)
	_, err = circuit.ParseNode("10.attn.v")
	fmt.Println(err)
	// Output:
	// 10.attn.v[656] layer 10 attn v head 82 channel 0
	// node "10.attn.v": a node is a site and an index, like "0.mlp.post_act[863]"
}

// Which entry of the model's weights an edge is.
func ExampleShape_Place() {
	c := load("testdata/quotes.json")
	for _, e := range c.Edges[6:] {
		tensor, row, col, err := c.Model.Place(e.From, e.To)
		fmt.Println(e, tensor, row, col, err)
	}
	// Output:
	// 10.attn.act_in[985] → 10.attn.k[657] transformer.h.10.attn.c_attn.weight 1681 985 <nil>
	// 10.attn.act_in[460] → 10.attn.v[656] transformer.h.10.attn.c_attn.weight 2704 460 <nil>
	// 10.attn.v[656] → 10.attn.resid_delta[83] transformer.h.10.attn.c_proj.weight 83 656 <nil>
}

func ExampleCircuit_In() {
	c := load("testdata/quotes.json")
	n := circuit.Node{Site: "0.mlp.resid_delta", Index: 460}
	for _, e := range c.In(n) {
		fmt.Println(e, e.Weight)
	}
	// Output:
	// 0.mlp.post_act[863] → 0.mlp.resid_delta[460] 0.18
	// 0.mlp.post_act[2790] → 0.mlp.resid_delta[460] -0.23
}

func ExampleCircuit_ByHead() {
	c := load("testdata/quotes.json")
	for _, h := range c.Heads() {
		fmt.Println(h.Layer, h.Head, c.ByHead(h))
	}
	// Output: 10 82 [10.attn.q[657] 10.attn.k[657] 10.attn.v[656]]
}

func ExampleCircuit_Lanes() {
	c := load("testdata/quotes.json")
	for _, l := range c.Lanes() {
		fmt.Println(l.Channel, l.Writers, "are read by", l.Readers)
	}
	// Output:
	// 83 [10.attn.resid_delta[83]] are read by []
	// 205 [] are read by [0.mlp.act_in[205]]
	// 207 [] are read by [0.mlp.act_in[207]]
	// 460 [0.mlp.resid_delta[460]] are read by [10.attn.act_in[460]]
	// 985 [0.mlp.resid_delta[985]] are read by [10.attn.act_in[985]]
}

// How the neuron for double quotes reaches what attention writes: which quote it
// was through v, where it was through k.
func ExampleCircuit_Paths() {
	c := load("testdata/quotes.json")
	paths, err := c.Paths(circuit.Node{Site: "0.mlp.post_act", Index: 863}, circuit.Node{Site: "10.attn.resid_delta", Index: 83})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range paths {
		fmt.Println(p)
	}
	// Output:
	// 0.mlp.post_act[863] → 0.mlp.resid_delta[460] ⇢ 10.attn.act_in[460] → 10.attn.v[656] → 10.attn.resid_delta[83]
	// 0.mlp.post_act[863] → 0.mlp.resid_delta[985] ⇢ 10.attn.act_in[985] → 10.attn.k[657] ⊙ 10.attn.resid_delta[83]
}

func ExampleCompare() {
	a, b := load("testdata/quotes.json"), load("testdata/quotes.json")
	b.Nodes = b.Nodes[1:] // as another pruning might have it
	b.Edges = append(b.Edges[:1], b.Edges[2:]...)
	d, err := circuit.Compare(a, b)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("only in a:", d.OnlyA, d.EdgesOnlyA)
	fmt.Printf("overlap of nodes %.3f, of edges %.3f\n", d.NodeJaccard, d.EdgeJaccard)
	fmt.Printf("%+v\n", d.Sites[0])
	// Output:
	// only in a: [0.mlp.act_in[205]] [0.mlp.act_in[205] → 0.mlp.post_act[2790]]
	// overlap of nodes 0.917, of edges 0.889
	// {Site:0.mlp.act_in A:2 B:1 Both:1}
}

func ExampleEdgesCSV() {
	text, err := circuit.EdgesCSV(load("testdata/v1.json"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// from,to,tensor,row,col,weight,effect
	// 0.mlp.act_in[3],0.mlp.post_act[2],transformer.h.0.mlp.c_fc.weight,2,3,0.5,
	// 0.mlp.act_in[3],0.mlp.post_act[7],transformer.h.0.mlp.c_fc.weight,7,3,-0.75,
	// 0.mlp.post_act[2],0.mlp.resid_delta[1],transformer.h.0.mlp.c_proj.weight,1,2,2,
}

func ExampleNeuronpedia() {
	text, err := circuit.Neuronpedia(load("testdata/v1.json"), "brackets-1", "x = [[1", []string{"x", " =", " [[", "1"})
	if err != nil {
		log.Fatal(err)
	}
	var g struct {
		Metadata struct{ Slug string }
		Nodes    []struct{ Clerp string }
		Links    []struct {
			Source, Target string
			Weight         float64
		}
	}
	if err := json.Unmarshal(text, &g); err != nil {
		log.Fatal(err)
	}
	fmt.Println(g.Metadata.Slug, g.Nodes[0].Clerp, g.Links[0])
	// Output: brackets-1 0.mlp.act_in[3] {6_3_3 7_2_3 0.5}
}
