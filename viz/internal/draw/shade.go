package draw

import (
	"fmt"
	"math"
	"strings"
)

// MaxShade is the opacity of a tint at the end of its scale; text on it keeps its contrast on light
// and on dark grounds.
const MaxShade = 0.5

// ShadeOf is the opacity of the tint for v, with the sign of v: it is 0 for 0, of one strength for v
// and -v, and grows with the magnitude up to scale. Steps are 0.01, so that what is below a
// hundredth of the scale has none.
func ShadeOf(v, scale float64) float64 {
	if !(scale > 0) {
		return 0
	}
	a := math.Round(100*MaxShade*math.Min(1, math.Abs(v)/scale)) / 100
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

// ShadeRGB are the colours for tints on a page whose ground is not known: between the light and the
// dark value of the role.
func ShadeRGB(shade float64) string {
	if shade < 0 {
		return "224,114,43"
	}
	return "46,144,205"
}

// ShadeStyle is the same as an inline style: a tint, and a line over a positive value or under a
// negative one.
func ShadeStyle(shade float64) string {
	if shade == 0 {
		return ""
	}
	side, rgb := "top", ShadeRGB(shade)
	if shade < 0 {
		side = "bottom"
	}
	return fmt.Sprintf("background-color:%s;border-%s:2px solid %s", rgba(rgb, math.Abs(shade)), side, rgba(rgb, shadeLine(shade)))
}

// rgba writes a colour with an opacity of two decimals.
func rgba(rgb string, opacity float64) string { return fmt.Sprintf("rgba(%s,%.2f)", rgb, opacity) }

// ShadeSteps are the shares of the scale that a legend shows.
const ShadeSteps = 4

// A shadeScale is the range of a figure's tints, shared by all of its rows.
type ShadeScale struct {
	Scale    float64 // the magnitude of the strongest tint
	Min, Max float64 // of the values
	Signed   bool    // both signs can occur
	Percent  bool    // values are shares, printed in per cent
}

// NewShadeScale measures values; a scale above 0 is kept.
func NewShadeScale(scale float64, signed bool, values ...[]float64) ShadeScale {
	s := ShadeScale{Scale: scale, Min: math.Inf(1), Max: math.Inf(-1), Signed: signed}
	for _, vs := range values {
		for _, v := range vs {
			s.Min, s.Max = math.Min(s.Min, v), math.Max(s.Max, v)
		}
	}
	if s.Scale <= 0 {
		s.Scale = math.Max(math.Abs(s.Min), math.Abs(s.Max))
	}
	return s
}

// stops are the values that the legend shows, rising, with 0 in the middle if signed.
func (s ShadeScale) stops() []float64 {
	var out []float64
	from := 0
	if s.Signed {
		from = -ShadeSteps
	}
	for i := from; i <= ShadeSteps; i++ {
		out = append(out, s.Scale*float64(i)/ShadeSteps)
	}
	return out
}

func (s ShadeScale) number(v float64) string {
	if s.Percent {
		return Number(Sig3(100*v)) + " %"
	}
	return Number(Sig3(v))
}

// Ends are the labels at the two ends of the legend.
func (s ShadeScale) Ends() (low, high string) {
	if s.Signed {
		return s.number(-s.Scale), s.number(s.Scale)
	}
	return s.number(0), s.number(s.Scale)
}

// Words explains the tints; box says what is boxed.
func (s ShadeScale) Words(box string) string {
	says := fmt.Sprintf("values from %s to %s", s.number(s.Min), s.number(s.Max))
	if s.Signed {
		says += "; line above: positive, below: negative"
	}
	if box != "" {
		says += "; boxed: " + box
	}
	return says
}

// HTML writes the legend: a bar of tints between its ends.
func (s ShadeScale) HTML(b *strings.Builder) {
	low, high := s.Ends()
	b.WriteString(Esc(low) + " ")
	for _, v := range s.stops() {
		fmt.Fprintf(b, `<span style="display:inline-block;width:16px;height:11px;%s"></span>`, ShadeStyle(orFaint(ShadeOf(v, s.Scale))))
	}
	b.WriteString(" " + Esc(high))
}

// orFaint gives the zero of a legend a tint, so that its place is seen.
func orFaint(shade float64) float64 {
	if shade == 0 {
		return 0.01
	}
	return shade
}

// Draw adds the legend to a scene, its left end at (x, y), and returns its right end.
func (s ShadeScale) Draw(sc *Scene, x, y float64) float64 {
	low, high := s.Ends()
	sc.Add(Mark{Shape: Text, X: x, Y: y, Text: low, Size: TickSize, Fill: Muted})
	x += TextWidth(low, TickSize) + 6
	for _, v := range s.stops() {
		sc.Add(Mark{Shape: Rect, X: x, Y: y - 10, W: 16, H: 12, Fill: Wash})
		DrawShade(sc, ShadeOf(v, s.Scale), x, y-10, 16, 12, "")
		x += 16
	}
	x += 6
	sc.Add(Mark{Shape: Text, X: x, Y: y, Text: high, Size: TickSize, Fill: Muted})
	return x + TextWidth(high, TickSize)
}

// DrawShade adds a tinted box with the line of its sign.
func DrawShade(sc *Scene, shade, x, y, w, h float64, tip string) {
	if shade == 0 {
		return
	}
	role := shadeRole(shade)
	sc.Add(Mark{Shape: Rect, X: x, Y: y, W: w, H: h, Fill: role, Opacity: math.Abs(shade), Tip: tip})
	at := y
	if shade < 0 {
		at = y + h - 2
	}
	sc.Add(Mark{Shape: Rect, X: x, Y: at, W: w, H: 2, Fill: role, Opacity: shadeLine(shade)})
}
