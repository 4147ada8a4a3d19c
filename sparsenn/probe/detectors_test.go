package probe

import (
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// three is a model of three nodes: one is 1 at tokens 2 and 4, one at 2 alone, and one at 2 and
// 4, and there of opposite signs.
type three struct{}

func (three) Record(tokens [][]int32, sites []model.Site, _ ...model.Intervention) (*model.Recording, error) {
	a := model.Activation{Site: sites[0], Shape: []int{len(tokens), len(tokens[0]), 3}}
	for _, s := range tokens {
		for _, id := range s {
			a.Data = append(a.Data, map[int32][]float32{2: {1, 1, 1}, 4: {1, 0, -1}}[id]...)
			if id != 2 && id != 4 {
				a.Data = append(a.Data, 0, 0, 0)
			}
		}
	}
	return &model.Recording{Activations: []model.Activation{a}}, nil
}

// TestDetectors: what finds either is one, what tells them apart and finds none another.
func TestDetectors(t *testing.T) {
	list := []task.Example{{Prompt: []int32{1, 2, 3}, Counter: []int32{1, 4, 3}}, {Prompt: []int32{2, 3}, Counter: []int32{4, 3}}}
	nodes := []circuit.Node{{Site: "x", Index: 2}, {Site: "x", Index: 1}, {Site: "x", Index: 0}}
	either, which, e, w, err := Detectors(three{}, list, nodes)
	if err != nil || either != 2 || which != 0 || e.Either != 1 || w.Opening != 1 || w.Either != 0.5 {
		t.Errorf("%d finds (%+v), %d tells (%+v), %v", either, e, which, w, err)
	}
	// Where all find one, the best of them tells.
	if _, which, _, w, err = Detectors(three{}, list, nodes[2:]); err != nil || which != 0 || w.Opening != 0.5 {
		t.Errorf("%d tells (%+v), %v", which, w, err)
	}
	if _, _, _, _, err := Detectors(three{}, list, nil); err == nil {
		t.Error("chosen of nothing")
	}
}
