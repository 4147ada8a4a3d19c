package circuits

import (
	"fmt"
	"math"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
)

// guessing is the loss in nats of one who picks one of two answers by chance.
var guessing = math.Log(2)

// A measured is one line of a circuit's proof.
type measured struct {
	name string
	over string // what the interval is over
	stat.Estimate
}

// proofLines lists the losses in the order of the argument: what the model does, that the circuit is
// enough, that it is needed, and that chance circuits are neither.
func proofLines(p *circuit.Proof) []measured {
	list := []measured{{"whole model", "prompts", p.Full}, {"circuit alone", "prompts", p.Alone}}
	if p.Raw != nil { // which comes first
		list[1].Estimate = *p.Raw
		list = append(list, measured{"alone, calibrated", "prompts", p.Alone})
	}
	return append(list, measured{"circuit removed", "prompts", p.Removed},
		measured{"random circuits alone", "circuits", p.RandomAlone},
		measured{"random circuits removed", "circuits", p.RandomRemoved})
}

// recovers says how much of the model's margin the circuit alone recovers; "" where that
// was not measured.
func recovers(p *circuit.Proof) string {
	if p == nil || p.Faithfulness == nil {
		return ""
	}
	f := *p.Faithfulness
	return fmt.Sprintf("The circuit alone recovers %.2f (%.2f to %.2f) of the model's margin.", f.Mean, f.Lo, f.Hi)
}

// proofWidth is the room that drawProof needs at least, in pixels.
const proofWidth = 400

// drawProof draws the losses of a proof with their intervals at (x, y), in a width; it returns where
// it ends.
func drawProof(s *draw.Scene, c *circuit.Circuit, x, y, width float64) float64 {
	s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y + 4, Text: "Faithfulness: loss in nats per example", Size: draw.TickSize, Bold: true, Fill: draw.Ink})
	if c.Proof == nil {
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: y + 25, Text: "not measured", Size: draw.TickSize, Fill: draw.Muted})
		return y + 31
	}
	lines := proofLines(c.Proof)
	lo, hi := 0.0, guessing*1.04
	for _, l := range lines {
		lo, hi = math.Min(lo, l.Lo), math.Max(hi, l.Hi)
	}
	// At the right there is room for the means, and for the intervals after them.
	mean, interval := 0.0, 0.0
	for _, l := range lines {
		mean = math.Max(mean, draw.TextWidth(lossText(l.Mean), draw.TickSize))
		interval = math.Max(interval, draw.TextWidth(intervalText(l.Estimate), indexSize))
	}
	interval += mean + 8
	sc := draw.NewScale(lo, hi, x+152, x+width-interval-14, false)
	first, last := y+21, y+21*float64(len(lines))
	mark := func(at float64, dash []float64, a draw.Anchor, text, tip string) {
		s.Add(draw.Mark{Shape: draw.Line, X: sc.At(at), Y: first - 9, H: last - first + 18, Stroke: draw.Muted, Dash: dash, Tip: tip})
		s.Add(draw.Mark{Shape: draw.Text, X: sc.At(at), Y: last + 21, Text: text, Size: indexSize, Anchor: a, Fill: draw.Muted})
	}
	mark(0, nil, draw.Middle, "0", "no loss")
	mark(guessing, []float64{2, 3}, draw.Middle, "chance "+draw.Number3(guessing), "the loss of guessing")
	if c.Target > 0 && c.Target < hi {
		text := "target " + draw.Number3(c.Target)
		if sc.At(guessing)-sc.At(c.Target) < 110 || sc.At(c.Target)-sc.At(0) < 6 {
			text = ""
		}
		mark(c.Target, []float64{2, 3}, draw.Start, text, "pruning aimed at "+draw.Number3(c.Target))
	}
	for i, l := range lines {
		at := y + 21*float64(i+1)
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: at + 4, Text: l.name, Size: draw.TickSize, Fill: draw.Ink})
		if l.N == 0 {
			s.Add(draw.Mark{Shape: draw.Text, X: sc.To + 10, Y: at + 4, Text: "not measured", Size: draw.TickSize, Fill: draw.Muted})
			continue
		}
		tip := fmt.Sprintf("%s: %s, 95 %% interval %s to %s, over %d %s", l.name, draw.Number(l.Mean), draw.Number(l.Lo), draw.Number(l.Hi), l.N, l.over)
		s.Add(draw.Mark{Shape: draw.Line, X: sc.At(l.Lo), Y: at, W: sc.At(l.Hi) - sc.At(l.Lo), Stroke: draw.Ink, Width: 2.5, Opacity: 0.5, Tip: tip})
		s.Add(draw.Mark{Shape: draw.Circle, X: sc.At(l.Mean), Y: at, R: 4, Fill: draw.Ink, Tip: tip})
		s.Add(draw.Mark{Shape: draw.Text, X: sc.To + 10, Y: at + 4, Text: lossText(l.Mean), Size: draw.TickSize, Fill: draw.Ink})
		s.Add(draw.Mark{Shape: draw.Text, X: sc.To + 18 + mean, Y: at + 4, Text: intervalText(l.Estimate), Size: indexSize, Fill: draw.Muted})
	}
	if text := recovers(c.Proof); text != "" {
		s.Add(draw.Mark{Shape: draw.Text, X: x, Y: last + 40, Text: text, Size: draw.TickSize, Fill: draw.Ink})
		return last + 46
	}
	return last + 27
}

// lossText writes a loss with three decimals, as far as that is short.
func lossText(v float64) string {
	if math.Abs(v) < 100 {
		return fmt.Sprintf("%.3f", v)
	}
	return draw.Number3(math.Round(v))
}

func intervalText(e stat.Estimate) string { return lossText(e.Lo) + " to " + lossText(e.Hi) }

// proofText says the same in a sentence.
func proofText(c *circuit.Circuit) string {
	if c.Proof == nil {
		return "Faithfulness was not measured."
	}
	var parts []string
	for _, l := range proofLines(c.Proof) {
		if l.N == 0 {
			parts = append(parts, l.name+" not measured")
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s, n = %d %s)", l.name, lossText(l.Mean), intervalText(l.Estimate), l.N, l.over))
	}
	return strings.TrimSpace("Loss in nats per example: " + strings.Join(parts, "; ") + ". " + recovers(c.Proof))
}

// proofTable lists the losses; it has no rows if nothing was measured.
func proofTable(c *circuit.Circuit) viz.Table {
	t := viz.Table{Note: viz.Note{Title: "Faithfulness, nats per example"}, Columns: []viz.Column{{Name: "loss of"}, {Name: "mean", Format: "%.4f"},
		{Name: "95 % from", Format: "%.4f"}, {Name: "to", Format: "%.4f"}, {Name: "n"}, {Name: "over"}}}
	if c.Proof == nil {
		t.Rows = [][]any{{"not measured", nil, nil, nil, nil, nil}}
		return t
	}
	for _, l := range proofLines(c.Proof) {
		if l.N == 0 {
			t.Rows = append(t.Rows, []any{l.name, nil, nil, nil, nil, "not measured"})
			continue
		}
		t.Rows = append(t.Rows, []any{l.name, l.Mean, l.Lo, l.Hi, l.N, l.over})
	}
	if f := c.Proof.Faithfulness; f != nil {
		t.Rows = append(t.Rows, []any{"share of the margin, circuit alone", f.Mean, f.Lo, f.Hi, f.N, "prompts"})
	}
	return t
}
