package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/pathtest"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBandRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	x, y := []float64{1, 2}, []float64{1, 2}
	for name, c := range map[string]struct {
		s    Series
		log  bool
		want string
		is   error
	}{
		"one bound": {Series{X: x, Y: y, Lo: y}, false, "2 lower and 0 upper bounds for 2 points", nil},
		"lengths":   {Series{X: x, Y: y, Lo: y, Hi: y[:1]}, false, "2 lower and 1 upper", nil},
		"smoothed":  {Series{X: x, Y: y, Lo: y, Hi: y, Smooth: 3}, false, "cannot be smoothed", nil},
		"half gap":  {Series{X: x, Y: y, Lo: []float64{1, nan}, Hi: y}, false, "index 1 is [NaN, 2]", nil},
		"infinite":  {Series{X: x, Y: y, Lo: y, Hi: []float64{1, inf}}, false, "+Inf", viz.ErrNotFinite},
		"upside":    {Series{X: x, Y: y, Lo: []float64{1, 3}, Hi: y}, false, "[3, 2], upside down", nil},
		"too large": {Series{X: x, Y: y, Lo: y, Hi: []float64{1, 1e200}}, false, "beyond what can be drawn", nil},
		"logarithm": {Series{X: x, Y: y, Lo: []float64{0, 1}, Hi: y}, true, "logarithmic", nil},
	} {
		c.s.Name = "s"
		_, err := Plot{Panels: []Panel{{Y: Axis{Log: c.log}, Series: []Series{c.s}}}}.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `series "s"`) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestBand: the band goes along all upper and lower bounds, gaps part it, and the axis holds it.
func TestBand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		s := Series{Name: "s", X: Steps(n), Y: make([]float64, n), Lo: make([]float64, n), Hi: make([]float64, n)}
		points, alone := 0, 0
		for i := range s.Y {
			s.Y[i] = rapid.Float64Range(-1, 1).Draw(t, "y")
			s.Lo[i], s.Hi[i] = s.Y[i]-rapid.Float64Range(0, 3).Draw(t, "down"), s.Y[i]+rapid.Float64Range(0, 3).Draw(t, "up")
			if rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				s.Lo[i], s.Hi[i] = math.NaN(), math.NaN()
			}
		}
		pieces := 0
		for i := range s.Lo {
			gap := func(k int) bool { return k < 0 || k >= n || math.IsNaN(s.Lo[k]) }
			if gap(i) {
				continue
			}
			points++
			if gap(i - 1) {
				pieces++
				if gap(i + 1) {
					alone++
				}
			}
		}
		p := Plot{Panels: []Panel{{Series: []Series{s}}}}
		b, err := p.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.Text, ": Band: the interval of each point") {
			t.Fatalf("the text does not say what the band is:\n%s", b.Text)
		}
		sc := p.Scene()
		for _, m := range sc.Marks {
			if m.Shape != draw.Path || m.Opacity != bandOpacity {
				continue
			}
			if got := strings.Count(m.D, "Z"); got != pieces {
				t.Fatalf("%d pieces, want %d: %s", got, pieces, m.D)
			}
			path := pathtest.ReadPath(t, m.D)
			if want := 2*points + 2*alone; len(path) != want {
				t.Fatalf("%d corners for %d points, %d of them alone", len(path), points, alone)
			}
			for _, q := range path {
				if q[1] < 0 || q[1] > sc.Height {
					t.Fatalf("the band leaves the page at %v", q)
				}
			}
			return
		}
		if points > 0 {
			t.Fatal("no band is drawn")
		}
	})
}

// TestBandNumbers: the table has the bounds beside the values, and a gap is blank.
func TestBandNumbers(t *testing.T) {
	b, err := Plot{Band: "95 %", Panels: []Panel{{Series: []Series{{Name: "s", X: []float64{1, 2}, Y: []float64{5, 6}, Lo: []float64{4, math.NaN()}, Hi: []float64{7, math.NaN()}}, {Name: "t", X: []float64{1, 2}, Y: []float64{1, 1}}}}}}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	want := "x  s  s from  to  t\n─  ─  ──────  ──  ─\n1  5       4   7  1\n2  6              1\n"
	if !strings.Contains(b.Text, want) || !strings.Contains(b.Text, ": Band: 95 %\n") {
		t.Errorf("want\n%s\nin\n%s", want, b.Text)
	}
	if !strings.Contains(b.SVG, ">Band: 95 %<") {
		t.Error("the picture does not say what the band is")
	}
}
