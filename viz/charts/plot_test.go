package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func plotOf(ss ...Series) Plot {
	return Plot{Note: viz.Note{Title: "p"}, Panels: []Panel{{Series: ss}}}
}

func TestPlotRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		plot Plot
		want string
		is   error
	}{
		"no panels":        {Plot{}, "no panels", viz.ErrNoData},
		"no series":        {plotOf(), "", viz.ErrNoData},
		"only gaps":        {plotOf(Series{X: []float64{1}, Y: []float64{nan}}), "", viz.ErrNoData},
		"lengths":          {plotOf(Series{Name: "s", X: []float64{1}, Y: nil}), `series "s": 1 x values for 0 y values`, nil},
		"infinite y":       {plotOf(Series{Name: "s", X: []float64{1, 2}, Y: []float64{1, inf}}), "y[1] is +Inf", viz.ErrNotFinite},
		"NaN x":            {plotOf(Series{X: []float64{nan}, Y: []float64{1}}), "x[0] is NaN", viz.ErrNotFinite},
		"falling x":        {plotOf(Series{X: []float64{2, 1}, Y: []float64{1, 1}}), "x falls from 2 to 1 at index 1", nil},
		"same names":       {plotOf(Series{Name: "s", X: []float64{1}, Y: []float64{1}}, Series{Name: "s"}), `two series are named "s"`, nil},
		"zero on log y":    {Plot{Panels: []Panel{{Y: Axis{Log: true}, Series: []Series{{X: []float64{1}, Y: []float64{0}}}}}}, "logarithmic", nil},
		"zero on log x":    {Plot{X: Axis{Log: true}, Panels: []Panel{{Series: []Series{{X: []float64{0}, Y: []float64{1}}}}}}, "logarithmic", nil},
		"reference":        {Plot{Panels: []Panel{{Refs: []Ref{{"r", nan}}, Series: []Series{{X: []float64{1}, Y: []float64{1}}}}}}, `"r"`, viz.ErrNotFinite},
		"reference on log": {Plot{Panels: []Panel{{Y: Axis{Log: true}, Refs: []Ref{{"r", -1}}, Series: []Series{{X: []float64{1}, Y: []float64{1}}}}}}, `"r"`, nil},
		"include":          {Plot{X: Axis{Include: []float64{inf}}, Panels: []Panel{{Series: []Series{{X: []float64{1}, Y: []float64{1}}}}}}, "x axis", viz.ErrNotFinite},
		"too large":        {plotOf(Series{X: []float64{1}, Y: []float64{1e200}}), "beyond what can be drawn", nil},
	} {
		_, err := c.plot.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestPlotLooks: a series looks the same in all panels, and unlike the others.
func TestPlotLooks(t *testing.T) {
	p := Plot{Panels: []Panel{{}, {}}}
	for i := 0; i < 12; i++ {
		s := Series{Name: fmt.Sprint(i)}
		p.Panels[0].Series = append(p.Panels[0].Series, s)
		if i%2 == 1 {
			p.Panels[1].Series = append(p.Panels[1].Series, s)
		}
	}
	seen := map[string]string{}
	for name, l := range p.looks() {
		key := fmt.Sprint(l.role, l.dash)
		if other, ok := seen[key]; ok {
			t.Errorf("series %s and %s look alike", name, other)
		}
		seen[key] = name
	}
	if len(seen) != 12 {
		t.Errorf("%d looks for 12 series", len(seen))
	}
}

// TestPlotInside: whatever the data, nothing is drawn outside the page.
func TestPlotInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		exp := rapid.IntRange(-20, 20).Draw(t, "exponent")
		log := rapid.Bool().Draw(t, "log")
		p := Plot{Note: viz.Note{Title: "p"}, X: Axis{Label: "x"}, Panels: []Panel{{Y: Axis{Label: "y", Log: log}}, {Y: Axis{Label: "z"}}}}
		for k := 0; k < rapid.IntRange(1, 8).Draw(t, "series"); k++ {
			s := Series{Name: strings.Repeat("name ", k) + fmt.Sprint(k), X: Steps(n), Y: make([]float64, n), Smooth: k}
			for i := range s.Y {
				v := rapid.Float64Range(-1, 1).Draw(t, "v")
				if log {
					v = math.Abs(v) + 1e-3
				}
				s.Y[i] = v * math.Pow(10, float64(exp))
			}
			p.Panels[0].Series = append(p.Panels[0].Series, s)
			p.Panels[1].Series = append(p.Panels[1].Series, s)
		}
		if _, err := p.Bundle(); err != nil {
			t.Fatal(err)
		}
		s := p.Scene()
		for _, m := range s.Marks {
			right := m.X
			if m.Shape == draw.Text && m.Anchor == draw.Start {
				right += draw.TextWidth(draw.Visible(m.Text), m.Size)
			}
			if m.X < 0 || right > s.Width || m.Y < 0 || m.Y > s.Height {
				t.Fatalf("%+v is outside of %v×%v", m, s.Width, s.Height)
			}
		}
	})
}

// TestPlaceLabels: labels keep their order, do not overlap, and stay near.
func TestPlaceLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "n")
		ls := make([]label, n)
		for i := range ls {
			ls[i].want = rapid.Float64Range(0, 200).Draw(t, "want")
		}
		placeLabels(ls, 0, 200, 16)
		for i := range ls {
			if i > 0 && (ls[i].want < ls[i-1].want || ls[i].at < ls[i-1].at+15.999) {
				t.Fatalf("labels %d and %d: %+v", i-1, i, ls)
			}
			if ls[i].at > 200 || ls[i].at < -1e-9 {
				t.Fatalf("label %d at %v", i, ls[i].at)
			}
		}
	})
}

// TestPlotLong: a long run stays small, and its numbers name first, last and extremes.
func TestPlotLong(t *testing.T) {
	n := 100_000
	y := make([]float64, n)
	for i := range y {
		y[i] = 2 + math.Sin(float64(i))
	}
	y[55_555] = 9
	b, err := plotOf(Series{Name: "s", X: Steps(n), Y: y, Smooth: 101}, Series{Name: "t", X: Steps(n), Y: y}).Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.SVG) > 60_000 {
		t.Errorf("%d bytes of SVG", len(b.SVG))
	}
	if !strings.Contains(b.Text, " 9  2.86") {
		t.Errorf("the spike is in no table:\n%s", b.Text)
	}
}

// TestPlotSamplings: validation points that training did not land on are in the numbers.
func TestPlotSamplings(t *testing.T) {
	b, err := plotOf(
		Series{Name: "train", X: []float64{0, 2, 4}, Y: []float64{3, 2, 1}},
		Series{Name: "valid", X: []float64{1, 3}, Y: []float64{2.5, math.NaN()}},
	).Bundle()
	if err != nil {
		t.Fatal(err)
	}
	want := "x  train  valid\n─  ─────  ─────\n0      3\n1           2.5\n2      2\n3\n4      1\n"
	if !strings.Contains(b.Text, want) {
		t.Errorf("want\n%s\nin\n%s", want, b.Text)
	}
}
