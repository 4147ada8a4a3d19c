package circuits

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scene lays out a sorted circuit.
func scene(c *circuit.Circuit, labels map[string]string) *draw.Scene {
	f := Circuit{Circuit: c, Labels: labels}
	return f.Scene()
}

// drawnNodes finds the circles of nodes by their path.
func drawnNodes(s *draw.Scene) map[string][]draw.Mark {
	out := map[string][]draw.Mark{}
	for _, m := range s.Marks {
		if path, _, _ := strings.Cut(m.Tip, " "); m.Shape == draw.Circle && strings.HasSuffix(path, "]") {
			out[path] = append(out[path], m)
		}
	}
	return out
}

// TestCircuitScene: every node and every edge is drawn once, at its own place on the page, and an
// edge leads from node to node.
func TestCircuitScene(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _ := wired(t)
		s := scene(c, nil)
		nodes := drawnNodes(s)
		if len(nodes) != len(c.Nodes) {
			t.Fatalf("%d nodes drawn of %d", len(nodes), len(c.Nodes))
		}
		var all []draw.Mark
		for path, m := range nodes {
			if len(m) != 1 {
				t.Fatalf("%s is drawn %d times", path, len(m))
			}
			all = append(all, m[0])
		}
		for i, a := range all {
			for _, b := range all[:i] {
				if math.Hypot(a.X-b.X, a.Y-b.Y) < a.R+b.R {
					t.Fatalf("%s and %s overlap", a.Tip, b.Tip)
				}
			}
		}
		edges := map[string]int{}
		for i := range s.Marks {
			m := &s.Marks[i]
			name, _, _ := strings.Cut(m.Tip, " · ")
			from, to, ok := strings.Cut(name, " → ")
			if m.Shape != draw.Path || !ok {
				continue
			}
			edges[name]++
			x0, _, x1, _ := drawtest.Box(m)
			a, b := nodes[from][0], nodes[to][0]
			if math.Abs(x0-a.X-a.R) > 0.1 || math.Abs(x1-b.X+b.R) > 0.1 {
				t.Fatalf("%s leads from %v to %v, the nodes are at %v and %v", name, x0, x1, a.X, b.X)
			}
		}
		if len(edges) != len(c.Edges) {
			t.Fatalf("%d edges drawn of %d", len(edges), len(c.Edges))
		}
		for name, n := range edges {
			if n != 1 {
				t.Fatalf("%s is drawn %d times", name, n)
			}
		}
		drawtest.Inside(t, s)
	})
}

// TestCircuitDepth: from left to right, nodes stand in the order of the forward pass.
func TestCircuitDepth(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	nodes := drawnNodes(scene(c, nil))
	for i := 1; i < len(c.Nodes); i++ {
		a, b := c.Nodes[i-1], c.Nodes[i]
		same := a.Layer() == b.Layer() && a.Block() == b.Block() && circuitColumn(a.Kind()) == circuitColumn(b.Kind())
		x, y := nodes[a.String()][0].X, nodes[b.String()][0].X
		if same && x != y || !same && x >= y {
			t.Errorf("%s at %v, %s at %v", a, x, b, y)
		}
	}
}

func circuitColumn(kind string) int {
	switch kind {
	case circuit.ActIn, circuit.FinalResid:
		return 0
	case circuit.ResidDelta:
		return 2
	}
	return 1
}

// TestCircuitOrder: the order of nodes and edges in the input does not matter, and the input stays as
// it was.
func TestCircuitOrder(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	want, err := Circuit{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		o := *c
		o.Nodes, o.Edges = append([]circuit.Kept{}, c.Nodes...), append([]circuit.Edge{}, c.Edges...)
		r.Shuffle(len(o.Nodes), func(i, j int) { o.Nodes[i], o.Nodes[j] = o.Nodes[j], o.Nodes[i] })
		r.Shuffle(len(o.Edges), func(i, j int) { o.Edges[i], o.Edges[j] = o.Edges[j], o.Edges[i] })
		first := o.Nodes[0]
		got, err := Circuit{Circuit: &o}.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("drawn in another way:\n%s", d)
		}
		if o.Nodes[0].Node != first.Node {
			t.Fatal("the circuit was sorted in place")
		}
	}
}

