package circuits

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"pgregory.net/rapid"
)

// TestFlows by hand.
func TestFlows(t *testing.T) {
	w := paths(t, smallShape, "0.mlp.act_in[1] 0.mlp.resid_delta[2] 0.mlp.resid_delta[3] 1.attn.act_in[2] 1.attn.act_in[3] 1.attn.resid_delta[3] 1.mlp.act_in[3] 1.mlp.act_in[9] 2.mlp.resid_delta[5]")
	var got []string
	for _, f := range w.flows() {
		got = append(got, fmt.Sprintf("%s>%s %d", w.place(f.from), w.place(f.to), f.channels))
	}
	// Channel 3 reaches 1.mlp from both of its writers; the position, 9, from the embedding.
	want := "embed>0.mlp 1, embed>1.mlp 1, 0.mlp>1.attn 2, 0.mlp>1.mlp 1, 1.attn>1.mlp 1, 2.mlp>unembed 1"
	if g := strings.Join(got, ", "); g != want {
		t.Errorf("got  %s\nwant %s", g, want)
	}
}

// TestFlowsAll compares the flows with the channels that package circuit finds.
func TestFlowsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, w := wired(t)
		want := map[string]int{}
		for _, l := range c.Lanes() {
			for _, r := range l.Readers {
				n := 0
				for _, x := range l.Writers {
					if slices.Contains(l.After(x), r) {
						want[x.BlockPath()+">"+r.BlockPath()]++
						n++
					}
				}
				if n == 0 {
					want["embed>"+r.BlockPath()]++
				}
			}
			if k := len(l.Writers); k > 0 && len(l.After(l.Writers[k-1])) == 0 && !w.final() {
				want[l.Writers[k-1].BlockPath()+">unembed"]++
			}
		}
		for _, n := range c.Nodes {
			if n.Kind() == circuit.ActIn && n.Index >= c.Model.DModel {
				want["embed>"+n.Node.BlockPath()]++
			}
		}
		flows := w.flows()
		if len(flows) != len(want) {
			t.Fatalf("%d flows, want %d", len(flows), len(want))
		}
		for _, f := range flows {
			if name := w.place(f.from) + ">" + w.place(f.to); want[name] != f.channels {
				t.Fatalf("%s: %d channels, want %d", name, f.channels, want[name])
			}
		}
	})
}

// TestDrawFlows: each flow is an arc with its number; beyond the limit those of the fewest channels
// are left out.
func TestDrawFlows(t *testing.T) {
	w := paths(t, smallShape, "0.mlp.act_in[1] 0.mlp.resid_delta[2] 1.attn.act_in[2] 2.mlp.act_in[2]")
	rows := []blockRow{{0, 20}, {30, 40}, {80, 40}, {130, 40}, {180, 20}}
	s := &draw.Scene{Width: draw.PlotWidth, Height: 200}
	if n := drawFlows(s, w, rows); n != 0 {
		t.Errorf("%d left out", n)
	}
	arcs := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Path && m.Stroke == draw.Muted })
	if len(arcs) != 3 {
		t.Fatalf("%d arcs", len(arcs))
	}
	for i, want := range []string{"embed → 0.mlp: 1 channel", "0.mlp → 1.attn: 1 channel", "0.mlp → 2.mlp: 1 channel"} {
		if arcs[i].Tip != want {
			t.Errorf("arc %d is %q, want %q", i, arcs[i].Tip, want)
		}
	}
	drawtest.Inside(t, s)

	deep := circuit.Shape{Layers: 30, DModel: 40, Heads: 2, DHead: 4, DMLP: 8, Vocab: 8}
	var nodes []string
	for l := range 25 {
		nodes = append(nodes, fmt.Sprintf("%d.mlp.resid_delta[%d]", l, l), fmt.Sprintf("%d.mlp.act_in[%d]", l, 39))
		for j := range l {
			nodes = append(nodes, fmt.Sprintf("%d.mlp.act_in[%d]", l, j))
		}
	}
	w = paths(t, deep, strings.Join(nodes, " "))
	rows = make([]blockRow, len(w.blocks)+2)
	for i := range rows {
		rows[i] = blockRow{float64(i) * 40, 30}
	}
	s = &draw.Scene{Width: draw.PlotWidth, Height: 40 * float64(len(rows))}
	// 25 from the embedding, one for each two blocks, one into the unembedding.
	if n, want := drawFlows(s, w, rows), 25+25*24/2+1-blockFlows; n != want {
		t.Errorf("%d left out, want %d", n, want)
	}
	numbers := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text })
	if len(numbers) != blockFlows {
		t.Errorf("%d numbers for %d arcs", len(numbers), blockFlows)
	}
	for i, a := range numbers {
		for _, b := range numbers[:i] {
			if a.X == b.X && a.Y == b.Y {
				t.Fatalf("two numbers at (%v, %v)", a.X, a.Y)
			}
		}
	}
}
