package study

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/prove"
	"circuitbook/sparsenn/task"

	"pgregory.net/rapid"
)

func some(t *testing.T, n int) (*model.Model, []task.Example) {
	t.Helper()
	run := untrained(t)
	list, err := brackets().Select(run.Tokenizer, task.Options{N: n, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	return run.Model, list
}

func close32(a, b float64) bool { return math.Abs(a-b) < 1e-5 }

// TestExchangeEverywhere: one node at all tokens is prove.Interchange.
func TestExchangeEverywhere(t *testing.T) {
	m, list := some(t, 12)
	moved := false
	for _, n := range []circuit.Node{{Site: "0.attn.resid_delta", Index: 3}, {Site: "0.mlp.post_act", Index: 20}, {Site: "0.attn.v", Index: 1}} {
		width, err := m.Config.Width(model.Site(n.Site))
		if err != nil {
			t.Fatal(err)
		}
		want, err := prove.Interchange(m, width, list, n)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Exchange(m, width, list, []circuit.Node{n}, Everywhere)
		if err != nil {
			t.Fatal(err)
		}
		if got.N != want.N || got.Node != n || !close32(got.Before, want.Before) || !close32(got.After, want.After) ||
			!close32(got.MarginBefore, want.MarginBefore) || !close32(got.MarginAfter, want.MarginAfter) {
			t.Errorf("%s: %+v, interchange %+v", n, got, want)
		}
		moved = moved || math.Abs(got.MarginAfter-got.MarginBefore) > 1e-4
	}
	if !moved {
		t.Error("no exchange changed anything: the test shows nothing")
	}
}

// TestExchangeOfAll: where the sides differ in one token, exchanging the whole
// embedding there makes each prompt the other, so that every margin turns but
// for the bigram row of the last token.
func TestExchangeOfAll(t *testing.T) {
	m, _ := some(t, 1)
	list := []task.Example{
		{Prompt: []int32{5, 6, 7, 8}, Counter: []int32{5, 9, 7, 8}, Target: 10, Alt: 11},
		{Prompt: []int32{30, 7, 8}, Counter: []int32{31, 7, 8}, Target: 10, Alt: 11},
	}
	var all []circuit.Node
	for i := range m.Config.DModel {
		all = append(all, circuit.Node{Site: "embed", Index: i})
	}
	got, err := Exchange(m, m.Config.DModel, list, all, Opening)
	if err != nil {
		t.Fatal(err)
	}
	if !close32(got.MarginAfter, -got.MarginBefore) || !close32(got.After, got.Before) || math.Abs(got.MarginBefore) < 1e-6 {
		t.Errorf("%+v", got)
	}
	// What happens after a token is no matter to a node before it.
	after, err := Exchange(m, m.Config.DModel, list, all, Last)
	if err != nil {
		t.Fatal(err)
	}
	if !close32(after.MarginAfter, after.MarginBefore) {
		t.Errorf("the last token is the same on both sides, yet %+v", after)
	}
}

// TestWhere: positions pair up and lie in the prompts.
func TestWhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []int32 {
			return rapid.SliceOfN(rapid.Int32Range(0, 3), 1, 9).Draw(t, name)
		}
		e := task.Example{Prompt: draw("prompt"), Counter: draw("counter")}
		for name, w := range map[string]Where{"opening": Opening, "last": Last, "everywhere": Everywhere} {
			a, b := w(e)
			if len(a) != len(b) || len(a) == 0 {
				t.Fatalf("%s: %v, %v", name, a, b)
			}
			for i := range a {
				if a[i] < 0 || a[i] >= len(e.Prompt) || b[i] < 0 || b[i] >= len(e.Counter) {
					t.Fatalf("%s: %v, %v", name, a, b)
				}
			}
		}
		a, _ := Opening(e)
		if !slices.Equal(e.Prompt[:a[0]], e.Counter[:a[0]]) {
			t.Fatalf("they differ before %d", a[0])
		}
		n := min(len(e.Prompt), len(e.Counter))
		if a[0]+1 < n && e.Prompt[a[0]] == e.Counter[a[0]] {
			t.Fatalf("they do not differ at %d", a[0])
		}
		if all, _ := Everywhere(e); len(all) != n {
			t.Fatalf("%d tokens of %d", len(all), n)
		}
	})
}

type broken struct{}

func (broken) Record([][]int32, []model.Site, ...model.Intervention) (*model.Recording, error) {
	return nil, errors.New("out of order")
}

func TestExchangeErrors(t *testing.T) {
	m, list := some(t, 2)
	node := circuit.Node{Site: "0.attn.v", Index: 1}
	width := m.Config.AttnWidth()
	one := slices.Clone(list)
	one[1].Alt = task.Any
	far := func(task.Example) ([]int, []int) { return []int{0}, []int{999} }
	odd := func(task.Example) ([]int, []int) { return []int{0}, nil }
	for want, x := range map[string]struct {
		m     prove.Recorder
		width int
		list  []task.Example
		nodes []circuit.Node
		where Where
	}{
		"0 nodes":               {m, width, list, nil, Last},
		"0 examples":            {m, width, nil, []circuit.Node{node}, Last},
		"and where":             {m, width, list, []circuit.Node{node}, nil},
		"one site":              {m, width, list, []circuit.Node{node, {Site: "0.attn.q", Index: 1}}, Last},
		"has 32 channels":       {m, width, list, []circuit.Node{{Site: "0.attn.v", Index: 32}}, Last},
		"one answer only":       {m, width, one, []circuit.Node{node}, Last},
		"not both in":           {m, width, list, []circuit.Node{node}, far},
		"1 tokens for 0":        {m, width, list, []circuit.Node{node}, odd},
		"not 33 wide":           {m, width + 1, list, []circuit.Node{node}, Last},
		"out of order":          {broken{}, width, list, []circuit.Node{node}, Last},
		`site "x" is not known`: {m, width, list, []circuit.Node{{Site: "x"}}, Last},
	} {
		_, err := Exchange(x.m, x.width, x.list, x.nodes, x.where)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