func TestCircuitRefuses(t *testing.T) {
	good := circuitsample.Sample(t, "quotes")
	broken := func(change func(c *circuit.Circuit)) *circuit.Circuit {
		c := *good
		c.Nodes, c.Edges = append([]circuit.Kept{}, good.Nodes...), append([]circuit.Edge{}, good.Edges...)
		change(&c)
		return &c
	}
	nan := math.NaN()
	for name, c := range map[string]struct {
		f    Circuit
		want string
		is   error
	}{
		"nil":          {Circuit{}, "there is none", viz.ErrNoData},
		"empty":        {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes, c.Edges = nil, nil })}, "no nodes", viz.ErrNoData},
		"unknown site": {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes[0].Site = "x" })}, `site "x"`, nil},
		"index":        {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes[0].Index = -1 })}, "[-1]", nil},
		"lost end":     {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes = c.Nodes[1:] })}, "is not one of the circuit's nodes", nil},
		"twice":        {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes = append(c.Nodes, c.Nodes[0]) })}, "there twice", nil},
		"NaN":          {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Edges[0].Weight = nan })}, "NaN", nil},
		"NaN effect":   {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Nodes[3].Effect = &nan })}, "NaN", nil},
		"shape":        {Circuit{Circuit: broken(func(c *circuit.Circuit) { c.Model.DHead = 0 })}, "d_head", nil},
		"loss": {Circuit{Circuit: broken(func(c *circuit.Circuit) {
			c.Proof = &circuit.Proof{Alone: stat.Estimate{Mean: 1e9, Hi: 1e9, N: 1}}
		})}, "the loss of circuit alone", nil},
		"width":     {Circuit{Circuit: good, Width: -1}, "width -1", nil},
		"NaN width": {Circuit{Circuit: good, Width: nan}, "width NaN", nil},
		"far":       {Circuit{Circuit: good, Width: 1e9}, "width 1e+09", nil},
	} {
		_, err := c.f.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestCircuitTooLarge: beyond each limit the blocks are drawn, and the picture says so.
func TestCircuitTooLarge(t *testing.T) {
	shape := circuit.Shape{Layers: 4, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}
	deep := circuit.Shape{Layers: 40, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}
	for name, c := range map[string]*circuit.Circuit{
		"nodes":  circuitsample.Made(1, shape, CircuitNodes+80, 0.01),
		"edges":  circuitsample.Made(1, circuit.Shape{Layers: 1, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}, CircuitNodes-20, 1),
		"blocks": circuitsample.Made(1, deep, 120, 1),
	} {
		b, err := Circuit{Circuit: c}.Bundle()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for form, out := range map[string]string{"SVG": b.SVG, "HTML": b.HTML, "text": b.Text} {
			if !strings.Contains(out, "Too large to be drawn node by node") {
				t.Errorf("%s: %d nodes, %d edges: the %s does not say why blocks are drawn", name, len(c.Nodes), len(c.Edges), form)
			}
		}
	}
	b, err := Circuit{Circuit: circuitsample.Made(1, shape, CircuitNodes-20, 0.1)}.Bundle()
	if err != nil || strings.Contains(b.SVG, "Too large") {
		t.Errorf("a circuit within the limits: %v", err)
	}
}

// TestCircuitLargest: the largest circuits that are drawn whole fit into MaxSVG.
func TestCircuitLargest(t *testing.T) {
	c := circuitsample.Made(3, circuit.Shape{Layers: 4, DModel: 64, Heads: 4, DHead: 16, DMLP: 256, Vocab: 64}, 2*CircuitNodes, 1)
	c.Nodes = c.Nodes[:min(len(c.Nodes), CircuitNodes)]
	kept := map[circuit.Node]bool{}
	for _, n := range c.Nodes {
		kept[n.Node] = true
	}
	var edges []circuit.Edge
	for _, e := range c.Edges {
		if kept[e.From] && kept[e.To] && len(edges) < CircuitEdges {
			edges = append(edges, e)
		}
	}
	c.Edges = edges
	b, err := Circuit{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.SVG, "Too large") || len(c.Edges) < CircuitEdges || len(c.Nodes) < CircuitNodes {
		t.Errorf("%d nodes, %d edges, %d bytes", len(c.Nodes), len(c.Edges), len(b.SVG))
	}
	t.Logf("%d bytes of SVG, %d of HTML", len(b.SVG), len(b.HTML))
}

// TestCircuitWidth: a width that is asked for is kept where the depth allows it.
func TestCircuitWidth(t *testing.T) {
	c := circuitsample.Sample(t, "quotes")
	for _, want := range []float64{0, 700, 1200} {
		f := Circuit{Circuit: c, Width: want}
		s := f.Scene()
		if want > 0 && s.Width != want || want == 0 && s.Width < draw.PlotWidth {
			t.Errorf("width %v, asked for %v", s.Width, want)
		}
		drawtest.Inside(t, s)
	}
	f := Circuit{Circuit: c, Width: 10}
	s := f.Scene()
	drawtest.Inside(t, s)
	if s.Width != leastWidth {
		t.Errorf("width %v, asked for 10", s.Width)
	}
}

// TestCircuitLabels: names stand at their nodes; those of other nodes are nowhere.
func TestCircuitLabels(t *testing.T) {
	c := circuitsample.Sample(t, "quotes")
	labels := map[string]string{"0.mlp.post_act[863]": "double", "0.mlp.resid_delta[985]": "detector", "0.mlp.act_in[205]": "single", "9.mlp.post_act[1]": "nowhere"}
	b, err := Circuit{Circuit: c, Labels: labels}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">863 double<", ">985 detector<", ">205 single<", ">q[657]<", ">460<"} {
		if !strings.Contains(b.SVG, want) {
			t.Errorf("missing %s", want)
		}
	}
	if strings.Contains(b.HTML+b.SVG+b.Text, "nowhere") {
		t.Error("a name of no node is shown")
	}
	drawtest.Inside(t, scene(c, labels))
}

