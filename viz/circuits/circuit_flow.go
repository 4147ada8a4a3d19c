package circuits

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
)

// A flow is a number of channels through which one block reaches a later one. Blocks are counted
// from 0; -1 is the embedding, and the number of blocks is the unembedding.
type flow struct{ from, to, channels int }

// flows counts, for each two blocks, the channels that the first writes and the second reads. The
// embedding counts where no node of the circuit has written before; the unembedding where a channel
// is written and nothing of the circuit reads it after, unless final_resid nodes name what it reads.
func (w *wiring) flows() []flow {
	of := make([]int, len(w.nodes))
	for i := range w.blocks {
		for _, n := range slices.Concat(w.blocks[i].in, w.blocks[i].mid, w.blocks[i].out) {
			of[n] = i
		}
	}
	count := map[[2]int]int{}
	for i := range w.lanes {
		var writers []int
		unread := false
		for _, n := range w.lanes[i].stops {
			if w.kinds[n] == circuit.ResidDelta {
				writers, unread = append(writers, of[n]), true
				continue
			}
			unread = false
			for _, from := range writers {
				count[[2]int{from, of[n]}]++
			}
			if len(writers) == 0 {
				count[[2]int{-1, of[n]}]++
			}
		}
		if unread && !w.final() {
			count[[2]int{writers[len(writers)-1], len(w.blocks)}]++
		}
	}
	out := make([]flow, 0, len(count))
	for k, n := range count {
		out = append(out, flow{k[0], k[1], n})
	}
	slices.SortFunc(out, func(a, b flow) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return out
}

// place names an end of a flow.
func (w *wiring) place(i int) string {
	switch i {
	case -1:
		return "embed"
	case len(w.blocks):
		return "unembed"
	}
	return w.blocks[i].name
}

// drawFlows draws the arcs beside the blocks, wider for more channels, and returns how many it left
// out. Longer arcs reach further, so no two of the numbers on them meet.
func drawFlows(s *draw.Scene, w *wiring, rows []blockRow) (dropped int) {
	flows := w.flows()
	slices.SortStableFunc(flows, func(a, b flow) int { return -cmp.Compare(a.channels, b.channels) })
	if len(flows) > blockFlows {
		dropped = len(flows) - blockFlows
		flows = flows[:blockFlows]
	}
	if len(flows) == 0 {
		return dropped
	}
	most, longest := flows[0].channels, 1
	for _, x := range flows {
		longest = max(longest, x.to-x.from)
	}
	reach := draw.PlotWidth - draw.Margin - flowLeft - 14
	var labels []draw.Mark
	for _, x := range flows {
		from, to := rows[x.from+1], rows[x.to+1]
		y1, y2 := from.center()+math.Min(8, from.height/4), to.center()-math.Min(8, to.height/4)
		if x.from < 0 {
			y1 = from.center()
		}
		d := 30.0
		if longest > 1 {
			d += (reach - 30) * float64(x.to-x.from-1) / float64(longest-1)
		}
		var p draw.Pen
		p.Move(flowLeft-6, y1)
		p.Curve(flowLeft+d*4/3, y1, flowLeft+d*4/3, y2, flowLeft, y2)
		tip := fmt.Sprintf("%s → %s: %s", w.place(x.from), w.place(x.to), plural(x.channels, "channel"))
		s.Add(draw.Mark{Shape: draw.Path, D: p.String(), Stroke: draw.Muted, Width: math.Round(10*(0.8+5*math.Sqrt(float64(x.channels)/float64(most)))) / 10, Opacity: 0.55, Tip: tip})
		var a draw.Pen
		a.Move(flowLeft+6, y2-4)
		a.To(flowLeft-4, y2)
		a.To(flowLeft+6, y2+4)
		a.Close()
		s.Add(draw.Mark{Shape: draw.Path, D: a.String(), Fill: draw.Muted, Tip: tip})
		labels = append(labels, draw.Mark{Shape: draw.Text, X: flowLeft + d, Y: (y1+y2)/2 + 4, Text: fmt.Sprint(x.channels), Size: indexSize, Anchor: draw.Middle, Fill: draw.Ink, Stroke: draw.Paper, Width: 4})
	}
	s.Marks = append(s.Marks, labels...)
	return dropped
}
