package circuits

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
)

// TestDrawHeads: each head has a frame around its nodes and none of another head's, a name above them,
// and joins q and k of one channel.
func TestDrawHeads(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	s := scene(c, nil)
	nodes := drawnNodes(s)
	frames := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Rect && m.Fill == draw.Paper && m.Stroke == draw.Faint })
	if want := len(c.Heads()); len(frames) != want {
		t.Fatalf("%d frames for %d heads", len(frames), want)
	}
	for i, h := range []string{"0.attn[33 33 36 41]", "0.attn[85 85 82]", "1.attn[99 99 103]"} {
		f, held := frames[i], 0
		for _, k := range c.Nodes {
			m := nodes[k.String()][0]
			x0, y0, x1, y1 := drawtest.Box(&m)
			if x0 > f.X && x1 < f.X+f.W && y0 > f.Y && y1 < f.Y+f.H {
				held++
				if !strings.Contains(h, fmt.Sprint(k.Index)) || !strings.HasPrefix(k.Site, h[:6]) {
					t.Errorf("%s stands in the frame of %s", k, h)
				}
			}
		}
		if want := len(strings.Fields(h)); held != want {
			t.Errorf("%d nodes in the frame of %s", held, h)
		}
	}
	names := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text && strings.HasPrefix(m.Text, "head ") })
	if len(names) != 3 || names[0].Text != "head 2" || names[1].Text != "head 5" || names[2].Text != "head 6" {
		t.Errorf("names of heads: %+v", names)
	}
	for i, n := range names {
		if f := frames[i]; n.Y < f.Y || n.Y > f.Y+20 || math.Abs(n.X-f.X-f.W/2) > 0.01 {
			t.Errorf("%s at (%v, %v), its frame at (%v, %v)", n.Text, n.X, n.Y, f.X, f.Y)
		}
	}
	joins := drawtest.Find(s, func(m *draw.Mark) bool { return strings.Contains(m.Tip, "q·k") })
	if len(joins) != 3 || joins[0].Tip != "head 2, channel 1: q·k is a part of the attention score" || len(joins[0].Dash) == 0 {
		t.Errorf("q and k are joined by %+v", joins)
	}
}

// TestDrawHeadsApart: q and k of different channels are not multiplied.
func TestDrawHeadsApart(t *testing.T) {
	c := &circuit.Circuit{Model: smallShape, Ablation: circuit.MeanAblation}
	for _, n := range []string{"0.attn.q[1]", "0.attn.k[2]", "0.attn.k[5]"} {
		node, err := circuit.ParseNode(n)
		if err != nil {
			t.Fatal(err)
		}
		c.Nodes = append(c.Nodes, circuit.Kept{Node: node})
	}
	c.Sort()
	if got := drawtest.Find(scene(c, nil), func(m *draw.Mark) bool { return strings.Contains(m.Tip, "q·k") }); len(got) != 0 {
		t.Errorf("joined: %+v", got)
	}
}

