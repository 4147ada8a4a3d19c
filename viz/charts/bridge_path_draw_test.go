package charts

import (
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// clearTexts holds the texts of a picture apart from each other, and on the page.
func clearTexts(t interface{ Errorf(string, ...any) }, s *draw.Scene) {
	texts := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text })
	for i := range texts {
		x0, y0, x1, y1 := drawtest.Box(&texts[i])
		if x0 < 0 || y0 < 0 || x1 > s.Width || y1 > s.Height {
			t.Errorf("%q leaves the page: %v to %v, %v to %v of %v×%v", texts[i].Text, x0, x1, y0, y1, s.Width, s.Height)
		}
		for j := range i {
			u0, v0, u1, v1 := drawtest.Box(&texts[j])
			if x0 < u1 && u0 < x1 && y0 < v1-3 && v0 < y1-3 { // less the room of descenders
				t.Errorf("%q and %q meet", texts[j].Text, texts[i].Text)
			}
		}
	}
}

// tipped are the marks whose tooltip has a part.
func tipped(s *draw.Scene, part string) []draw.Mark {
	return drawtest.Find(s, func(m *draw.Mark) bool { return strings.Contains(m.Tip, part) })
}

// TestBridgePathLayouts: from 1 to 16 layers texts keep apart and on the page, and what belongs to a
// boundary stands in its column.
func TestBridgePathLayouts(t *testing.T) {
	for layers := 1; layers <= 16; layers++ {
		p := samplePath(2*layers + 1)
		for i := range p.Boundaries {
			p.Boundaries[i].Site = fmt.Sprintf("%d.resid_mid", i)
		}
		s := p.Scene()
		clearTexts(t, s)
		if s.Width != draw.PlotWidth {
			t.Errorf("%d layers are %v wide", layers, s.Width)
		}
		last := 0.0
		for i, b := range p.Boundaries {
			dots := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Circle && strings.HasSuffix(m.Tip, "e "+b.Site) })
			if len(dots) != 2 || dots[0].X != dots[1].X || dots[0].Y >= dots[1].Y || dots[0].X <= last {
				t.Fatalf("%d layers, boundary %d: dots %+v", layers, i, dots)
			}
			step := dots[0].X - last
			last = dots[0].X
			own := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Path && strings.HasPrefix(m.Tip, b.Site) })
			if len(own) != 2+2*2+2 { // arrows, marks, whiskers of one CE and one KL
				t.Fatalf("%d layers, boundary %d: %d arrows, marks and whiskers", layers, i, len(own))
			}
			for _, m := range own {
				x0, _, x1, _ := drawtest.Box(&m)
				if math.Abs((x0+x1)/2-last) > 0.35*step {
					t.Errorf("%d layers, boundary %d at %v: %q spans %v to %v", layers, i, last, m.Tip, x0, x1)
				}
			}
		}
	}
}

// TestBridgePathArrows: encoders point down and decoders up, between the rails; the lesser the error
// the thicker and stronger, and one that carries nothing is dashed.
func TestBridgePathArrows(t *testing.T) {
	p := samplePath(5)
	for i, v := range []float64{0, 0.3, 0.9, 1, 7} {
		p.Boundaries[i].Encode, p.Boundaries[i].Decode = v, v
	}
	s := p.Scene()
	dense := tipped(s, "dense site")[0].Y
	sparse := tipped(s, "sparse site")[0].Y
	for k, link := range []string{"encoder", "decoder"} {
		thick, strong := math.Inf(1), math.Inf(1)
		for i, m := range tipped(s, link+", NMSE") {
			x0, y0, x1, y1 := drawtest.Box(&m)
			if y0 < dense+bridgeBox/2 || y1 > sparse-bridgeBox/2 {
				t.Errorf("%s %d reaches from %v to %v, between %v and %v", link, i, y0, y1, dense, sparse)
			}
			if i >= 3 {
				if len(m.Dash) == 0 || m.Fill != draw.None || m.Stroke != draw.Series0+draw.Role(k) {
					t.Errorf("%s %d carries nothing: %+v", link, i, m)
				}
				continue
			}
			if x1-x0 >= thick || m.Opacity >= strong || m.Fill != draw.Series0+draw.Role(k) {
				t.Errorf("%s %d: %v wide and %v strong, after %v and %v", link, i, x1-x0, m.Opacity, thick, strong)
			}
			thick, strong = x1-x0, m.Opacity
			// The path begins at the tail.
			var x, y float64
			if _, err := fmt.Sscanf(m.D, "M%g %g", &x, &y); err != nil || (math.Abs(y-y0) < 0.2) != (k == 0) {
				t.Errorf("%s %d begins at %v of %v to %v (%v)", link, i, y, y0, y1, err)
			}
		}
	}
}

