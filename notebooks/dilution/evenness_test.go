package dilution

import (
	"math"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// patterns is a model of two heads: the first looks at all tokens alike, the second
// at the first of its keys alone.
type patterns struct{ model.Recorder }

func (patterns) Record(tokens [][]int32, sites []model.Site, _ ...model.Intervention) (*model.Recording, error) {
	n := len(tokens[0])
	a := model.Activation{Site: sites[0], Shape: []int{1, 2, n, n + 1}, Data: make([]float32, 2*n*(n+1))}
	for k := range n + 1 {
		a.Data[(n-1)*(n+1)+k] = 1 / float32(n+1)
	}
	a.Data[(2*n-1)*(n+1)] = 1
	return &model.Recording{Activations: []model.Activation{a}}, nil
}

func TestEvenness(t *testing.T) {
	c := &circuit.Circuit{Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 2, DHead: 4}}
	for _, k := range []int{1, 2, 5} {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: circuit.Node{Site: "0.attn.v", Index: k}})
	}
	d := Depth{Nodes: []circuit.Node{{Site: "0.attn.resid_delta", Index: 3}}}
	list := []task.Example{{Prompt: []int32{1, 2, 3}, Counter: []int32{1, 2, 3}}, {Prompt: make([]int32, 7), Counter: make([]int32, 7)}}
	heads, even, err := Evenness(patterns{}, c, d, list)
	if err != nil {
		t.Fatal(err)
	}
	if len(heads) != 2 || heads[0].Head != 0 || heads[1].Head != 1 {
		t.Fatalf("%v", heads)
	}
	if math.Abs(even[0]-1) > 1e-6 || math.Abs(even[1]-(1.0/4+1.0/8)/2) > 1e-6 {
		t.Errorf("%v", even)
	}
	c.Nodes = nil
	if _, _, err := Evenness(patterns{}, c, d, list); err == nil {
		t.Error("a circuit without values has heads")
	}
	if _, _, err := Evenness(patterns{}, c, Depth{}, list); err == nil {
		t.Error("no depth, but heads")
	}
}

// TestEvennessOfAModel: it is a share, for any weights.
func TestEvennessOfAModel(t *testing.T) {
	run := untrained(t)
	p, err := Select(run.Tokenizer, nameFiller(), []int{2}, Options{N: 2, Context: 64})
	if err != nil {
		t.Fatal(err)
	}
	c := writing(1, 2)
	m := run.Config.Model
	c.Model = circuit.Shape{Layers: m.Layers, DModel: m.DModel, Heads: m.Heads, DHead: m.DHead}
	d, err := DepthOf(run.Model, c, p.List[0][0])
	if err != nil {
		t.Fatal(err)
	}
	_, even, err := Evenness(run.Model, c, d, p.List[0])
	if err != nil || len(even) != 1 || even[0] <= 0 || even[0] > 1+1e-6 {
		t.Errorf("%v, %v", even, err)
	}
}
