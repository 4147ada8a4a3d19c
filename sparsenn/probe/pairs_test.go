package probe

import (
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// examples are pairs that differ at tokens 1 and 2, of two lengths.
var examples = []task.Example{
	{Prompt: []int32{1, 2, 3}, Counter: []int32{1, 4, 3}, Target: 5, Alt: 6},
	{Prompt: []int32{1, 7, 2, 3, 3}, Counter: []int32{1, 7, 4, 3, 3}, Target: 5, Alt: 6},
}

func TestPadded(t *testing.T) {
	tokens, last := Sides(examples)
	if !slices.Equal(last, []int{2, 2, 4, 4}) || !slices.Equal(tokens[1], []int32{1, 4, 3, 0, 0}) || len(tokens) != 4 {
		t.Errorf("%v ending at %v", tokens, last)
	}
	if tokens[0][3] = 9; len(examples[0].Prompt) != 3 {
		t.Error("an example changed")
	}
}

// TestOnPairs: what a node is on a side does not depend on what it was padded by.
func TestOnPairs(t *testing.T) {
	m := untrained(t).Model
	nodes := []circuit.Node{{Site: "0.mlp.post_act", Index: 3}, {Site: "0.resid_mid", Index: 2}, {Site: "0.mlp.post_act", Index: 5}}
	all, err := OnPairs(m, examples, nodes)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range nodes {
		for s, want := range []int{3, 3, 5, 5} {
			side := [][]int32{examples[s/2].Prompt, examples[s/2].Counter}[s%2]
			rec, err := m.Record([][]int32{side}, []model.Site{model.Site(n.Site)})
			if err != nil {
				t.Fatal(err)
			}
			if len(all[i][s]) != want {
				t.Fatalf("%s, side %d: %d tokens", n, s, len(all[i][s]))
			}
			for k, v := range all[i][s] {
				if d := v - float64(rec.Activations[0].At(0, k)[n.Index]); math.Abs(d) > 1e-4 {
					t.Errorf("%s, side %d, token %d is off by %v", n, s, k, d)
				}
			}
		}
	}
	for want, n := range map[string][]circuit.Node{"no nodes": nil, "channels": {{Site: "0.mlp.post_act", Index: 1 << 20}}} {
		if _, err := OnPairs(m, examples, n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestAttention: the mean over both sides of what the pattern has, behind the sink.
func TestAttention(t *testing.T) {
	m := untrained(t).Model
	h := circuit.Head{Layer: 0, Head: 1}
	got, err := Attention(m, examples, h, m.Config.Sink)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range examples {
		want := 0.0
		for _, side := range [][]int32{e.Prompt, e.Counter} {
			rec, err := m.Record([][]int32{side}, []model.Site{model.At(0, model.AttnPattern)})
			if err != nil {
				t.Fatal(err)
			}
			a := rec.Activations[0]
			row, at := a.Data[(h.Head*a.Shape[2]+len(side)-1)*a.Shape[3]:][:a.Shape[3]], i+1
			if m.Config.Sink {
				at++
			}
			want += float64(row[at]) / 2
		}
		if math.Abs(got[i]-want) > 1e-5 || want == 0 {
			t.Errorf("pair %d: %v, want %v", i, got[i], want)
		}
	}
}

// TestFiring: a node that is 2 at opening tokens finds them, one of opposite signs tells which.
func TestFiring(t *testing.T) {
	finds := [][]float64{{0, 2, 1}, {0, 2, 1}, {1, 0, 2, 0, 0}, {1, 0, 2, 0, 0}}
	f, err := FiringOf(finds, examples)
	if err != nil {
		t.Fatal(err)
	}
	if f.Either != 1 || f.Opening != 0.5 || f.Open != [2]float64{2, 2} || f.Last != [2]float64{0.5, 0.5} || f.Rest != 4.0/12 {
		t.Errorf("%+v", f)
	}
	tells := [][]float64{{0, 1, 0}, {0, -1, 0}, {0, 0, 1, 0, 1}, {0, 0, -1, 0, 1}}
	if f, err = FiringOf(tells, examples); err != nil || f.Opening != 1 || f.Either != 0.5 || f.End != 0.5 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := FiringOf(finds[:3], examples); err == nil {
		t.Error("a side is missing")
	}
}
