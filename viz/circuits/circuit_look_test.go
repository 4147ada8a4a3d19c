package circuits

import (
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"pgregory.net/rapid"
)

// TestStroke: a weight's sign shows in colour and dash, its size in the width, its effect in the
// strength.
func TestStroke(t *testing.T) {
	g := gauge{weight: 2, edge: 0.5}
	if m := g.stroke(1, nil); m.Stroke != draw.Positive || m.Dash != nil {
		t.Errorf("a positive weight: %+v", m)
	}
	if m := g.stroke(-1, nil); m.Stroke != draw.Negative || len(m.Dash) != 2 {
		t.Errorf("a negative weight: %+v", m)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(0, 2).Draw(t, "a"), rapid.Float64Range(0, 2).Draw(t, "b")
		if x, y := g.stroke(a, nil).Width, g.stroke(-b, nil).Width; (a-b)*(x-y) < 0 || x < 0.7 || x > 5 {
			t.Fatalf("weights %v and %v are %v and %v wide", a, b, x, y)
		}
		e, f := rapid.Float64Range(-1, 0.5).Draw(t, "e"), rapid.Float64Range(-1, 0.5).Draw(t, "f")
		if x, y := g.stroke(1, &e).Opacity, g.stroke(1, &f).Opacity; (e-f)*(x-y) < 0 || x < 0.4 || x > 1 {
			t.Fatalf("effects %v and %v are %v and %v strong", e, f, x, y)
		}
	})
	if g.stroke(2, nil).Width != 5 || math.Abs(g.stroke(0.5, nil).Width-2.85) > 0.06 {
		t.Errorf("the widest edge is %v, one of a quarter %v", g.stroke(2, nil).Width, g.stroke(0.5, nil).Width)
	}
}

// TestDot: a node's area grows with its effect, it is hollow where the loss falls, dashed where
// nobody measured, and has the sign of its bias in it.
func TestDot(t *testing.T) {
	g := gauge{bias: 2, node: 1, nodesMeasured: true}
	put := func(effect *float64, bias float64) []draw.Mark {
		var s draw.Scene
		g.dot(&s, 10, 10, 5, 9, effect, bias, "tip")
		return s.Marks
	}
	at := func(v float64) *float64 { return &v }
	if m := put(at(1), 0); len(m) != 1 || m[0].Fill != draw.Ink || m[0].R != 9 {
		t.Errorf("the greatest effect: %+v", m)
	}
	if m := put(at(0), 0); m[0].R != 5 {
		t.Errorf("no effect: %+v", m)
	}
	if m := put(at(0.5), 0); math.Abs(m[0].R*m[0].R-(25+81)/2) > 0.1 {
		t.Errorf("half the effect has not half the area: %+v", m)
	}
	if m := put(at(-1), 0); m[0].Fill != draw.Paper || m[0].Stroke != draw.Ink || m[0].Dash != nil {
		t.Errorf("a falling loss: %+v", m)
	}
	if m := put(nil, 0); m[0].Fill != draw.Paper || len(m[0].Dash) == 0 {
		t.Errorf("not measured: %+v", m)
	}
	plus, minus := put(at(1), 2), put(at(1), -2)
	if len(plus) != 2 || strings.Count(plus[1].D, "m") != 1 || plus[1].Stroke != draw.Paper || plus[1].Tip != "tip" {
		t.Errorf("a positive bias: %+v", plus)
	}
	if len(minus) != 2 || strings.Count(minus[1].D, "m") != 0 {
		t.Errorf("a negative bias: %+v", minus)
	}
	small, _, _, _ := drawtest.Box(&put(at(1), 0.1)[1])
	large, _, _, _ := drawtest.Box(&plus[1])
	if small <= large || large < 10-5+1 {
		t.Errorf("signs of biases begin at %v and %v", small, large)
	}
	if hollow := put(at(-1), 2); hollow[1].Stroke != draw.Ink {
		t.Errorf("a sign on paper: %+v", hollow[1])
	}
	g = gauge{}
	if m := put(nil, 0); m[0].Fill != draw.Muted || m[0].Dash != nil || m[0].R != 7 {
		t.Errorf("where nothing was measured: %+v", m)
	}
}

// TestMeasureMarks finds the ranges by hand.
func TestMeasureMarks(t *testing.T) {
	low, high, edge := -0.5, 0.25, 0.125
	c := &circuit.Circuit{Nodes: []circuit.Kept{{Bias: -3, Effect: &low}, {Bias: 1, Effect: &high}, {}},
		Edges: []circuit.Edge{{Weight: -4, Effect: &edge}, {Weight: 2}, {Weight: 1, Effect: &low}}}
	want := gauge{weight: 4, bias: 3, node: 0.5, edge: 0.125, nodesMeasured: true, nodesFall: true, nodesMissing: true, edgesMissing: true}
	if g := measureMarks(c); g != want {
		t.Errorf("got %+v, want %+v", g, want)
	}
}

// TestLegend: every channel that is used is explained with its range, and no other.
func TestLegend(t *testing.T) {
	texts := func(c *circuit.Circuit) string {
		var all []string
		for _, m := range scene(c, nil).Marks {
			if m.Shape == draw.Text {
				all = append(all, m.Text)
			}
		}
		return strings.Join(all, "\n") + "\n"
	}
	full := texts(circuitsample.Sample(t, "brackets"))
	for _, want := range []string{"weight\n-2.60\n-0.650\n0\n+0.650\n+2.60\n", "ablation\n0\n0.165\n0.660\nnats: rise of the loss\n", "the loss falls\n",
		"bias\n-2\n-0.500\n0\n+0.500\n+2\n", "edges\nfaint 0 to strong 0.600 nats: rise of the loss\n", "channels\nwritten, then read\nnot used there\n"} {
		if !strings.Contains(full, want) {
			t.Errorf("missing %q in\n%s", want, full)
		}
	}
	if strings.Contains(full, "not measured") {
		t.Error("something is said not to be measured")
	}
	bare := texts(circuitsample.Sample(t, "quotes"))
	for _, want := range []string{"the effect of nodes was not measured\n", "-6\n-1.50\n0\n+1.50\n+6\n"} {
		if !strings.Contains(bare, want) {
			t.Errorf("missing %q in\n%s", want, bare)
		}
	}
	if strings.Contains(bare, "edges\n") || strings.Contains(bare, "the loss falls") {
		t.Error("what is not drawn is explained")
	}
	one := &circuit.Circuit{Model: smallShape, Ablation: circuit.MeanAblation, Nodes: []circuit.Kept{{Node: circuit.Node{Site: "0.mlp.post_act"}}}}
	if lone := texts(one); strings.Contains(lone, "weight\n") || strings.Contains(lone, "bias\n") || strings.Contains(lone, "channels\n") {
		t.Errorf("a lone neuron has neither weight, bias nor channel:\n%s", lone)
	}
}
