package circuits

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func diffScene(t interface{ Fatal(...any) }, a, b *circuit.Circuit) (*draw.Scene, *united) {
	d, err := circuit.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	f := CircuitDiff{A: a, B: b}
	f.names()
	u := unite(d)
	return f.scene(u), u
}

// TestDiffScene: each node of either circuit is drawn once, in the form that says where it is; each
// edge has the dash of where it is.
func TestDiffScene(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, _ := wired(t)
		b := circuitsample.Changed(a, rapid.IntRange(1, 9).Draw(t, "every"))
		s, u := diffScene(t, a, b)
		drawtest.Inside(t, s)
		has := func(c *circuit.Circuit, n circuit.Node) bool { _, ok := c.Find(n); return ok }
		form := map[draw.Role]int{draw.Ink: 3, draw.Series0: 1, draw.Series1: 2}
		nodes := map[string]int{}
		var at []draw.Mark
		for _, m := range s.Marks {
			path, part, ok := strings.Cut(m.Tip, ": ")
			n, err := circuit.ParseNode(path)
			if !ok || err != nil {
				continue
			}
			nodes[path]++
			where := 0
			if has(a, n) {
				where |= 1
			}
			if has(b, n) {
				where |= 2
			}
			role := m.Stroke
			if m.Shape == draw.Circle {
				role = m.Fill
			}
			if form[role] != where || (m.Shape == draw.Circle) != (where == 3) || part != []string{"", "only A", "only B", "both"}[where] {
				t.Fatalf("%s is in %d and drawn as %+v", path, where, m)
			}
			at = append(at, m)
		}
		if len(nodes) != len(u.nodes) {
			t.Fatalf("%d nodes drawn of %d", len(nodes), len(u.nodes))
		}
		for i, x := range at {
			for _, y := range at[:i] {
				if x.X == y.X && x.Y == y.Y {
					t.Fatalf("%s and %s at one place", x.Tip, y.Tip)
				}
			}
		}
		edges := 0
		for _, m := range drawtest.Find(s, func(m *draw.Mark) bool { return strings.Contains(m.Tip, " → ") }) {
			edges++
			where := 0
			if strings.Contains(m.Tip, " in A") {
				where |= 1
			}
			if strings.Contains(m.Tip, " in B") {
				where |= 2
			}
			if form[m.Stroke] != where || (len(m.Dash) == 0) != (where == 3) {
				t.Fatalf("%s is drawn as %+v", m.Tip, m)
			}
		}
		if edges != len(u.edges) {
			t.Fatalf("%d edges drawn of %d", edges, len(u.edges))
		}
	})
}

// TestUnite: the parts add up, and turning the circuits round turns the parts.
func TestUnite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, _ := wired(t)
		b := circuitsample.Changed(a, rapid.IntRange(2, 9).Draw(t, "every"))
		_, u := diffScene(t, a, b)
		_, v := diffScene(t, b, a)
		count := func(parts []int) (n [3]int) {
			for _, p := range parts {
				n[p]++
			}
			return n
		}
		n, m := count(u.partOf), count(v.partOf)
		if n[inBoth]+n[onlyA] != len(a.Nodes) || n[inBoth]+n[onlyB] != len(b.Nodes) || m != [3]int{n[inBoth], n[onlyB], n[onlyA]} {
			t.Fatalf("nodes %v, turned round %v, of %d and %d", n, m, len(a.Nodes), len(b.Nodes))
		}
		n, m = count(u.edge), count(v.edge)
		if n[inBoth]+n[onlyA] != len(a.Edges) || n[inBoth]+n[onlyB] != len(b.Edges) || m != [3]int{n[inBoth], n[onlyB], n[onlyA]} {
			t.Fatalf("edges %v, turned round %v, of %d and %d", n, m, len(a.Edges), len(b.Edges))
		}
		for i, e := range u.edges {
			x, y := u.weights(i)
			for k, c := range []*circuit.Circuit{a, b} {
				var want any
				for _, f := range c.Edges {
					if f.From == e.From && f.To == e.To {
						want = f.Weight
					}
				}
				if got := []any{x, y}[k]; got != want {
					t.Fatalf("%s has weight %v in %d, want %v", e, got, k, want)
				}
			}
		}
	})
}

// TestDiffSame: a circuit compared with itself is all in both.
func TestDiffSame(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	b, err := CircuitDiff{A: c, B: c, NameA: "one", NameB: "two"}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if want := "33 nodes in both, 0 only in one, 0 only in two (100 % shared); 29 edges in both, 0 only in one, 0 only in two (100 % shared)"; !strings.Contains(b.Text, want) {
		t.Errorf("missing %q in\n%s", want, b.Text)
	}
	if strings.Contains(b.Text, "changed sign") || strings.Contains(b.Text, "  < [") || strings.Contains(b.Text, "  > [") {
		t.Errorf("a difference is told:\n%s", b.Text)
	}
}

