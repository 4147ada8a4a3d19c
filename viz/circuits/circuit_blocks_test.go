package circuits

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	_ "circuitbook/sparsenn/suitetest"
	"circuitbook/viz"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"pgregory.net/rapid"
)

func blocksScene(c *circuit.Circuit) *draw.Scene {
	f := CircuitBlocks{Circuit: c}
	return f.Scene()
}

// TestBlocksScene: every node is a dot in the card of its block, none on another, and nothing sticks
// out of the page.
func TestBlocksScene(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, w := wired(t)
		s := blocksScene(c)
		drawtest.Inside(t, s)
		cards := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Rect && m.Fill == draw.Wash })
		if len(cards) != len(w.blocks) {
			t.Fatalf("%d cards for %d blocks", len(cards), len(w.blocks))
		}
		nodes := drawnNodes(s)
		if len(nodes) != len(c.Nodes) {
			t.Fatalf("%d dots for %d nodes", len(nodes), len(c.Nodes))
		}
		var all []draw.Mark
		for i, b := range w.blocks {
			for _, n := range append(append(append([]int{}, b.in...), b.mid...), b.out...) {
				m := nodes[w.nodes[n].String()]
				x0, y0, x1, y1 := drawtest.Box(&m[0])
				if k := cards[i]; len(m) != 1 || x0 < k.X || x1 > k.X+k.W || y0 < k.Y || y1 > k.Y+k.H {
					t.Fatalf("%s: %+v, its card %+v", w.nodes[n], m, k)
				}
				all = append(all, m[0])
			}
		}
		for i, a := range all {
			for _, b := range all[:i] {
				if math.Hypot(a.X-b.X, a.Y-b.Y) < a.R+b.R {
					t.Fatalf("%s and %s overlap", a.Tip, b.Tip)
				}
			}
		}
	})
}

