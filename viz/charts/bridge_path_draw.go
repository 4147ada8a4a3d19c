package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	bridgeRight = 100.0 // room for the names of lines to compare with
	bridgeStep  = 17.0  // least distance of boundaries; a figure with more of them is wider
	bridgeRails = 118.0 // between the rails
	bridgeBox   = 24.0  // height of a sublayer
)

// A bridgeSheet is where things stand: columns of one width, a boundary between each two.
type bridgeSheet struct {
	p           *BridgePath
	s           *draw.Scene
	left, right float64 // of the columns
	step        float64
	dense       float64 // height of the rail
	sparse      float64
}

// x is the place of a boundary.
func (h *bridgeSheet) x(i int) float64 { return h.left + float64(i+1)*h.step }

// box is the width of a sublayer.
func (h *bridgeSheet) box() float64 { return h.step - math.Min(36, 0.4*h.step) }

// apart is how far an arrow is from the middle of its boundary, thick the width of the thickest.
func (h *bridgeSheet) apart() float64 { return math.Min(8, 0.155*h.step) }
func (h *bridgeSheet) thick() float64 { return math.Min(7, 0.13*h.step) }

// Scene lays the path out. The data must be such that Bundle accepts it.
func (p *BridgePath) Scene() *draw.Scene {
	s := &draw.Scene{Width: draw.PlotWidth, Title: p.Title, Desc: p.describe()}
	h := &bridgeSheet{p: p, s: s}
	ce := bridgePanel{label: "cross-entropy, nats per token", of: ceOf, refs: p.ceRefs(), height: 150}
	kl := bridgePanel{label: "KL to the dense model, nats per token", of: klOf, refs: p.klRefs(), zero: true, height: 110}
	panels := []*bridgePanel{&ce, &kl}
	h.left = 1.1 * draw.TextWidth("sparse", draw.LabelSize) // bold
	for _, a := range panels {
		a.measure(p)
		for _, l := range draw.TickLabels(a.ticks(), false) {
			h.left = math.Max(h.left, draw.TextWidth(l, draw.TickSize))
		}
	}
	h.left += draw.Margin + 8
	columns := float64(len(p.Boundaries) + 1)
	h.step = math.Max(bridgeStep, (draw.PlotWidth-bridgeRight-h.left)/columns)
	h.right = h.left + columns*h.step
	s.Width = math.Max(draw.PlotWidth, math.Ceil(h.right+bridgeRight))

	y := h.legend(draw.Heading(s, p.Title, ""))
	y = h.rails(y + 10)
	for _, a := range panels {
		y += 34
		a.y.From, a.y.To = y+a.height, y
		y += a.height
	}
	for i := range p.Boundaries {
		at := math.Round(h.x(i)) + 0.5
		top := h.guideTop()
		s.Add(draw.Mark{Shape: draw.Line, X: at, Y: top, H: y - top, Stroke: draw.Faint})
	}
	for _, a := range panels {
		h.panel(a)
	}
	h.sites(y + 17)
	s.Add(draw.Mark{Shape: draw.Text, X: (h.left + h.right) / 2, Y: y + 36, Text: "boundary", Size: draw.LabelSize, Anchor: draw.Middle, Fill: draw.Muted})
	s.Height = y + 50
	s.Ground()
	return s
}

// legend explains arrows and marks and returns where the figure goes on.
func (h *bridgeSheet) legend(y float64) float64 {
	k := draw.NewKey(h.s, draw.Margin, y)
	ways := new(BridgeBoundary).directions()
	k.Line("bridges")
	for i, w := range ways {
		h.arrow(k.At+6, k.Y-9, k.Y+9, i == 0, 5, w.look.role, 0, "")
		k.At += 18
		k.Text(fmt.Sprintf("%s, %s", w.link, w.name))
	}
	k.At += 8
	k.Text("NMSE")
	for _, v := range [...]float64{0, 0.5, 1} {
		h.arrow(k.At+4, k.Y-9, k.Y+9, true, 7, draw.Muted, v, "")
		k.At += 14
		k.Text(map[bool]string{true: "1 or more", false: draw.Number(v)}[v == 1])
	}
	k.Line("hybrids")
	for _, w := range ways {
		h.s.Add(marker(w.look, k.At+5, k.Y))
		k.At += 16
		from, to, _ := strings.Cut(w.name, " → ")
		k.Text(fmt.Sprintf("%s up to the boundary, %s from there", from, to))
	}
	if words := h.p.intervalWords(); words != "" {
		k.Line("")
		h.s.Add(draw.Mark{Shape: draw.Path, D: whisker(k.At+5, k.Y-7, k.Y+7, 4), Stroke: draw.Muted, Width: 1.5})
		k.At += 16
		k.Text(draw.Clip(words, draw.TickSize, h.s.Width-draw.Margin-k.At-12))
	}
	if h.form() == 2 {
		k.Line("boxes")
		k.Text("E embedding, A attention, M MLP, U unembedding; above them the number of the layer")
	}
	return k.Y + 8
}

// form is the longest form of names that fits into the boxes: 0, 1, or 2 for single letters.
func (h *bridgeSheet) form() int {
	fits := [2]bool{true, true}
	for i := 0; i <= len(h.p.Boundaries); i++ {
		long, middle, _ := h.p.sublayer(i)
		for f, name := range [...]string{long, middle} {
			fits[f] = fits[f] && draw.TextWidth(name, draw.TickSize)+4 <= h.box()
		}
	}
	switch {
	case fits[0]:
		return 0
	case fits[1]:
		return 1
	}
	return 2
}

// beside reports whether there is room for the errors next to their arrows: the encoder's low and at
// the left, the decoder's high and at the right. Otherwise they stand over and under the tips.
func (h *bridgeSheet) beside() bool {
	return h.errorWidth()+2*h.apart()+h.thick()+16 <= h.step
}

// errorText prints an error next to an arrow, with two decimals or two digits.
func errorText(v float64) string {
	switch {
	case v >= 10:
		return draw.Number3(v)
	case v >= 0.1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

func (h *bridgeSheet) errorWidth() float64 {
	w := 0.0
	for i := range h.p.Boundaries {
		for _, way := range h.p.Boundaries[i].directions() {
			w = math.Max(w, draw.TextWidth(errorText(way.nmse), draw.TickSize))
		}
	}
	return w
}

// guideTop is where the lines that lead down to the panels begin.
func (h *bridgeSheet) guideTop() float64 {
	if h.beside() {
		return h.sparse + 5
	}
	return h.sparse + bridgeBox/2 + 18
}

// every is the stride at which texts of a width can stand at the boundaries; above one it is even, so
// that they are all of one kind.
func (h *bridgeSheet) every(width float64) int {
	n := int(math.Ceil(width / h.step))
	if n > 1 {
		n += n % 2
	}
	return max(1, n)
}
