package circuits

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// A Circuit draws a whole circuit on one page (Gao et al., §3 and figures 4 to 6). It is read from
// left to right: the token embedding, a band for each block that has nodes, in the order of the
// forward pass, and the unembedding. The channels of the residual stream are lanes across all of it:
// act_in nodes read from them, resid_delta nodes write to them. Between these stand the neurons of an
// MLP, or the q, k and v channels of attention, framed by head; a dotted line joins q and k of one
// channel, which are multiplied. A lane is strong where something was written that is read later.
//
// The sign of a weight is told by colour and dash, its size by the width of the edge, the effect of
// ablating an edge by its strength; the effect of ablating a node by the area of its circle (hollow
// where the loss falls), its bias by the plus or minus in it. The legend gives the ranges. Under it
// are the losses of the circuit's proof, or that there is none.
//
// A circuit of more than [CircuitNodes] nodes or [CircuitEdges] edges, and one whose picture would
// exceed [MaxSVG], is drawn as [CircuitBlocks], which says so.
//
// The HTML offers SVG, JSON and CSV for saving, as links that hold the file. JupyterLab strips their
// address in a notebook that is not trusted, and so do sites that show notebooks; the picture and the
// tables remain.
type Circuit struct {
	viz.Note // an empty Title becomes the task's name, an empty Provenance the circuit's
	Circuit  *circuit.Circuit
	// Labels are names for nodes by path, such as "quote detector" for "0.mlp.post_act[863]"; those of
	// other nodes are left aside.
	Labels map[string]string
	// Width of the picture in pixels, at least 640; 0 chooses, from 760 on. Depth may need more.
	Width float64
	// JSON is the file of the circuit, offered for saving; nil encodes Circuit.
	JSON []byte
}

// Largest circuits that are drawn whole.
const (
	CircuitNodes = 150
	CircuitEdges = 400

	wholeBlocks = 24 // blocks with nodes; more would make the picture too wide to be read
)

// maxLoss is the greatest loss that is drawn, in nats.
const maxLoss = 1e6

// Bundle draws the circuit; the order of its nodes and edges does not matter. It refuses what
// [circuit.Circuit.Check] refuses, an empty circuit ([ErrNoData]), losses beyond a million nats, and a
// Width that is no size.
func (f Circuit) Bundle() (viz.Bundle, error) {
	c, err := readable(f.Note, f.Circuit, "circuit")
	if err != nil {
		return viz.Bundle{}, err
	}
	if !(f.Width >= 0 && f.Width <= 10_000) {
		return viz.Bundle{}, fmt.Errorf("circuit %q: width %v is not between 0 and 10000 pixels", f.Title, f.Width)
	}
	f.Circuit = c
	f.Note = circuitNote(f.Note, c)
	blocks := CircuitBlocks{Note: f.Note, Circuit: c, Labels: f.Labels, JSON: f.JSON}
	if len(c.Nodes) > CircuitNodes || len(c.Edges) > CircuitEdges || len(blocks.wire().blocks) > wholeBlocks {
		blocks.why = fmt.Sprintf("Too large to be drawn node by node (limits: %d nodes, %d edges, %d blocks)", CircuitNodes, CircuitEdges, wholeBlocks)
		return blocks.Bundle()
	}
	d, err := f.drawn()
	if err != nil {
		return viz.Bundle{}, err
	}
	b, err := d.Bundle()
	if errors.Is(err, viz.ErrTooBig) {
		blocks.why = fmt.Sprintf("Too large to be drawn node by node (limit: %d bytes of SVG)", draw.MaxSVG)
		return blocks.Bundle()
	}
	return b, err
}

// readable returns a sorted copy of a circuit that can be drawn, or says why there is none.
func readable(n viz.Note, c *circuit.Circuit, what string) (*circuit.Circuit, error) {
	if c == nil {
		return nil, fmt.Errorf("%s %q: there is none: %w", what, n.Title, viz.ErrNoData)
	}
	sorted := *c
	sorted.Nodes, sorted.Edges = slices.Clone(c.Nodes), slices.Clone(c.Edges)
	sorted.Sort()
	if err := sorted.Check(); err != nil {
		return nil, fmt.Errorf("%s %q: %w", what, n.Title, err)
	}
	if len(c.Nodes) == 0 {
		return nil, fmt.Errorf("%s %q: it has no nodes: %w", what, n.Title, viz.ErrNoData)
	}
	if c.Proof != nil {
		for _, l := range proofLines(c.Proof) {
			if math.Max(math.Abs(l.Lo), math.Abs(l.Hi)) > maxLoss {
				return nil, fmt.Errorf("%s %q: the loss of %s between %v and %v is beyond what can be drawn (±%g)", what, n.Title, l.name, l.Lo, l.Hi, maxLoss)
			}
		}
	}
	return &sorted, nil
}

