package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEstimatesRefuse(t *testing.T) {
	one := Estimate{Name: "r", Value: 1}
	for name, c := range map[string]struct {
		e    Estimates
		want string
		is   error
	}{
		"none":       {Estimates{Note: viz.Note{Title: "figure"}}, `estimates "figure"`, viz.ErrNoData},
		"NaN":        {Estimates{Rows: []Estimate{one, {Name: "s", Value: math.NaN()}}}, `row 1 ("s"): the number is NaN`, viz.ErrNotFinite},
		"run":        {Estimates{Rows: []Estimate{{Value: 1, Runs: []float64{math.Inf(1)}}}}, "+Inf", viz.ErrNotFinite},
		"upside":     {Estimates{Rows: []Estimate{{Value: 1, Lo: 2, Hi: 1}}}, "[2, 1] is upside down", nil},
		"bound":      {Estimates{Rows: []Estimate{{Value: 1, Lo: 0, Hi: math.Inf(1)}}}, "+Inf", viz.ErrNotFinite},
		"logarithm":  {Estimates{X: Axis{Log: true}, Rows: []Estimate{{Value: 1, Lo: 0, Hi: 1}}}, "logarithmic axis cannot show 0", nil},
		"reference":  {Estimates{Rows: []Estimate{one}, Refs: []Ref{{"chance", math.NaN()}}}, `"chance"`, viz.ErrNotFinite},
		"include":    {Estimates{X: Axis{Include: []float64{math.NaN()}}, Rows: []Estimate{one}}, "include", viz.ErrNotFinite},
		"too large":  {Estimates{Rows: []Estimate{{Value: 1e200}}}, "beyond what can be drawn", nil},
		"NaN bounds": {Estimates{Rows: []Estimate{{Value: 1, Lo: math.NaN(), Hi: math.NaN()}}}, "NaN", viz.ErrNotFinite},
	} {
		_, err := c.e.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestEstimatesDrawn: nothing leaves the page; whiskers reach from bound to bound, around the dot;
// rows keep their order.
func TestEstimatesDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Estimates{Note: viz.Note{Title: "t"}, X: Axis{Label: "loss", Log: rapid.Bool().Draw(t, "log")}, Refs: []Ref{{"chance", 0.7}, {"target", 0.15}, {strings.Repeat("far ", 20), 0.71}}}
		unit := math.Pow(10, float64(rapid.IntRange(-3, 3).Draw(t, "exponent")))
		for k := range rapid.IntRange(1, 6).Draw(t, "rows") {
			v := rapid.Float64Range(0.1, 1).Draw(t, "v") * unit
			r := Estimate{Name: strings.Repeat("name ", k*k), Value: v, Group: []string{"", "g", "h"}[k/2]}
			if rapid.Bool().Draw(t, "interval") {
				r.Lo, r.Hi, r.Runs = v*0.5, v*1.25, []float64{v, v * 0.7}
			}
			e.Rows = append(e.Rows, r)
		}
		if _, err := e.Bundle(); err != nil {
			t.Fatal(err)
		}
		s := e.Scene()
		drawtest.OnPage(t, s)
		dots, last := 0, 0.0
		for i, m := range s.Marks {
			if m.Shape != draw.Circle || m.Fill != draw.Series0 {
				continue
			}
			r := &e.Rows[dots]
			dots++
			if m.Y <= last {
				t.Fatalf("row %d stands over the one before", dots-1)
			}
			last = m.Y
			if r.interval() {
				w := s.Marks[i-3] // the whisker, before its two ends
				if w.Shape != draw.Line || w.X > m.X || w.X+w.W < m.X || s.Marks[i-2].X != w.X || math.Abs(s.Marks[i-1].X-w.X-w.W) > 1e-9 {
					t.Fatalf("whisker %+v around %+v", w, m)
				}
			}
		}
		if dots != len(e.Rows) {
			t.Fatalf("%d dots for %d rows", dots, len(e.Rows))
		}
	})
}

// TestEstimatesTwin: the value stands where it lies between the ends, within its whisker.
func TestEstimatesTwin(t *testing.T) {
	e := Estimates{X: Axis{Include: []float64{0, 1}}, Refs: []Ref{{"chance", 0.75}}, Rows: []Estimate{{Name: "a", Value: 0.5, Lo: 0.25, Hi: 0.6, Runs: []float64{0.3}}, {Name: "b", Value: 0}}}
	lines := strings.Split(e.twin(), "\n")
	a, b := lines[0], lines[1]
	if !strings.Contains(a, "a │") || strings.Count(a, "o") != 1 || !strings.Contains(a, "-.-") || !strings.Contains(a, "|") || !strings.HasSuffix(a, "0.500 [0.250, 0.600]") {
		t.Errorf("row %q", a)
	}
	if !(strings.Index(a, "-") < strings.Index(a, "o") && strings.Index(a, "o") < strings.LastIndex(a, "-") && strings.LastIndex(a, "-") < strings.Index(a, "|")) {
		t.Errorf("row %q is out of order", a)
	}
	if !strings.Contains(b, "│o ") {
		t.Errorf("row %q", b)
	}
	if w := e.intervalWords(); w != "Whiskers: the interval of each row; small dots: single runs" {
		t.Errorf("says %q", w)
	}
}
