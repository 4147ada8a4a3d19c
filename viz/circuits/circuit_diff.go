package circuits

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// A CircuitDiff draws two circuits of models of one shape as one picture, laid out as [Circuit] lays
// one out: what both have, what only A has, and what only B has, told apart by the form of the mark,
// the dash of the edge, and colour. Under it are the nodes of every site as bars. Two circuits that
// together have more than [CircuitNodes] nodes or [CircuitEdges] edges are drawn as bars only.
//
// Between models of different training seeds an index means nothing: there, look at the bars.
type CircuitDiff struct {
	viz.Note
	A, B         *circuit.Circuit
	NameA, NameB string // "A" and "B" if empty
}

// The parts of a comparison.
const (
	inBoth = iota
	onlyA
	onlyB
)

// united is the two circuits in one, with the part that each node and edge belongs to.
type united struct {
	diff   *circuit.Diff
	nodes  []circuit.Node
	edges  []circuit.Edge        // of A where both have it
	partOf []int                 // by node
	edge   []int                 // by edge
	pairs  map[[2]string]float64 // weight in B of the edges of both, by path
}

// Bundle draws the comparison. It refuses what [circuit.Compare] refuses, models of two shapes among
// it, and two empty circuits ([ErrNoData]).
func (f CircuitDiff) Bundle() (viz.Bundle, error) {
	f.names()
	for _, c := range []struct {
		name string
		c    **circuit.Circuit
	}{{f.NameA, &f.A}, {f.NameB, &f.B}} {
		if *c.c == nil {
			return viz.Bundle{}, fmt.Errorf("circuit diff %q: there is no circuit %q: %w", f.Title, c.name, viz.ErrNoData)
		}
		sorted := **c.c
		sorted.Nodes, sorted.Edges = slices.Clone(sorted.Nodes), slices.Clone(sorted.Edges)
		sorted.Sort()
		*c.c = &sorted
	}
	d, err := circuit.Compare(f.A, f.B)
	if err != nil {
		return viz.Bundle{}, fmt.Errorf("circuit diff %q: %w", f.Title, err)
	}
	if len(d.Sites) == 0 {
		return viz.Bundle{}, fmt.Errorf("circuit diff %q: neither circuit has a node: %w", f.Title, viz.ErrNoData)
	}
	if f.Title == "" {
		f.Title = f.NameA + " and " + f.NameB
	}
	if f.Provenance == "" {
		f.Provenance = viz.ProvenanceLine(map[string]any{f.NameA: f.A.Run, f.NameB: f.B.Run})
	}
	u := unite(d)
	note := f.Note
	note.Caption = joinSentences(f.Caption, f.NameA+":", proofText(f.A), f.NameB+":", proofText(f.B))
	return viz.Drawn{Scene: f.scene(u), Note: note, Twin: f.twin(u), Numbers: []viz.Table{f.siteTable(d)},
		Listed: []viz.Table{f.nodeTable(u), f.edgeTable(u)}, Name: viz.FileName(f.Title), Files: []viz.File{f.csv(u)}}.Bundle()
}

// names fills in what the circuits are called.
func (f *CircuitDiff) names() {
	if f.NameA == "" {
		f.NameA = "A"
	}
	if f.NameB == "" {
		f.NameB = "B"
	}
}

// part says in words where something is.
func (f *CircuitDiff) part(p int) string {
	return [...]string{"both", "only " + f.NameA, "only " + f.NameB}[p]
}

// unite puts two circuits into one.
func unite(d *circuit.Diff) *united {
	u := &united{diff: d, pairs: map[[2]string]float64{}}
	part := map[circuit.Node]int{}
	for _, n := range d.Both {
		u.nodes = append(u.nodes, n.Node)
	}
	for p, nodes := range [...][]circuit.Kept{onlyA: d.OnlyA, onlyB: d.OnlyB} {
		for _, n := range nodes {
			part[n.Node] = p
			u.nodes = append(u.nodes, n.Node)
		}
	}
	slices.SortFunc(u.nodes, circuit.Node.Compare)
	for _, n := range u.nodes {
		u.partOf = append(u.partOf, part[n])
	}
	type placed struct {
		circuit.Edge
		part int
	}
	var all []placed
	for _, e := range d.EdgesBoth {
		all = append(all, placed{e.A, inBoth})
		u.pairs[ends(e.A)] = e.B.Weight
	}
	for p, edges := range [...][]circuit.Edge{onlyA: d.EdgesOnlyA, onlyB: d.EdgesOnlyB} {
		for _, e := range edges {
			all = append(all, placed{e, p})
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		if c := a.To.Compare(b.To); c != 0 {
			return c
		}
		return a.From.Compare(b.From)
	})
	for _, e := range all {
		u.edges, u.edge = append(u.edges, e.Edge), append(u.edge, e.part)
	}
	return u
}