// TestBridgePathPanels: a hybrid stands at the height of its loss, by the scale that the lines to
// compare with give, and whiskers reach from bound to bound.
func TestBridgePathPanels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := samplePath(2*rapid.IntRange(1, 5).Draw(t, "layers") + 1)
		p.Dense.CE, p.Sparse.CE = 2, 3
		for i := range p.Boundaries {
			for _, l := range []*BridgeLoss{&p.Boundaries[i].DenseToSparse, &p.Boundaries[i].SparseToDense} {
				v := rapid.Float64Range(0.5, 5).Draw(t, "ce")
				*l = BridgeLoss{CE: v, KL: 0.2, CELo: v - 0.25, CEHi: v + 0.5}
			}
		}
		if _, err := p.Bundle(); err != nil {
			t.Fatal(err)
		}
		s := p.Scene()
		clearTexts(t, s)
		two, three := tipped(s, "dense 2")[0].Y, tipped(s, "sparse 3")[0].Y
		height := func(v float64) float64 { return two + (v-2)*(three-two) }
		if tipped(s, "limit 2.6")[0].Y >= two || three >= two {
			t.Fatalf("lines at %v and %v", two, three)
		}
		slack := 0.2 + math.Abs(three-two)/150*8 // lines stand on whole pixels
		for _, b := range p.Boundaries {
			for _, w := range b.directions() {
				ms := tipped(s, b.Site+", "+w.name+":")
				if len(ms) != 3 { // whisker and mark of the first panel, mark of the second
					t.Fatalf("%d marks of %s, %s", len(ms), b.Site, w.name)
				}
				_, hi, _, lo := drawtest.Box(&ms[0])
				if math.Abs(hi-height(w.loss.CEHi)) > slack*4 || math.Abs(lo-height(w.loss.CELo)) > slack*4 {
					t.Errorf("whisker of %v from %v to %v, want %v to %v", w.loss, lo, hi, height(w.loss.CELo), height(w.loss.CEHi))
				}
				x0, y0, x1, y1 := drawtest.Box(&ms[1])
				if math.Abs((y0+y1)/2-height(w.loss.CE)) > slack*4 {
					t.Errorf("mark of %v at %v, want %v", w.loss.CE, (y0+y1)/2, height(w.loss.CE))
				}
				if u0, _, u1, _ := drawtest.Box(&ms[2]); u0 != x0 || u1 != x1 {
					t.Errorf("the panels are not aligned: %v and %v", x0, u0)
				}
			}
		}
		if n := len(tipped(s, "sparse 0.4")); n != 1 {
			t.Errorf("%d lines for the KL of the sparse model", n)
		}
	})
}

// TestBridgePathSites: names are thinned where they would meet, the last stays, and a long one is cut.
func TestBridgePathSites(t *testing.T) {
	named := func(p BridgePath) (out []string) {
		for _, m := range drawtest.Find(p.Scene(), func(m *draw.Mark) bool { return m.Shape == draw.Text && m.Tip != "" }) {
			out = append(out, m.Text)
		}
		return out
	}
	if got := named(samplePath(5)); len(got) != 5 {
		t.Errorf("of 5 boundaries, %q are named", got)
	}
	p := samplePath(33)
	for i := range p.Boundaries {
		p.Boundaries[i].Site = fmt.Sprintf("%d.resid", i)
	}
	if got := strings.Join(named(p), " "); got != "0.resid 4.resid 8.resid 12.resid 16.resid 20.resid 24.resid 28.resid 32.resid" {
		t.Errorf("named: %s", got)
	}
	p.Boundaries[3].Site = strings.Repeat("long ", 40)
	s := p.Scene()
	clearTexts(t, s)
	drawtest.OnPage(t, s)
	// 100 boundaries and more make the figure wider.
	if s := samplePath(101); s.Scene().Width < 101*bridgeStep {
		t.Errorf("101 boundaries are %v wide", s.Scene().Width)
	}
}

// TestBridgePathErrors: the printed errors are those of the data, in the colour of their direction.
func TestBridgePathErrors(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.0512: "0.051", 1e-9: "1e-09", 0.224: "0.22", 0.999: "1.00", 1.5: "1.50", 12.34: "12.3", 2000: "2,000"} {
		if got := errorText(v); got != want {
			t.Errorf("%v prints as %q, want %q", v, got, want)
		}
	}
	for _, n := range []int{5, 33} {
		p := samplePath(n)
		s := p.Scene()
		for k, of := range []func(b *BridgeBoundary) float64{func(b *BridgeBoundary) float64 { return b.Encode }, func(b *BridgeBoundary) float64 { return b.Decode }} {
			texts := drawtest.Find(s, func(m *draw.Mark) bool { return m.Shape == draw.Text && m.Fill == draw.Series0+draw.Role(k) })
			if len(texts) < n/3 || len(texts) > n {
				t.Fatalf("%d errors of %d boundaries", len(texts), n)
			}
			every := (n + len(texts) - 1) / len(texts)
			for i, m := range texts {
				if want := errorText(of(&p.Boundaries[i*every])); m.Text != want {
					t.Errorf("%d boundaries, error %d of way %d: %s, want %s", n, i, k, m.Text, want)
				}
			}
		}
	}
}