// TestDiffSays: counts, turned signs, names and losses, by hand.
func TestDiffSays(t *testing.T) {
	a := circuitsample.Sample(t, "quotes")
	b := circuitsample.Changed(a, 6) // drops 0.mlp.resid_delta[985] and 10.attn.resid_delta[83], adds [984] and [82]
	d := CircuitDiff{A: a, B: b, NameA: "one", NameB: "two"}
	got, err := d.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"one and two\n", "10 nodes in both, 2 only in one, 2 only in two (71 % shared); 6 edges in both, 3 only in one, 0 only in two (67 % shared)\n",
		"= both   < only one   > only two\n", "  < [985]\n", "  > [984]\n", "      < -0.150 ← post_act[863]\n", "all                   12   12    10         2         2\n",
	} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("missing %q in\n%s", want, got.Text)
		}
	}
	if !strings.Contains(got.SVG, "1 weight of both changed sign") || !strings.Contains(got.SVG, ">only two<") {
		t.Error("the picture lacks the weight that changed its sign, or a name")
	}
	if strings.Count(got.HTML, "Faithfulness was not measured.") != 2 {
		t.Error("the losses of both circuits are not told")
	}
	_, rest, _ := strings.Cut(got.HTML, "<details>")
	if n, want := strings.Count(rest, "<tr>"), 3+len(circuitSites(a, b))+1+14+9; n != want {
		t.Errorf("%d rows in the tables, want %d", n, want)
	}
	c, _ := circuit.Compare(a, b)
	rows, err := csv.NewReader(strings.NewReader(string(d.csv(unite(c)).Data))).ReadAll()
	if err != nil || len(rows) != 1+9 {
		t.Fatalf("%d rows of CSV, %v", len(rows), err)
	}
	if d := cmp.Diff([]string{"0.mlp.act_in[205]", "0.mlp.post_act[2790]", "-0.2", "-0.2"}, rows[2]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"0.mlp.act_in[207]", "0.mlp.post_act[863]", "-0.1", "0.1"}, rows[1]); d != "" {
		t.Error(d)
	}
	if rows[9][0] != "10.attn.v[656]" || rows[9][3] != "" {
		t.Errorf("an edge that B lacks: %v", rows[9])
	}
}

func circuitSites(cs ...*circuit.Circuit) map[string]bool {
	out := map[string]bool{}
	for _, c := range cs {
		for _, n := range c.Nodes {
			out[n.Site] = true
		}
	}
	return out
}

// TestDiffBars: the bars of a site are as long as its parts, side by side.
func TestDiffBars(t *testing.T) {
	a := circuitsample.Sample(t, "brackets")
	s, u := diffScene(t, a, circuitsample.Changed(a, 4))
	unit := 0.0
	for _, p := range u.diff.Sites {
		at := 0.0
		for _, m := range drawtest.Find(s, func(m *draw.Mark) bool {
			return m.Shape == draw.Rect && m.H == 10 && strings.HasPrefix(m.Tip, p.Site+": ")
		}) {
			n := 0
			if _, err := fmt.Sscanf(strings.TrimPrefix(m.Tip, p.Site+": "), "%d", &n); err != nil || n == 0 {
				t.Errorf("bar %q", m.Tip)
			}
			if one := (m.W + 1.5) / float64(n); unit == 0 {
				unit = one
			} else if one < unit-0.01 || one > unit+0.01 {
				t.Errorf("%q: a node is %v long, elsewhere %v", m.Tip, one, unit)
			}
			if at > 0 && (m.X < at || m.X > at+2) {
				t.Errorf("%q begins at %v, the one before ends at %v", m.Tip, m.X, at)
			}
			at = m.X + m.W
		}
		if at == 0 {
			t.Errorf("%s has no bar", p.Site)
		}
	}
}

// TestDiffTooLarge: two circuits that are too large are drawn as bars, and many sites as a part of
// them.
func TestDiffTooLarge(t *testing.T) {
	shape := circuit.Shape{Layers: 20, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}
	a, b := circuitsample.Made(1, shape, 900, 0.2), circuitsample.Made(2, shape, 900, 0.2)
	got, err := CircuitDiff{A: a, B: b}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.SVG, "Too large to be drawn node by node") || !strings.Contains(got.SVG, "more sites are in the table") {
		t.Error("the picture does not say what is left out")
	}
	s, _ := diffScene(t, a, b)
	drawtest.Inside(t, s)
	if n := len(drawtest.Find(s, func(m *draw.Mark) bool { return strings.Contains(m.Tip, " → ") })); n != 0 {
		t.Errorf("%d edges are drawn", n)
	}
}

func TestDiffRefuses(t *testing.T) {
	good := circuitsample.Sample(t, "quotes")
	other := circuitsample.Sample(t, "brackets")
	empty := &circuit.Circuit{Model: good.Model, Ablation: good.Ablation}
	broken := *good
	broken.Nodes = append([]circuit.Kept{good.Nodes[0]}, good.Nodes...)
	for name, c := range map[string]struct {
		f    CircuitDiff
		want string
		is   error
	}{
		"no A":   {CircuitDiff{B: good}, `no circuit "A"`, viz.ErrNoData},
		"no B":   {CircuitDiff{A: good, NameB: "other"}, `no circuit "other"`, viz.ErrNoData},
		"shapes": {CircuitDiff{A: good, B: other}, "layers is 12 in a and 2 in b", nil},
		"empty":  {CircuitDiff{A: empty, B: empty}, "neither", viz.ErrNoData},
		"broken": {CircuitDiff{A: good, B: &broken}, "circuit b: node 0.mlp.act_in[205] is there twice", nil},
	} {
		_, err := c.f.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
	if _, err := (CircuitDiff{A: empty, B: good}).Bundle(); err != nil {
		t.Errorf("one empty circuit: %v", err)
	}
}
