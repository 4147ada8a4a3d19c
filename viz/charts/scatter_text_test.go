package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"strings"
	"testing"
)

func smallScatter() Scatter {
	return Scatter{
		X: Axis{Label: "size"}, Y: Axis{Label: "loss"}, Front: true, Rays: []Ray{{"", 0.5}},
		Groups: []Cloud{
			{Name: "a", Points: []Dot{{Name: "p", X: 0, Y: 4}, {Name: "q", X: 8, Y: 0, YLo: 0, YHi: 2}, {Name: "r", X: 8, Y: 4}}},
			{Name: "b", Path: true, Apart: true, Points: []Dot{{X: 4, Y: 3, XLo: 3, XHi: 5}}},
		},
	}
}

// TestScatterNumbers: all points with their intervals, and which are on the front.
func TestScatterNumbers(t *testing.T) {
	s := smallScatter()
	b, err := s.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	want := `group  point  size  from  to  loss  from  to  front
─────  ─────  ────  ────  ──  ────  ────  ──  ─────
a      p         0               4            yes
a      q         8               0     0   2  yes
a      r         8               4            no
b                4     3   5     3

line    factor
──────  ──────
×0.500     0.5
`
	if !strings.Contains(b.Text, want) {
		t.Errorf("want\n%s\nin\n%s", want, b.Text)
	}
	if n := strings.Count(b.HTML, "<table"); n != 2 {
		t.Errorf("%d tables in the HTML", n)
	}
	s = Scatter{Groups: []Cloud{{Points: []Dot{{X: 1, Y: 2}}}}}
	if ts := s.numbers(); len(ts) != 1 || len(ts[0].Columns) != 4 || ts[0].Columns[2].Name != "x" || ts[0].Columns[3].Name != "y" {
		t.Errorf("tables %+v", ts)
	}
}

// TestScatterTwin: points stand where they lie; steps go right, then down; the line rises.
func TestScatterTwin(t *testing.T) {
	s := smallScatter()
	lines := strings.Split(s.twin(), "\n")
	if lines[0] != "loss   [o a; + b, a path; -| front; . ×0.500]" {
		t.Errorf("says %q", lines[0])
	}
	rows := lines[1 : scatterRows+1]
	cells := make([][]rune, len(rows))
	for i, r := range rows {
		cells[i] = []rune(draw.PadRight(r, 12+twinCols))[12:]
	}
	if string(cells[0][:1]) != "o" || string(cells[0][twinCols-1]) != "o" || string(cells[scatterRows-1][twinCols-1]) != "o" {
		t.Errorf("the corners are not points:\n%s", strings.Join(rows, "\n"))
	}
	if strings.Trim(string(cells[0][1:twinCols-1]), "-") != "" {
		t.Errorf("the step to the right is %q", string(cells[0]))
	}
	for _, c := range cells[1 : scatterRows-1] {
		if c[twinCols-1] != '|' {
			t.Errorf("the step down is %q", string(c))
		}
	}
	if cells[4][32] != '+' {
		t.Errorf("the second group is not in the middle:\n%s", strings.Join(rows, "\n"))
	}
	if cells[scatterRows-1][0] != '.' || cells[8][32] != '.' && cells[9][32] != '.' {
		t.Errorf("the line is not there:\n%s", strings.Join(rows, "\n"))
	}
	if !strings.HasPrefix(rows[0], "         4 │") || !strings.HasPrefix(rows[scatterRows-1], "         0 │") {
		t.Errorf("the ends of the axis are %q and %q", rows[0], rows[scatterRows-1])
	}
	if at := lines[scatterRows+2]; strings.Fields(at)[0] != "0" || strings.Fields(at)[1] != "size" || !strings.HasSuffix(at, " 8") {
		t.Errorf("the other axis is %q", at)
	}
	if at := lines[scatterRows+3]; at != ": "+s.words() {
		t.Errorf("says %q", at)
	}
}

func TestScatterDescribe(t *testing.T) {
	s := smallScatter()
	s.Groups = append(s.Groups, Cloud{Name: "c"})
	d := s.describe()
	for _, want := range []string{
		"loss over size: a, 3 points, size from 0 to 8, loss from 0 to 4; b, 1 point, size from 4 to 4, loss from 3 to 3; c without points.",
		"On the front: p (0, 4), q (8, 0).", "Lines ×0.500 of factor 0.500.", s.words() + ".",
	} {
		if !strings.Contains(d, want) {
			t.Errorf("%q is not in %q", want, d)
		}
	}
	s.Groups[0].Apart = true
	if w := s.frontWords(); w != "No point is on the front" {
		t.Errorf("says %q", w)
	}
	s.Groups[0] = Cloud{Name: "a"}
	for i := range 15 {
		s.Groups[0].Points = append(s.Groups[0].Points, Dot{Name: fmt.Sprint("n", i), X: float64(i), Y: float64(-i)})
	}
	if w := s.frontWords(); !strings.Contains(w, "n11 (11, -11), and 3 more") || strings.Contains(w, "n12") {
		t.Errorf("says %q", w)
	}
}

func TestScatterTip(t *testing.T) {
	s := smallScatter()
	for want, of := range map[string][2]int{
		"a, q: size 8, loss 0 [0, 2]": {0, 1}, "b: size 4 [3, 5], loss 3": {1, 0},
	} {
		if g := &s.Groups[of[0]]; s.tip(g, &g.Points[of[1]]) != want {
			t.Errorf("says %q, want %q", s.tip(g, &g.Points[of[1]]), want)
		}
	}
	if tip := s.tip(&Cloud{}, &Dot{X: 1, Y: 2}); tip != "size 1, loss 2" {
		t.Errorf("says %q", tip)
	}
	if tip := s.tip(&Cloud{}, &Dot{Name: "d", X: 1, Y: 2}); tip != "d: size 1, loss 2" {
		t.Errorf("says %q", tip)
	}
}
