package patch

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/task"
)

// echo is a model with two channels before the readout: the token's own number, and twice
// that. Its one head looks at every token in proportion to the first, and the lead of token 1
// over token 2 is the sum of the first so far, less 6.
type echo struct{}

const resid = "final_resid"

// echoed are the sizes of such a model.
var echoed = model.Config{DModel: 2}

func (echo) Record(tokens [][]int32, sites []model.Site, changes ...model.Intervention) (*model.Recording, error) {
	n, long := len(tokens), len(tokens[0])
	x := model.Activation{Site: resid, Shape: []int{n, long, 2}}
	logits := model.Activation{Site: model.Logits, Shape: []int{n, long, 3}}
	pattern := model.Activation{Site: model.At(0, model.AttnPattern), Shape: []int{n, 1, long, long}, Data: make([]float32, n*long*long)}
	for _, s := range tokens {
		for _, id := range s {
			x.Data = append(x.Data, float32(id), 2*float32(id))
		}
	}
	for _, c := range changes {
		for i := range x.Data {
			x.Data[i] = x.Data[i]*c.Scale[i] + c.Shift[i]
		}
	}
	for s := range n {
		sum := float32(0)
		for t := range long {
			sum += x.At(s, t)[0]
			logits.Data = append(logits.Data, 0, sum, 6)
			for k := range t + 1 {
				pattern.Data[(s*long+t)*long+k] = x.At(s, k)[0] / sum
			}
		}
	}
	r := &model.Recording{}
	for _, s := range sites {
		switch s {
		case resid:
			r.Activations = append(r.Activations, x)
		case model.Logits:
			r.Activations = append(r.Activations, logits)
		case pattern.Site:
			r.Activations = append(r.Activations, pattern)
		default:
			return nil, errors.New("no such site")
		}
	}
	return r, nil
}

func node(i int) circuit.Node { return circuit.Node{Site: resid, Index: i} }

// echoes are pairs that open by 8 or by 2, all answered right.
func echoes(n int) (list []task.Example) {
	for range n {
		list = append(list, task.Example{Prompt: []int32{8, 1}, Counter: []int32{2, 1}, Target: 1, Alt: 2}, task.Example{Prompt: []int32{1, 8, 1}, Counter: []int32{1, 2, 1}, Target: 1, Alt: 2})
	}
	return list
}

// TestUnder: nodes are held at what was asked for, at every token before the padding.
func TestUnder(t *testing.T) {
	list := echoes(20)
	look := (8.0/9 + 2.0/3 + 8.0/10 + 2.0/4) / 4
	for want, do := range map[float64]Change{look: nil, look + 1e-9: Leave(echoed, []circuit.Node{node(0), node(1)}), 5.0 / 12: Hold(echoed, []circuit.Node{node(0), node(1)}, []float64{7, 3})} {
		r, err := Under(echo{}, false, list, circuit.Head{}, do)
		if err != nil || math.Abs(r.Look.Mean-want) > 1e-6 || r.Loss.N != 40 {
			t.Errorf("%+v, want %v, %v", r, want, err)
		}
		if held := want < 0.5; r.Right.Mean != map[bool]float64{true: 0, false: 1}[held] || held && r.Loss.Mean < 1 {
			t.Errorf("%+v", r)
		}
	}
	tokens, last := probe.Sides(list[:2])
	changes, err := Hold(echoed, []circuit.Node{node(1)}, []float64{7})(tokens, last)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%+v, %v", changes, err)
	}
	if c := changes[0]; c.Scale[0] != 1 || c.Scale[1] != 0 || c.Shift[1] != 7 || c.Scale[5] != 1 {
		t.Errorf("%+v", c)
	}
	for want, n := range map[string]circuit.Node{"channels": node(2), "put nowhere[0]": {Site: "nowhere"}} {
		if _, err := Under(echo{}, false, list[:1], circuit.Head{}, Leave(echoed, []circuit.Node{n})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if got := Means(&circuit.Circuit{Nodes: []circuit.Kept{{Node: node(0), Mean: 3}}}, []circuit.Node{node(1), node(0)}); got[0] != 0 || got[1] != 3 {
		t.Errorf("%v", got)
	}
}

// TestExchange: in batches it is what it is at once, and what turns most is chosen.
func TestExchange(t *testing.T) {
	list := echoes(20)
	groups := Apart([]circuit.Node{node(1), node(0)})
	swaps, err := Exchange(echo{}, list, Opening, groups...)
	if err != nil {
		t.Fatal(err)
	}
	for i, after := range []float64{0, 1} {
		if s := swaps[i]; math.Abs(s.Before-1) > 1e-9 || math.Abs(s.After-after) > 1e-9 || s.N != 40 || s.Node != groups[i][0] || math.Abs(s.MarginBefore-3) > 1e-6 {
			t.Errorf("%+v", s)
		}
	}
	if i, err := Most(echo{}, list, Opening, groups...); err != nil || i != 1 {
		t.Errorf("%d, %v", i, err)
	}
	if i, err := Most(echo{}, list, FromEnd); err != nil || i != -1 {
		t.Errorf("%d of none, %v", i, err)
	}
	if _, err := Exchange(echo{}, list, Opening, []circuit.Node{{Site: "nowhere"}}); err == nil {
		t.Error("exchanges what there is not")
	}
}

// TestLookingBack: of two heads with a value the one is chosen whose value turns more.
func TestLookingBack(t *testing.T) {
	run := tinytest.Untrained(t, nil)
	m := run.Model
	list, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: 4, Seed: 1, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	c := &circuit.Circuit{Model: circuit.Shape{Layers: 1, DModel: 8, Heads: 2, DHead: m.Config.DHead}}
	least, want := math.Inf(1), 0
	for h := range 2 {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: circuit.Node{Site: "0.attn.v", Index: h * c.Model.DHead}})
		s, err := Exchange(m, list, Opening, []circuit.Node{c.Nodes[h].Node})
		if err != nil {
			t.Fatal(err)
		}
		if d := s[0].MarginAfter - s[0].MarginBefore; d < least {
			least, want = d, h
		}
	}
	if h, v, ok, err := LookingBack(m, c, list); err != nil || !ok || h != (circuit.Head{Head: want}) || len(v) != 1 || v[0] != c.Nodes[want].Node {
		t.Errorf("%v %v %v, %v", h, v, ok, err)
	}
	if _, _, ok, err := LookingBack(m, &circuit.Circuit{Model: c.Model}, list); err != nil || ok {
		t.Errorf("found in nothing: %v, %v", ok, err)
	}
}

