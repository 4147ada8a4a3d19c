package circuits

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// A CircuitBlocks draws a circuit that is too large for [Circuit] by its blocks, from top to bottom in
// the order of the forward pass: how many nodes there are at every site and in every head, each a dot
// whose area is the effect of ablating it, how many edges join them, and through how many channels
// of the residual stream one block writes what another reads. The nodes with the largest effects are
// listed, and the losses of the circuit's proof stand beside them.
//
// The HTML offers SVG, JSON and CSV for saving, with the same limits as that of [Circuit].
type CircuitBlocks struct {
	viz.Note // an empty Title becomes the task's name, an empty Provenance the circuit's
	Circuit  *circuit.Circuit
	// Labels are names for nodes by path.
	Labels map[string]string
	// Top is how many nodes are listed; 0 means 10.
	Top int
	// JSON is the file of the circuit, offered for saving; nil encodes Circuit.
	JSON []byte

	why string // the reason why the whole circuit is not drawn
}

// Limits of what CircuitBlocks draws.
const (
	blockRows  = 64  // blocks with nodes; more are an error
	blockFlows = 200 // flows drawn: those of the most channels
	blockTop   = 40  // nodes listed
)

// Bundle draws the blocks. It refuses what [circuit.Circuit.Check] refuses, an empty circuit
// ([ErrNoData]), nodes in more than 64 blocks, and a Top beyond 40.
func (f CircuitBlocks) Bundle() (viz.Bundle, error) {
	c, err := readable(f.Note, f.Circuit, "circuit blocks")
	if err != nil {
		return viz.Bundle{}, err
	}
	if f.Top < 0 || f.Top > blockTop {
		return viz.Bundle{}, fmt.Errorf("circuit blocks %q: a list of the %d top nodes; it can have up to %d", f.Title, f.Top, blockTop)
	}
	f.Circuit, f.Note = c, circuitNote(f.Note, c)
	if n := len(f.wire().blocks); n > blockRows {
		return viz.Bundle{}, fmt.Errorf("circuit blocks %q: %d blocks have nodes; at most %d can be drawn", f.Title, n, blockRows)
	}
	files, err := circuitFiles(c, f.JSON)
	if err != nil {
		return viz.Bundle{}, fmt.Errorf("circuit blocks %q: %w", f.Title, err)
	}
	s := f.Scene()
	note := f.Note
	why := f.why
	if why != "" {
		why += "."
	}
	note.Caption = joinSentences(why, f.Caption, proofText(c))
	return viz.Drawn{Scene: s, Note: note, Twin: f.twin(), Numbers: []viz.Table{proofTable(c)},
		Listed: []viz.Table{f.siteTable(), f.flowTable(), nodeTable(c, f.Labels), edgeTable(c)}, Name: viz.FileName(c.Task), Files: files}.Bundle()
}

func (f *CircuitBlocks) wire() *wiring {
	nodes := make([]circuit.Node, len(f.Circuit.Nodes))
	for i := range nodes {
		nodes[i] = f.Circuit.Nodes[i].Node
	}
	return wire(f.Circuit.Model, nodes, f.Circuit.Edges)
}

// top lists the nodes with the largest measured effects, largest first.
func (f *CircuitBlocks) top() []circuit.Kept {
	n := f.Top
	if n == 0 {
		n = 10
	}
	var all []circuit.Kept
	for _, k := range f.Circuit.Nodes {
		if k.Effect != nil {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b circuit.Kept) int { return cmp.Compare(*b.Effect, *a.Effect) })
	return all[:min(n, len(all))]
}

// edgesInto counts the edges of a block into its inner nodes and out of them.
func (w *wiring) edgesInto() (in, out []int) {
	in, out = make([]int, len(w.blocks)), make([]int, len(w.blocks))
	of := map[int]int{}
	for i := range w.blocks {
		for _, n := range w.blocks[i].mid {
			of[n] = i
		}
	}
	for _, l := range w.links {
		if w.kinds[l.to] == circuit.ResidDelta {
			out[of[l.from]]++
		} else {
			in[of[l.to]]++
		}
	}
	return in, out
}

// describe says what the picture shows, for those who hear it.
func (f *CircuitBlocks) describe(w *wiring) string {
	in, out := w.edgesInto()
	var parts []string
	for i := range w.blocks {
		b := &w.blocks[i]
		parts = append(parts, fmt.Sprintf("%s has %s and %s", b.name, plural(len(b.in)+len(b.mid)+len(b.out), "node"), plural(in[i]+out[i], "edge")))
	}
	return fmt.Sprintf("A circuit of %s and %s, block by block from top to bottom: %s. %s",
		plural(len(w.nodes), "node"), plural(len(w.links), "edge"), strings.Join(parts, "; "), proofText(f.Circuit))
}

