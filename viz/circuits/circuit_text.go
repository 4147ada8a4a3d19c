package circuits

import (
	"fmt"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// listedRows is how many nodes or edges a table under a picture lists; the CSV has all of them.
const listedRows = 400

// plural writes a number of things: "1 node", "12 nodes".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return draw.Number(float64(n)) + " " + what + "s"
}

func joinSentences(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

// describe says what the picture shows, for those who hear it.
func (f *Circuit) describe(lanes int) string {
	c := f.Circuit
	var parts []string
	for i := 0; i < len(c.Nodes); {
		j := i
		for j < len(c.Nodes) && c.Nodes[j].Site == c.Nodes[i].Site {
			j++
		}
		parts = append(parts, fmt.Sprintf("%d of %s", j-i, c.Nodes[i].Site))
		i = j
	}
	return fmt.Sprintf("A circuit of %s and %s on %s of the residual stream, drawn from left to right: %s. %s",
		plural(len(c.Nodes), "node"), plural(len(c.Edges), "edge"), plural(lanes, "channel"), strings.Join(parts, ", "), proofText(c))
}

// circuitTwin draws the circuit as an indented list: blocks, sites, nodes, and under each node the
// edges into it.
func circuitTwin(c *circuit.Circuit, labels map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s; in the order of the forward pass; under each node the edges into it\n",
		plural(len(c.Nodes), "node"), plural(len(c.Edges), "edge"))
	place, site := "", ""
	for i := range c.Nodes {
		n := &c.Nodes[i]
		if n.Site != site {
			site = n.Site
			if at := n.Node.BlockPath(); at != place {
				place = at
				fmt.Fprintf(&b, "%s\n", place)
			}
			if n.Kind() != circuit.FinalResid {
				fmt.Fprintf(&b, "  %s\n", n.Kind())
			}
		}
		fmt.Fprintf(&b, "    %s%s\n", draw.PadRight(fmt.Sprintf("[%d]", n.Index), 8), facts(c, n, labels[n.String()]))
		for _, e := range c.In(n.Node) {
			fmt.Fprintf(&b, "        %s ← %s[%d]", draw.PadLeft(signed(e.Weight), 8), e.From.Kind(), e.From.Index)
			if e.Effect != nil {
				fmt.Fprintf(&b, "  effect %s", draw.Number3(*e.Effect))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// facts lists the numbers of a node, its head, and its name.
func facts(c *circuit.Circuit, n *circuit.Kept, name string) string {
	var parts []string
	if h, ch, ok := c.Model.Head(n.Node); ok {
		parts = append(parts, fmt.Sprintf("head %d channel %d", h, ch))
	}
	if n.Bias != 0 {
		parts = append(parts, "bias "+signed(n.Bias))
	}
	parts = append(parts, "mean "+draw.Number3(n.Mean))
	if n.Effect != nil {
		parts = append(parts, "effect "+draw.Number3(*n.Effect))
	}
	if name != "" {
		parts = append(parts, "“"+draw.Visible(name)+"”")
	}
	return strings.Join(parts, "  ")
}

// nodeTable lists the nodes.
func nodeTable(c *circuit.Circuit, labels map[string]string) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Nodes"}, Columns: []viz.Column{{Name: "node"}, {Name: "name"}, {Name: "head"}, {Name: "bias"}, {Name: "mean"},
		{Name: "effect, nats"}, {Name: "edges in"}, {Name: "edges out"}}}
	for i := range c.Nodes {
		n := &c.Nodes[i]
		var h any
		if k, _, ok := c.Model.Head(n.Node); ok {
			h = k
		}
		t.Rows = append(t.Rows, []any{n.String(), labels[n.String()], h, n.Bias, n.Mean, optional(n.Effect), len(c.In(n.Node)), len(c.Out(n.Node))})
	}
	return shorten(t)
}

// edgeTable lists the edges.
func edgeTable(c *circuit.Circuit) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Edges"}, Columns: []viz.Column{{Name: "from"}, {Name: "to"}, {Name: "weight"}, {Name: "effect, nats"}}}
	for _, e := range c.Edges {
		t.Rows = append(t.Rows, []any{e.From.String(), e.To.String(), e.Weight, optional(e.Effect)})
	}
	return shorten(t)
}

// shorten keeps a table under a picture to a length, and says so.
func shorten(t viz.Table) viz.Table {
	if n := len(t.Rows); n > listedRows {
		t.Rows = t.Rows[:listedRows]
		t.Title = fmt.Sprintf("%s: the first %d of %s", t.Title, listedRows, draw.Number(float64(n)))
	}
	return t
}

func optional(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}