// circuitNote fills in what the circuit itself says.
func circuitNote(n viz.Note, c *circuit.Circuit) viz.Note {
	if n.Title == "" {
		n.Title = "Circuit of " + c.Task
	}
	if n.Provenance == "" {
		facts := map[string]any{"run": c.Run, "ablation": c.Ablation}
		for k, v := range c.Provenance {
			facts[k] = v
		}
		n.Provenance = viz.ProvenanceLine(facts)
	}
	return n
}

// drawn lays the circuit out; it is sorted and can be read.
func (f *Circuit) drawn() (viz.Drawn, error) {
	files, err := circuitFiles(f.Circuit, f.JSON)
	if err != nil {
		return viz.Drawn{}, fmt.Errorf("circuit %q: %w", f.Title, err)
	}
	note := f.Note
	note.Caption = joinSentences(f.Caption, proofText(f.Circuit))
	return viz.Drawn{Scene: f.Scene(), Note: note, Twin: circuitTwin(f.Circuit, f.Labels),
		Numbers: []viz.Table{proofTable(f.Circuit)}, Listed: []viz.Table{nodeTable(f.Circuit, f.Labels), edgeTable(f.Circuit)},
		Name: viz.FileName(f.Circuit.Task), Files: files}, nil
}

// Scene lays the circuit out. It must be such that Bundle accepts it, and sorted.
func (f *Circuit) Scene() *draw.Scene {
	c := f.Circuit
	nodes := make([]circuit.Node, len(c.Nodes))
	for i := range nodes {
		nodes[i] = c.Nodes[i].Node
	}
	p := newSheet(wire(c.Model, nodes, c.Edges), f.Labels, f.Width)
	s := &draw.Scene{Width: p.width, Title: f.Title, Desc: f.describe(len(p.lanes))}
	g := measureMarks(c)
	top := draw.Heading(s, f.Title, fmt.Sprintf("%s, %s, %s; depth from left to right",
		plural(len(c.Nodes), "node"), plural(len(c.Edges), "edge"), plural(len(p.lanes), "channel")))
	y := p.draw(s, top-4, func() { f.drawEdges(s, p, &g) }, func() {
		for i := range c.Nodes {
			n := &c.Nodes[i]
			g.dot(s, p.x[i], p.y(p.node[i]), p.least, p.most, n.Effect, n.Bias, about(n, f.Labels[n.String()]))
		}
	})
	y += 4
	right, bottom := g.legend(s, p, draw.Margin, y)
	// The losses stand beside the legend if there is room, else under it.
	if x := math.Max(p.width/2, right) + 20; p.width-draw.Margin-x >= proofWidth {
		bottom = math.Max(bottom, drawProof(s, c, x, y+21, math.Min(p.width-draw.Margin-x, 500)))
	} else {
		bottom = drawProof(s, c, draw.Margin, bottom+18, math.Min(p.width-2*draw.Margin, 560))
	}
	s.Height = bottom + draw.Margin
	s.Ground()
	return s
}

// drawEdges draws wide edges first, so that none hides a narrow one.
func (f *Circuit) drawEdges(s *draw.Scene, p *sheet, g *gauge) {
	c := f.Circuit
	order := make([]int, len(c.Edges))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := math.Abs(c.Edges[i].Weight), math.Abs(c.Edges[j].Weight)
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	for _, i := range order {
		e := &c.Edges[i]
		m := g.stroke(e.Weight, e.Effect)
		from, to := p.links[i].from, p.links[i].to
		m.D = p.curve(from, to, g.radius(c.Nodes[from].Effect, p.least, p.most), g.radius(c.Nodes[to].Effect, p.least, p.most))
		m.Tip = fmt.Sprintf("%s · weight %s · %s", e, draw.Number(e.Weight), effectText(e.Effect))
		s.Add(m)
	}
}

// curve leads from the right side of a node of radius r1 to the left side of another.
func (p *sheet) curve(from, to int, r1, r2 float64) string {
	x1, x2 := p.x[from]+r1, p.x[to]-r2
	y1, y2 := p.y(p.node[from]), p.y(p.node[to])
	d := (x2 - x1) * 0.5
	var pen draw.Pen
	pen.Move(x1, y1)
	pen.Curve(x1+d, y1, x2-d, y2, x2, y2)
	return pen.String()
}
