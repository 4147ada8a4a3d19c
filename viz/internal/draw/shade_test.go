package draw

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestShade: tints are centred on zero, of one strength for both signs, and never fall as the
// magnitude grows.
func TestShade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.Float64Range(1e-9, 1e9).Draw(t, "scale")
		a := rapid.Float64Range(-2, 2).Draw(t, "a") * scale
		b := rapid.Float64Range(-2, 2).Draw(t, "b") * scale
		sa, sb := ShadeOf(a, scale), ShadeOf(b, scale)
		if ShadeOf(-a, scale) != -sa {
			t.Fatalf("%v has %v, %v has %v", a, sa, -a, ShadeOf(-a, scale))
		}
		if sa*a < 0 || math.Abs(sa) > MaxShade {
			t.Fatalf("shade(%v, %v) = %v", a, scale, sa)
		}
		if math.Abs(a) <= math.Abs(b) && math.Abs(sa) > math.Abs(sb) {
			t.Fatalf("%v has %v, %v has %v", a, sa, b, sb)
		}
		if math.Abs(a) > 0.01*scale*1.01 && sa == 0 {
			t.Fatalf("%v of %v is not seen", a, scale)
		}
	})
	for _, c := range [][2]float64{{0, 1}, {1, 0}, {0, 0}, {1e-9, 1}} {
		if got := ShadeOf(c[0], c[1]); got != 0 {
			t.Errorf("shade(%v, %v) = %v, want none", c[0], c[1], got)
		}
	}
	if ShadeOf(1, 1) != MaxShade || ShadeOf(-7, 1) != -MaxShade {
		t.Error("the end of the scale is not the strongest tint")
	}
}

// TestShadeStyle: the sign is told by the side of a line too, not by colour alone.
func TestShadeStyle(t *testing.T) {
	up, down := ShadeStyle(0.25), ShadeStyle(-0.25)
	if !strings.Contains(up, "border-top") || strings.Contains(up, "border-bottom") || !strings.Contains(down, "border-bottom") || strings.Contains(down, "border-top") {
		t.Errorf("positive %q, negative %q", up, down)
	}
	if ShadeStyle(0) != "" {
		t.Errorf("zero has the style %q", ShadeStyle(0))
	}
	sc := &Scene{}
	DrawShade(sc, 0.25, 0, 0, 10, 10, "")
	DrawShade(sc, -0.25, 0, 0, 10, 10, "")
	DrawShade(sc, 0, 0, 0, 10, 10, "")
	if len(sc.Marks) != 4 || sc.Marks[1].Y != 0 || sc.Marks[3].Y != 8 || sc.Marks[0].Fill != Positive || sc.Marks[2].Fill != Negative {
		t.Errorf("drawn as %+v", sc.Marks)
	}
}

// TestShadeContrast: text stays legible on the strongest tints, in both themes, and in HTML on the
// grounds of the usual notebook themes.
func TestShadeContrast(t *testing.T) {
	blend := func(over, under string) string {
		var out strings.Builder
		out.WriteString("#")
		for i := 1; i < 7; i += 2 {
			var a, b int
			fmt.Sscanf(over[i:i+2], "%x", &a)
			fmt.Sscanf(under[i:i+2], "%x", &b)
			fmt.Fprintf(&out, "%02x", int(math.Round(MaxShade*float64(a)+(1-MaxShade)*float64(b))))
		}
		return out.String()
	}
	for _, r := range [...]Role{Positive, Negative} {
		p := Palette[r]
		if c := contrast(t, Palette[Ink].Light, blend(p.Light, Palette[Paper].Light)); c < 4.5 {
			t.Errorf("%s, light: contrast %.2f", p.Class, c)
		}
		if c := contrast(t, Palette[Ink].Dark, blend(p.Dark, Palette[Paper].Dark)); c < 4.5 {
			t.Errorf("%s, dark: contrast %.2f", p.Class, c)
		}
	}
	for _, v := range [...]float64{1, -1} {
		var r, g, b int
		fmt.Sscanf(ShadeRGB(v), "%d,%d,%d", &r, &g, &b)
		hex := fmt.Sprintf("#%02x%02x%02x", r, g, b)
		for _, page := range [][2]string{{"#ffffff", "#212121"}, {"#111111", "#e0e0e0"}} {
			if c := contrast(t, page[1], blend(hex, page[0])); c < 4.5 {
				t.Errorf("%v on %s: contrast %.2f", v, page[0], c)
			}
		}
	}
}

// TestShadeScale: one range for all rows, zero in the middle, and the greatest value at its end.
func TestShadeScale(t *testing.T) {
	s := NewShadeScale(0, true, []float64{0.5, -2}, []float64{1})
	if s.Scale != 2 || s.Min != -2 || s.Max != 1 {
		t.Errorf("got %+v", s)
	}
	if low, high := s.Ends(); low != "-2" || high != "2" {
		t.Errorf("ends are %s and %s", low, high)
	}
	stops := s.stops()
	if n := len(stops); n != 2*ShadeSteps+1 || stops[0] != -2 || stops[n/2] != 0 || stops[n-1] != 2 {
		t.Errorf("stops are %v", stops)
	}
	if w := s.Words("x"); w != "values from -2 to 1; line above: positive, below: negative; boxed: x" {
		t.Errorf("says %q", w)
	}
	share := NewShadeScale(0.5, false, []float64{0.1})
	share.Percent = true
	if low, high := share.Ends(); low != "0 %" || high != "50 %" || share.stops()[0] != 0 {
		t.Errorf("ends of shares are %s and %s, stops %v", low, high, share.stops())
	}
	if zero := NewShadeScale(0, true, []float64{0}); zero.Scale != 0 || ShadeOf(0, zero.Scale) != 0 {
		t.Errorf("all zero: %+v", zero)
	}
}