// siteTable counts nodes by site and, in attention, by head.
func (f *CircuitBlocks) siteTable() viz.Table {
	c := f.Circuit
	t := viz.Table{Note: viz.Note{Title: "Nodes by site and head"}, Columns: []viz.Column{{Name: "site"}, {Name: "head"}, {Name: "nodes"}, {Name: "edges in"}, {Name: "edges out"}, {Name: "greatest effect"}}}
	type place struct {
		site string
		head int
	}
	at := map[place]int{}
	key := func(n circuit.Node) place {
		if h, _, ok := c.Model.Head(n); ok {
			return place{n.Site, h}
		}
		return place{n.Site, -1}
	}
	for i := range c.Nodes {
		k := key(c.Nodes[i].Node)
		j, ok := at[k]
		if !ok {
			j = len(t.Rows)
			at[k] = j
			row := []any{k.site, nil, 0, 0, 0, nil}
			if k.head >= 0 {
				row[1] = k.head
			}
			t.Rows = append(t.Rows, row)
		}
		row := t.Rows[j]
		row[2] = row[2].(int) + 1
		if e := c.Nodes[i].Effect; e != nil {
			if old, ok := row[5].(float64); !ok || *e > old {
				row[5] = *e
			}
		}
	}
	for _, e := range c.Edges {
		to, from := t.Rows[at[key(e.To)]], t.Rows[at[key(e.From)]]
		to[3], from[4] = to[3].(int)+1, from[4].(int)+1
	}
	return shorten(t)
}

// flowTable lists the flows.
func (f *CircuitBlocks) flowTable() viz.Table {
	w := f.wire()
	t := viz.Table{Note: viz.Note{Title: "Channels of the residual stream between blocks"}, Columns: []viz.Column{{Name: "written by"}, {Name: "read by"}, {Name: "channels"}}}
	for _, x := range w.flows() {
		t.Rows = append(t.Rows, []any{w.place(x.from), w.place(x.to), x.channels})
	}
	return shorten(t)
}

// twin lists the blocks with their counts, then the largest effects.
func (f *CircuitBlocks) twin() string {
	var b strings.Builder
	w := f.wire()
	in, out := w.edgesInto()
	flows := w.flows()
	fmt.Fprintf(&b, "%s, %s, by blocks in the order of the forward pass\n", plural(len(w.nodes), "node"), plural(len(w.links), "edge"))
	for i := range w.blocks {
		k := &w.blocks[i]
		fmt.Fprintf(&b, "%s\n", k.name)
		if k.name == circuit.FinalResid {
			fmt.Fprintf(&b, "    %s\n", plural(len(k.in), "node"))
		} else {
			middle := fmt.Sprintf("post_act %d", len(k.mid))
			if strings.HasSuffix(k.name, circuit.Attn) {
				middle = fmt.Sprintf("q k v %d", len(k.mid))
			}
			fmt.Fprintf(&b, "    act_in %d → %s → %s → %s → resid_delta %d\n", len(k.in), plural(in[i], "edge"), middle, plural(out[i], "edge"), len(k.out))
		}
		for j := range k.heads {
			h := &k.heads[j]
			fmt.Fprintf(&b, "    head %d: q %d, k %d, v %d\n", h.number, len(h.q), len(h.k), len(h.v))
		}
		for _, x := range flows {
			if x.to == i {
				fmt.Fprintf(&b, "    reads %s of %s\n", plural(x.channels, "channel"), w.place(x.from))
			}
		}
	}
	for _, x := range flows {
		if x.to == len(w.blocks) {
			fmt.Fprintf(&b, "unembed reads %s of %s\n", plural(x.channels, "channel"), w.place(x.from))
		}
	}
	top := f.top()
	if len(top) == 0 {
		b.WriteString("The effect of nodes was not measured.\n")
		return b.String()
	}
	b.WriteString("largest effects of ablating a node, nats per example\n")
	most := math.Max(0, *top[0].Effect)
	for _, n := range top {
		name := ""
		if l := f.Labels[n.String()]; l != "" {
			name = "  " + draw.Visible(l)
		}
		fmt.Fprintf(&b, "    %s %s %s%s\n", draw.PadRight(n.String(), 26), draw.Bar(draw.Share(*n.Effect, most), 10), draw.PadLeft(draw.Number3(*n.Effect), 7), name)
	}
	return b.String()
}