// TestBlocksLarge: thousands of nodes fit; what is not drawn is counted.
func TestBlocksLarge(t *testing.T) {
	c := circuitsample.Made(1, circuit.Shape{Layers: 8, DModel: 512, Heads: 32, DHead: 16, DMLP: 2048, Vocab: 64}, 4000, 0.02)
	b, err := CircuitBlocks{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	s := blocksScene(c)
	drawtest.Inside(t, s)
	drawn := len(drawnNodes(s))
	rest := 0
	for _, m := range s.Marks {
		var n, heads int
		switch {
		case m.Shape != draw.Text:
		case strings.HasSuffix(m.Text, " more"):
			fmt.Sscanf(m.Text, "%d more", &n)
		case strings.Contains(m.Text, " more heads"):
			fmt.Sscanf(m.Text, "%d more heads, %d nodes", &heads, &n)
		case strings.HasPrefix(m.Text, "+"):
			fmt.Sscanf(m.Text, "+%d", &n)
		}
		rest += n
	}
	if drawn+rest != len(c.Nodes) {
		t.Errorf("%d dots and %d counted for %d nodes", drawn, rest, len(c.Nodes))
	}
	t.Logf("%d nodes, %d edges: %d bytes of SVG, %d of HTML", len(c.Nodes), len(c.Edges), len(b.SVG), len(b.HTML))
}

func TestBlocksRefuse(t *testing.T) {
	good := circuitsample.Sample(t, "quotes")
	broken := *good
	broken.Edges = append([]circuit.Edge{{From: good.Nodes[0].Node, To: good.Nodes[1].Node, Weight: 1}}, good.Edges...)
	deep := circuitsample.Made(1, circuit.Shape{Layers: 200, DModel: 8, Heads: 1, DHead: 8, DMLP: 8, Vocab: 8}, 400, 1)
	for name, c := range map[string]struct {
		f    CircuitBlocks
		want string
		is   error
	}{
		"nil":    {CircuitBlocks{}, "there is none", viz.ErrNoData},
		"empty":  {CircuitBlocks{Circuit: &circuit.Circuit{Model: good.Model, Ablation: good.Ablation}}, "no nodes", viz.ErrNoData},
		"broken": {CircuitBlocks{Circuit: &broken}, "no weight leads", nil},
		"top":    {CircuitBlocks{Circuit: good, Top: 41}, "up to 40", nil},
		"less":   {CircuitBlocks{Circuit: good, Top: -1}, "up to 40", nil},
		"deep":   {CircuitBlocks{Circuit: deep}, "at most 64", nil},
	} {
		_, err := c.f.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestBlocksTop: the nodes of the largest effects, in order, by their names if they have one.
func TestBlocksTop(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	f := CircuitBlocks{Circuit: c, Top: 3, Labels: map[string]string{"final_resid[3]": "answer"}}
	var got []string
	for _, n := range f.top() {
		got = append(got, n.String())
	}
	if g := strings.Join(got, " "); g != "0.attn.resid_delta[12] final_resid[3] 1.mlp.resid_delta[3]" {
		t.Errorf("top %s", g)
	}
	b, err := f.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">0.attn.resid_delta[12]<", ">answer<", ">1.mlp.resid_delta[3]<", ">0.660<"} {
		if !strings.Contains(b.SVG, want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	if strings.Contains(b.SVG, ">1.mlp.act_in[45]<") || !strings.Contains(b.Text, "final_resid[3]             ██████████   0.660  answer\n") {
		t.Errorf("not the top three:\n%s", b.Text)
	}
	f.Top = 0
	if n := len(f.top()); n != 10 {
		t.Errorf("%d by default", n)
	}
	bare, err := CircuitBlocks{Circuit: circuitsample.Sample(t, "quotes")}.Bundle()
	if err != nil || !strings.Contains(bare.Text, "The effect of nodes was not measured.") || !strings.Contains(bare.SVG, ">not measured<") {
		t.Errorf("nothing measured: %v\n%s", err, bare.Text)
	}
}

// TestBlocksCounts: nodes and edges by site and head, by hand.
func TestBlocksCounts(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	f := CircuitBlocks{Circuit: c}
	w := f.wire()
	in, out := w.edgesInto()
	if got := fmt.Sprint(in, out); got != "[9 4 2 2 0] [5 4 1 2 0]" {
		t.Errorf("edges %s", got)
	}
	rows := map[string]string{}
	nodes, edges := 0, 0
	for _, r := range f.siteTable().Rows {
		rows[fmt.Sprint(r[0], " ", r[1])] = fmt.Sprint(r[2:]...)
		nodes, edges = nodes+r[2].(int), edges+r[3].(int)
	}
	if nodes != len(c.Nodes) || edges != len(c.Edges) {
		t.Errorf("%d nodes, %d edges in the table", nodes, edges)
	}
	for name, want := range map[string]string{
		"0.attn.act_in <nil>":     fmt.Sprint(5, 0, 9, 0.225),
		"0.attn.v 2":              fmt.Sprint(2, 3, 3, 0.31),
		"0.attn.v 5":              fmt.Sprint(1, 3, 2, 0.42),
		"0.attn.q 5":              fmt.Sprint(1, 0, 0, -0.003),
		"0.mlp.resid_delta <nil>": fmt.Sprint(2, 4, 0, 0.5),
		"final_resid <nil>":       fmt.Sprint(2, 0, 0, 0.66),
	} {
		if rows[name] != want {
			t.Errorf("%s: %s, want %s", name, rows[name], want)
		}
	}
	b, err := f.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">9 edges →<", ">1 edge →<", ">act_in 5<", ">q 2, k 2, v 3<", ">post_act 3<", ">resid_delta 2<", ">final_resid 2<", ">14 nodes<", ">head 5<"} {
		if !strings.Contains(b.SVG, want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	for _, want := range []string{"    act_in 5 → 9 edges → q k v 7 → 5 edges → resid_delta 2\n", "    head 5: q 1, k 1, v 1\n", "    reads 2 channels of 0.attn\n", "depth from top to bottom"} {
		if !strings.Contains(b.Text+b.SVG, want) {
			t.Errorf("missing %q in\n%s", want, b.Text)
		}
	}
}
