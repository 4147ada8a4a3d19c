package circuits

import (
	"fmt"
	"math"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
)

// A gauge holds the greatest magnitudes of what a circuit's marks show; 0 where nothing is there to
// show, or nothing was measured.
type gauge struct {
	weight, bias, node, edge   float64 // node and edge are effects
	nodesMeasured, nodesFall   bool
	nodesMissing, edgesMissing bool
}

// measureMarks finds the range of everything that a circuit's marks show.
func measureMarks(c *circuit.Circuit) gauge {
	var g gauge
	for i := range c.Nodes {
		n := &c.Nodes[i]
		g.bias = math.Max(g.bias, math.Abs(n.Bias))
		if n.Effect == nil {
			g.nodesMissing = true
			continue
		}
		g.nodesMeasured = true
		g.nodesFall = g.nodesFall || *n.Effect < 0
		g.node = math.Max(g.node, math.Abs(*n.Effect))
	}
	for i := range c.Edges {
		e := &c.Edges[i]
		g.weight = math.Max(g.weight, math.Abs(e.Weight))
		if e.Effect == nil {
			g.edgesMissing = true
			continue
		}
		g.edge = math.Max(g.edge, *e.Effect)
	}
	return g
}

// of is the share of a magnitude in the greatest one.
func of(v, most float64) float64 {
	if most == 0 {
		return 0
	}
	return math.Min(1, math.Abs(v)/most)
}

// stroke draws a weight: its colour and dash by sign, its width by the square root of its
// magnitude, its strength by its effect.
func (g *gauge) stroke(weight float64, effect *float64) draw.Mark {
	m := draw.Mark{Shape: draw.Path, Stroke: draw.Positive, Width: math.Round(10*(0.7+4.3*math.Sqrt(of(weight, g.weight)))) / 10, Opacity: 0.9}
	if weight < 0 {
		m.Stroke, m.Dash = draw.Negative, []float64{7, 3.5}
	}
	if effect != nil {
		m.Opacity = math.Round(100*(0.4+0.6*math.Sqrt(of(math.Max(0, *effect), g.edge)))) / 100
	}
	return m
}

// dot draws a node at (x, y): its area by effect, filled if the loss rises without it, and in it
// the sign of its bias, the larger the greater. Both marks have the tip, so that it is found anywhere
// on the node.
func (g *gauge) dot(s *draw.Scene, x, y, least, most float64, effect *float64, bias float64, tip string) {
	m := draw.Mark{Shape: draw.Circle, X: x, Y: y, R: g.radius(effect, least, most), Fill: draw.Ink, Tip: tip}
	inner := draw.Paper
	switch {
	case effect == nil && g.nodesMeasured:
		m.Fill, m.Stroke, m.Width, m.Dash, inner = draw.Paper, draw.Muted, 1.5, []float64{2, 2}, draw.Ink
	case effect == nil:
		m.Fill = draw.Muted
	case *effect < 0:
		m.Fill, m.Stroke, m.Width, inner = draw.Paper, draw.Ink, 1.5, draw.Ink
	}
	s.Add(m)
	if bias != 0 {
		var p draw.Pen
		d := 1
		if bias < 0 {
			d = -1
		}
		draw.Sign(&p, d, x, y, (least-1.4)*(0.45+0.55*math.Sqrt(of(bias, g.bias))))
		s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Stroke: inner, Width: 1.4, Tip: tip})
	}
}

func (g *gauge) radius(effect *float64, least, most float64) float64 {
	if effect == nil {
		return (least + most) / 2
	}
	return math.Round(100*math.Sqrt(least*least+(most*most-least*least)*of(*effect, g.node))) / 100
}

// signed writes a number with its sign, for weights and biases.
func signed(v float64) string {
	if v > 0 {
		return "+" + draw.Number3(v)
	}
	return draw.Number3(v)
}

// about says the numbers of a node, as a tooltip.
func about(n *circuit.Kept, name string) string {
	parts := []string{n.String()}
	if name != "" {
		parts = append(parts, name)
	}
	if n.Bias != 0 {
		parts = append(parts, "bias "+draw.Number(n.Bias))
	}
	parts = append(parts, "mean "+draw.Number(n.Mean), effectText(n.Effect))
	return strings.Join(parts, " · ")
}

func effectText(effect *float64) string {
	if effect == nil {
		return "effect not measured"
	}
	return fmt.Sprintf("effect %s nats", draw.Number(*effect))
}
