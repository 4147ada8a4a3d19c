package viz

import (
	"fmt"
	"math"
	"strings"
)

// maxShade is the opacity of a tint at the end of its scale; text on it keeps its contrast on light
// and on dark grounds.
const maxShade = 0.5

// shade is the opacity of the tint for v, with the sign of v: it is 0 for 0, of one strength for v
// and -v, and grows with the magnitude up to scale. Steps are 0.01, so that what is below a
// hundredth of the scale has none.
func shade(v, scale float64) float64 {
	if !(scale > 0) {
		return 0
	}
	a := math.Round(100*maxShade*math.Min(1, math.Abs(v)/scale)) / 100
	if v < 0 {
		return -a
	}
	return a
}

// shadeRole is the colour for a sign.
func shadeRole(shade float64) Role {
	if shade < 0 {
		return Negative
	}
	return Positive
}

// shadeLine is the opacity of the line that tells the sign: twice that of the tint.
func shadeLine(shade float64) float64 { return math.Min(1, 2*math.Abs(shade)) }

// shadeRGB are the colours for tints on a page whose ground is not known: between the light and the
// dark value of the role.
func shadeRGB(shade float64) string {
	if shade < 0 {
		return "224,114,43"
	}
	return "46,144,205"
}

// shadeStyle is the same as an inline style: a tint, and a line over a positive value or under a
// negative one.
func shadeStyle(shade float64) string {
	if shade == 0 {
		return ""
	}
	side, rgb := "top", shadeRGB(shade)
	if shade < 0 {
		side = "bottom"
	}
	return fmt.Sprintf("background-color:%s;border-%s:2px solid %s", rgba(rgb, math.Abs(shade)), side, rgba(rgb, shadeLine(shade)))
}

// rgba writes a colour with an opacity of two decimals.
func rgba(rgb string, opacity float64) string { return fmt.Sprintf("rgba(%s,%.2f)", rgb, opacity) }

// shadeSteps are the shares of the scale that a legend shows.
const shadeSteps = 4

// A shadeScale is the range of a figure's tints, shared by all of its rows.
type shadeScale struct {
	scale    float64 // the magnitude of the strongest tint
	min, max float64 // of the values
	signed   bool    // both signs can occur
	percent  bool    // values are shares, printed in per cent
}

// newShadeScale measures values; a scale above 0 is kept.
func newShadeScale(scale float64, signed bool, values ...[]float64) shadeScale {
	s := shadeScale{scale: scale, min: math.Inf(1), max: math.Inf(-1), signed: signed}
	for _, vs := range values {
		for _, v := range vs {
			s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
		}
	}
	if s.scale <= 0 {
		s.scale = math.Max(math.Abs(s.min), math.Abs(s.max))
	}
	return s
}

// stops are the values that the legend shows, rising, with 0 in the middle if signed.
func (s shadeScale) stops() []float64 {
	var out []float64
	from := 0
	if s.signed {
		from = -shadeSteps
	}
	for i := from; i <= shadeSteps; i++ {
		out = append(out, s.scale*float64(i)/shadeSteps)
	}
	return out
}

func (s shadeScale) number(v float64) string {
	if s.percent {
		return Number(sig3(100*v)) + " %"
	}
	return Number(sig3(v))
}

// ends are the labels at the two ends of the legend.
func (s shadeScale) ends() (low, high string) {
	if s.signed {
		return s.number(-s.scale), s.number(s.scale)
	}
	return s.number(0), s.number(s.scale)
}

// words explains the tints; box says what is boxed.
func (s shadeScale) words(box string) string {
	says := fmt.Sprintf("values from %s to %s", s.number(s.min), s.number(s.max))
	if s.signed {
		says += "; line above: positive, below: negative"
	}
	if box != "" {
		says += "; boxed: " + box
	}
	return says
}

// html writes the legend: a bar of tints between its ends.
func (s shadeScale) html(b *strings.Builder) {
	low, high := s.ends()
	b.WriteString(esc(low) + " ")
	for _, v := range s.stops() {
		fmt.Fprintf(b, `<span style="display:inline-block;width:16px;height:11px;%s"></span>`, shadeStyle(orFaint(shade(v, s.scale))))
	}
	b.WriteString(" " + esc(high))
}

// orFaint gives the zero of a legend a tint, so that its place is seen.
func orFaint(shade float64) float64 {
	if shade == 0 {
		return 0.01
	}
	return shade
}

// draw adds the legend to a scene, its left end at (x, y), and returns its right end.
func (s shadeScale) draw(sc *Scene, x, y float64) float64 {
	low, high := s.ends()
	sc.add(Mark{Shape: Text, X: x, Y: y, Text: low, Size: tickSize, Fill: Muted})
	x += textWidth(low, tickSize) + 6
	for _, v := range s.stops() {
		sc.add(Mark{Shape: Rect, X: x, Y: y - 10, W: 16, H: 12, Fill: Wash})
		drawShade(sc, shade(v, s.scale), x, y-10, 16, 12, "")
		x += 16
	}
	x += 6
	sc.add(Mark{Shape: Text, X: x, Y: y, Text: high, Size: tickSize, Fill: Muted})
	return x + textWidth(high, tickSize)
}

// drawShade adds a tinted box with the line of its sign.
func drawShade(sc *Scene, shade, x, y, w, h float64, tip string) {
	if shade == 0 {
		return
	}
	role := shadeRole(shade)
	sc.add(Mark{Shape: Rect, X: x, Y: y, W: w, H: h, Fill: role, Opacity: math.Abs(shade), Tip: tip})
	at := y
	if shade < 0 {
		at = y + h - 2
	}
	sc.add(Mark{Shape: Rect, X: x, Y: at, W: w, H: 2, Fill: role, Opacity: shadeLine(shade)})
}