// TestCircuitFiles: what is offered for saving is the picture, the circuit and all of its edges.
func TestCircuitFiles(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	b, err := Circuit{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	file := func(html, mime string) string {
		_, rest, ok := strings.Cut(html, `href="data:`+mime+`;base64,`)
		b64, _, _ := strings.Cut(rest, `"`)
		data, err := base64.StdEncoding.DecodeString(b64)
		if !ok || err != nil {
			t.Fatalf("no file of %s: %v", mime, err)
		}
		return string(data)
	}
	if file(b.HTML, "image/svg+xml") != b.SVG {
		t.Error("the SVG to save is not the picture")
	}
	back, err := circuit.Decode([]byte(file(b.HTML, "application/json")))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, back); d != "" {
		t.Errorf("the JSON holds another circuit:\n%s", d)
	}
	want, _ := circuit.EdgesCSV(c)
	if got := file(b.HTML, "text/csv"); got != string(want) {
		t.Errorf("CSV:\n%s", got)
	}
	for _, ext := range []string{"svg", "json", "csv"} {
		if !strings.Contains(b.HTML, `download="bracket_counting.`+ext+`"`) {
			t.Errorf("no file name for %s", ext)
		}
	}
	own, err := Circuit{Circuit: c, JSON: []byte(`{"own":1}`)}.Bundle()
	if err != nil || file(own.HTML, "application/json") != `{"own":1}` {
		t.Errorf("the circuit's own file is not offered: %v", err)
	}
}

// TestCircuitTables: every node and edge has its row under the picture.
func TestCircuitTables(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	b, err := Circuit{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	_, tables, ok := strings.Cut(b.HTML, "<details>")
	if !ok {
		t.Fatal("no details")
	}
	if got, want := strings.Count(tables, "<tr>"), 3+5+len(c.Nodes)+len(c.Edges); got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	for _, n := range c.Nodes {
		if !strings.Contains(tables, ">"+n.String()+"<") || !strings.Contains(b.Text, fmt.Sprintf("[%d]", n.Index)) {
			t.Errorf("%s is missing", n)
		}
	}
	if got := strings.Count(b.Text, " ← "); got != len(c.Edges) {
		t.Errorf("%d edges in the text, want %d", got, len(c.Edges))
	}
	long := viz.Table{Columns: []viz.Column{{Name: "a"}}, Rows: make([][]any, listedRows+1)}
	if s := shorten(long); len(s.Rows) != listedRows || !strings.Contains(s.Title, "first 400 of 401") {
		t.Errorf("a long table: %d rows, %q", len(s.Rows), s.Title)
	}
}