func ends(e circuit.Edge) [2]string { return [2]string{e.From.String(), e.To.String()} }

// weights of an edge in A and in B, nil where it is not.
func (u *united) weights(i int) (a, b any) {
	w := u.edges[i].Weight
	switch u.edge[i] {
	case onlyA:
		return w, nil
	case onlyB:
		return nil, w
	}
	return w, u.pairs[ends(u.edges[i])]
}

// turned counts the edges of both whose weights have different signs.
func (u *united) turned() int {
	n := 0
	for _, e := range u.diff.EdgesBoth {
		if math.Signbit(e.A.Weight) != math.Signbit(e.B.Weight) {
			n++
		}
	}
	return n
}

// overlap says how much the circuits share.
func (f *CircuitDiff) overlap(d *circuit.Diff) string {
	return fmt.Sprintf("%s in both, %d only in %s, %d only in %s (%.0f %% shared); %s in both, %d only in %s, %d only in %s (%.0f %% shared)",
		plural(len(d.Both), "node"), len(d.OnlyA), f.NameA, len(d.OnlyB), f.NameB, 100*d.NodeJaccard,
		plural(len(d.EdgesBoth), "edge"), len(d.EdgesOnlyA), f.NameA, len(d.EdgesOnlyB), f.NameB, 100*d.EdgeJaccard)
}

func (f *CircuitDiff) siteTable(d *circuit.Diff) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Nodes by site"}, Columns: []viz.Column{{Name: "site"}, {Name: f.NameA}, {Name: f.NameB}, {Name: "both"}, {Name: f.part(onlyA)}, {Name: f.part(onlyB)}}}
	var a, b, both int
	for _, s := range d.Sites {
		t.Rows = append(t.Rows, []any{s.Site, s.A, s.B, s.Both, s.A - s.Both, s.B - s.Both})
		a, b, both = a+s.A, b+s.B, both+s.Both
	}
	t.Total = []any{"all", a, b, both, a - both, b - both}
	return shorten(t)
}

func (f *CircuitDiff) nodeTable(u *united) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Nodes"}, Columns: []viz.Column{{Name: "node"}, {Name: "in"}}}
	for i, n := range u.nodes {
		t.Rows = append(t.Rows, []any{n.String(), f.part(u.partOf[i])})
	}
	return shorten(t)
}

func (f *CircuitDiff) edgeTable(u *united) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Edges"}, Columns: []viz.Column{{Name: "from"}, {Name: "to"}, {Name: "in"}, {Name: "weight in " + f.NameA}, {Name: "weight in " + f.NameB}}}
	for i, e := range u.edges {
		a, b := u.weights(i)
		t.Rows = append(t.Rows, []any{e.From.String(), e.To.String(), f.part(u.edge[i]), a, b})
	}
	return shorten(t)
}

// csv is the file of all edges: from, to, weight_a, weight_b, empty where a circuit lacks the edge.
func (f *CircuitDiff) csv(u *united) viz.File {
	rows := [][]string{{"from", "to", "weight_a", "weight_b"}}
	text := func(v any) string {
		if w, ok := v.(float64); ok {
			return strconv.FormatFloat(w, 'g', -1, 64)
		}
		return ""
	}
	for i, e := range u.edges {
		a, b := u.weights(i)
		rows = append(rows, []string{e.From.String(), e.To.String(), text(a), text(b)})
	}
	return viz.CSVFile(rows)
}

// twin lists nodes and edges as the drawing of one circuit does, each with a sign of where it is.
func (f *CircuitDiff) twin(u *united) string {
	var b strings.Builder
	signs := [...]string{inBoth: "=", onlyA: "<", onlyB: ">"}
	fmt.Fprintf(&b, "%s\n= both   < only %s   > only %s\n", draw.Visible(f.overlap(u.diff)), draw.Visible(f.NameA), draw.Visible(f.NameB))
	in := map[circuit.Node][]int{}
	for i, e := range u.edges {
		in[e.To] = append(in[e.To], i)
	}
	for i, n := range u.nodes {
		if i == 0 || n.Site != u.nodes[i-1].Site {
			fmt.Fprintf(&b, "%s\n", n.Site)
		}
		fmt.Fprintf(&b, "  %s [%d]\n", signs[u.partOf[i]], n.Index)
		for _, k := range in[n] {
			e := u.edges[k]
			x, y := u.weights(k)
			var ws []string
			for _, w := range []any{x, y} {
				if v, ok := w.(float64); ok {
					ws = append(ws, signed(v))
				}
			}
			fmt.Fprintf(&b, "      %s %s ← %s[%d]\n", signs[u.edge[k]], strings.Join(ws, " / "), e.From.Kind(), e.From.Index)
		}
	}
	return b.String()
}
