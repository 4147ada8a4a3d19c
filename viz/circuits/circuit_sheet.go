package circuits

import (
	"math"
	"slices"
	"strconv"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/internal/draw"
)

const (
	labelledNodes = 40   // up to so many nodes, those on lanes have their index written at them too
	comfortable   = 1100 // pixels: a picture without a Width is wider only where its depth needs it
	leastWidth    = 640  // pixels of a page: room for the legend
	indexSize     = 10.0 // of the text at nodes
	barWidth      = 7.0  // of the embedding and the unembedding
)

// inner are the sites within a block; nodes of the others lie on lanes.
var inner = []string{circuit.Query, circuit.Key, circuit.Value, circuit.PostAct}

// A sheet is a wiring with a place on the page for everything. Depth runs from left to right: the
// embedding, a band for each block with its columns, the unembedding. Lanes lie across all of them.
type sheet struct {
	*wiring
	*rows
	labels      map[string]string
	labelled    bool    // nodes on lanes have labels, too
	width       float64 // of the page
	pitch       float64 // from row to row
	least, most float64 // radius of a node
	pad         float64 // from the edge of a band to its first column
	between     float64 // from band to band
	left, right float64 // the right edge of the embedding, the left edge of the unembedding
	top         float64 // of row 0
	bands       []band
	x           []float64 // by node
}

// A band is where a block is drawn.
type band struct{ from, to, in, mid, out float64 }

// newSheet lays a wiring out for a page of at least some width; 0 lets the sheet choose.
func newSheet(w *wiring, labels map[string]string, width float64) *sheet {
	p := &sheet{wiring: w, labels: labels, labelled: len(w.nodes) <= labelledNodes, x: make([]float64, len(w.nodes))}
	p.rows = w.arrange()
	p.pitch, p.least, p.most = 42, 6, 10
	if !p.labelled {
		p.pitch, p.least, p.most = 28, 4.5, 7.5
		if p.height > 36 {
			p.pitch, p.least, p.most = 22, 4, 6
		}
	}
	full := 0 // blocks with three columns
	for i := range w.blocks {
		if w.blocks[i].name != circuit.FinalResid {
			full++
		}
	}
	step, narrow := 66.0, 50.0 // from column to column: wanted, and at least
	p.pad, p.between = 28, 34
	switch {
	case len(w.blocks) > 8:
		narrow, p.pad, p.between = 36, 14, 20
	case len(labels) > 0:
		step = 84
		// The name of a node on a lane stands between two blocks.
		for i := range w.nodes {
			if labels[w.nodes[i].String()] != "" && !slices.Contains(inner, w.kinds[i]) {
				p.between = math.Max(p.between, math.Min(130, draw.TextWidth(draw.Visible(p.short(i)), indexSize)+16-p.pad))
			}
		}
	}
	p.left = draw.Margin + p.laneText() + 6 + barWidth
	fixed := p.left + barWidth + p.laneText() + 6 + draw.Margin + 2*p.pad*float64(len(w.blocks)) + p.between*float64(len(w.blocks)+1)
	columns := 2 * float64(full)
	p.width = math.Max(math.Max(width, leastWidth), fixed+columns*narrow)
	if width == 0 {
		p.width = math.Max(p.width, math.Max(draw.PlotWidth, math.Min(comfortable, fixed+columns*step)))
	}
	p.width = math.Ceil(p.width)
	if full > 0 {
		step = math.Min(1.4*step, (p.width-fixed)/columns)
	}
	p.between += (p.width - fixed - columns*step) / float64(len(w.blocks)+1)
	p.right = p.width - draw.Margin - p.laneText() - 6 - barWidth
	at := p.left + p.between
	for i := range w.blocks {
		b := band{from: at, in: at + p.pad}
		b.mid, b.out = b.in+step, b.in+2*step
		if w.blocks[i].name == circuit.FinalResid {
			b.mid, b.out = b.in, b.in
		}
		b.to = b.out + p.pad
		p.bands = append(p.bands, b)
		at = b.to + p.between
		for _, c := range []struct {
			nodes []int
			x     float64
		}{{w.blocks[i].in, b.in}, {w.blocks[i].mid, b.mid}, {w.blocks[i].out, b.out}} {
			for _, n := range c.nodes {
				p.x[n] = c.x
			}
		}
	}
	return p
}

// laneName is the channel of a lane as it is written at its ends.
func (p *sheet) laneName(l *lane) string {
	if l.position {
		return "pos " + strconv.Itoa(l.channel-p.shape.DModel)
	}
	return strconv.Itoa(l.channel)
}

// laneText is the width of the longest name of a lane.
func (p *sheet) laneText() float64 {
	w := 0.0
	for i := range p.lanes {
		w = math.Max(w, draw.TextWidth(p.laneName(&p.lanes[i]), draw.TickSize))
	}
	return w
}

func (p *sheet) y(row float64) float64 { return p.top + row*p.pitch }

// over is the room above the first row: half a row for a node there, its label, a head's name.
func (p *sheet) over() float64 { return p.pitch/2 + p.most + 14 }

// floor is where the bands end.
func (p *sheet) floor() float64 { return p.y(float64(p.height-1)) + p.pitch/2 + p.most + 10 }