// TestExchangeWithin: the head looks where the exchanged node is larger now, and where the
// earlier one is of the other kind the answer turns with it.
func TestExchangeWithin(t *testing.T) {
	list := OpenedTwice([]task.Example{{Prompt: []int32{4, 1, 4, 1}, Counter: []int32{4, 1, 2, 1}, Target: 2, Alt: 1}, {Prompt: []int32{1, 8, 2}, Counter: []int32{1, 9, 2}, Target: 2, Alt: 1}})
	if len(list) != 2 || list[0].Other || !list[1].Other || list[1].Earlier != 0 || list[1].Own != 2 || list[1].Right != 1 || list[1].Wrong != 2 {
		t.Fatalf("%+v", list)
	}
	before, after, err := ExchangeWithin(context.Background(), echo{}, echoed, list[1:], []circuit.Node{node(0)}, circuit.Head{})
	if err != nil || math.Abs(before.Open.Mean-2.0/8) > 1e-6 || math.Abs(after.Open.Mean-4.0/8) > 1e-6 || math.Abs(after.Earlier.Mean-2.0/8) > 1e-6 {
		t.Errorf("%+v, %+v, %v", before, after, err)
	}
	if before.Turned.N != 1 || before.Turned.Mean != 0 {
		t.Errorf("%+v", before.Turned)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, _, err := ExchangeWithin(ctx, echo{}, echoed, list, []circuit.Node{node(0)}, circuit.Head{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestHoldByPosition: what every prompt has at a position is what it is held at there.
func TestHoldByPosition(t *testing.T) {
	list := []task.Example{{Prompt: []int32{1, 2, 9}, Counter: []int32{1, 2, 3}, Target: 1, Alt: 2}}
	c := &circuit.Circuit{Nodes: []circuit.Kept{{Node: node(0), Mean: 0.5}}}
	h, err := HoldByPosition(context.Background(), echo{}, echoed, c, list, list, circuit.Head{}, []circuit.Node{node(0)})
	if err != nil || len(h.Rows) != 4 {
		t.Fatalf("%+v, %v", h, err)
	}
	// At the last token: 0.5 of 1.5; 3 of 9; nothing of nothing; 6 of 9.
	for i, want := range []float64{1.0 / 3, 1.0 / 3, math.NaN(), 6.0 / 9} {
		if got := h.Rows[i].Look.Mean; math.Abs(got-want) > 1e-6 || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%s: the head looks %v, want %v", h.Rows[i].Claim, got, want)
		}
	}
	if math.Abs(h.Position-10/math.Sqrt(4*46)) > 1e-9 {
		t.Errorf("it follows the position with %v", h.Position)
	}
	if r := correlation([]float64{1, 2}, []float64{3, 3}); r != 0 {
		t.Errorf("%v", r)
	}
}