// TestDrawLanes: a lane lies at the height of its nodes across the page, is strong where it is used,
// and has its channel written at its ends.
func TestDrawLanes(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	s := scene(c, nil)
	nodes := drawnNodes(s)
	for _, n := range c.Nodes {
		tip := fmt.Sprintf("residual channel %d", n.Index)
		switch n.Kind() {
		case circuit.ActIn, circuit.ResidDelta, circuit.FinalResid:
			if n.Index >= c.Model.DModel {
				tip = fmt.Sprintf("position channel %d", n.Index-c.Model.DModel)
			}
		default:
			continue
		}
		m := nodes[n.String()][0]
		on := drawtest.Find(s, func(l *draw.Mark) bool {
			return l.Shape == draw.Line && l.Tip == tip && l.Y == m.Y && l.X <= m.X && l.X+l.W >= m.X
		})
		if len(on) == 0 {
			t.Errorf("%s lies on no lane", n)
		}
	}
	strong := func(tip string) (from, to float64) {
		for _, l := range drawtest.Find(s, func(l *draw.Mark) bool { return l.Tip == tip && l.Opacity == 0 }) {
			return l.X, l.X + l.W
		}
		return 0, 0
	}
	if from, to := strong("residual channel 12"); from != nodes["0.attn.resid_delta[12]"][0].X || to != nodes["1.attn.act_in[12]"][0].X {
		t.Errorf("channel 12 is strong from %v to %v", from, to)
	}
	left, right := drawtest.Find(s, func(m *draw.Mark) bool { return m.Tip == "embedding of the token; positions" }), drawtest.Find(s, func(m *draw.Mark) bool { return m.Tip == "last norm and unembedding" })
	if len(left) != 1 || len(right) != 1 {
		t.Fatalf("embedding %v, unembedding %v", left, right)
	}
	if from, to := strong("residual channel 7"); from != left[0].X+left[0].W || to != nodes["0.attn.act_in[7]"][0].X {
		t.Errorf("channel 7 is strong from %v to %v", from, to)
	}
	if from, to := strong("residual channel 3"); from != nodes["1.mlp.resid_delta[3]"][0].X || to != right[0].X {
		t.Errorf("channel 3 is strong from %v to %v", from, to)
	}
	if pos := drawtest.Find(s, func(m *draw.Mark) bool { return m.Tip == "position channel 2" }); len(pos) != 1 || len(pos[0].Dash) == 0 || pos[0].X+pos[0].W != nodes["0.attn.act_in[130]"][0].X {
		t.Errorf("the lane of a position: %+v", pos)
	}
	for text, want := range map[string]int{"pos 2": 1, "90": 2, "7": 2, "101": 3} {
		if got := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text && m.Text == text }); len(got) != want {
			t.Errorf("%q is written %d times, want %d: at the lane, and at its nodes", text, len(got), want)
		}
	}
}

// TestDrawBands: each block has a band that holds its nodes, and its name.
func TestDrawBands(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	s := scene(c, nil)
	nodes := drawnNodes(s)
	bands := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Rect && m.Fill == draw.Wash })
	var names []string
	for _, b := range bands {
		held := 0
		name, tally, _ := strings.Cut(b.Tip, ": ")
		names = append(names, name)
		for path, m := range nodes {
			x0, y0, x1, y1 := drawtest.Box(&m[0])
			if x0 > b.X && x1 < b.X+b.W && y0 > b.Y && y1 < b.Y+b.H {
				held++
				if !strings.HasPrefix(path, name) {
					t.Errorf("%s stands in the band of %s", path, name)
				}
			}
		}
		if tally != plural(held, "node") {
			t.Errorf("%s holds %d nodes and says %q", name, held, tally)
		}
		if len(drawtest.Find(s, func(m *draw.Mark) bool {
			return m.Shape == draw.Text && m.Text == name && math.Abs(m.X-b.X-b.W/2) < 0.01
		})) != 1 {
			t.Errorf("%s has no name", name)
		}
	}
	if got := strings.Join(names, " "); got != "0.attn 0.mlp 1.attn 1.mlp final_resid" {
		t.Errorf("bands %s", got)
	}
	for text, want := range map[string]int{"act_in": 4, "q k v": 2, "post_act": 2, "resid_delta": 4, "final_resid": 1} {
		if got := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text && m.Text == text }); len(got) != want {
			t.Errorf("%q is written %d times, want %d", text, len(got), want)
		}
	}
}

// TestDrawDense: beyond the limit only nodes inside of blocks have labels; the lanes say the rest.
func TestDrawDense(t *testing.T) {
	c := circuitsample.Made(1, circuit.Shape{Layers: 3, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}, 100, 0.3)
	s := scene(c, nil)
	nodes := drawnNodes(s)
	for _, n := range c.Nodes {
		m := nodes[n.String()][0]
		label := drawtest.Find(s, func(l *draw.Mark) bool { return l.Shape == draw.Text && l.X == m.X && l.Y < m.Y && l.Y > m.Y-14 })
		if want := circuitColumn(n.Kind()) == 1; (len(label) == 1) != want || want && !strings.Contains(label[0].Text, fmt.Sprint(n.Index)) {
			t.Errorf("%s has the labels %+v", n, label)
		}
	}
	drawtest.Inside(t, s)
}
