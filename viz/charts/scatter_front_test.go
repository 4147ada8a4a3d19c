package charts

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// beats reports whether a is at most as large in both measures, and smaller in one.
func beats(a, b Dot) bool { return a.X <= b.X && a.Y <= b.Y && (a.X < b.X || a.Y < b.Y) }

// TestFrontDots: a point is on the front just if no other of the groups that take part beats it;
// they come in order, and the data is left as it was.
func TestFrontDots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Scatter{Front: rapid.Bool().Draw(t, "front")}
		var all []Dot // that take part
		n := 0
		for k := range rapid.IntRange(0, 4).Draw(t, "groups") {
			g := Cloud{Name: fmt.Sprint(k), Apart: rapid.IntRange(0, 3).Draw(t, "apart") == 0}
			for range rapid.IntRange(0, 8).Draw(t, "points") {
				// Few values, so that points often are level or at one spot.
				d := Dot{Name: fmt.Sprint(n), X: float64(rapid.IntRange(-3, 3).Draw(t, "x")), Y: float64(rapid.IntRange(-3, 3).Draw(t, "y"))}
				n++
				g.Points = append(g.Points, d)
				if !g.Apart {
					all = append(all, d)
				}
			}
			s.Groups = append(s.Groups, g)
		}
		before := fmt.Sprint(s)
		front := s.FrontDots()
		if fmt.Sprint(s) != before {
			t.Fatal("the data changed")
		}
		if again := s.FrontDots(); !reflect.DeepEqual(front, again) {
			t.Fatalf("%v, then %v", front, again)
		}
		on := map[string]bool{}
		for i, d := range front {
			if on[d.Name] {
				t.Fatalf("%v is there twice", d)
			}
			on[d.Name] = true
			if i == 0 {
				continue
			}
			last := front[i-1]
			level := last.X == d.X && last.Y == d.Y
			if !level && !(last.X < d.X && last.Y > d.Y) {
				t.Fatalf("%v comes before %v", last, d)
			}
			if level {
				var a, b int
				fmt.Sscan(last.Name, &a)
				fmt.Sscan(d.Name, &b)
				if a > b {
					t.Fatalf("%v and %v at one spot are out of order", last, d)
				}
			}
		}
		for _, d := range all {
			best := true
			for _, o := range all {
				best = best && !beats(o, d)
			}
			if best != on[d.Name] {
				t.Fatalf("%v is on the front: %v, want %v, of %v", d, on[d.Name], best, all)
			}
			delete(on, d.Name)
		}
		if len(on) > 0 {
			t.Fatalf("%v take no part", on)
		}
	})
}

// TestFrontDotsNotNumbers: what has a NaN is neither on the front nor keeps others from it.
func TestFrontDotsNotNumbers(t *testing.T) {
	nan := math.NaN()
	s := Scatter{Groups: []Cloud{{Points: []Dot{{Name: "a", X: nan, Y: -1}, {Name: "b", X: 1, Y: 1}, {Name: "c", X: -1, Y: nan}, {Name: "d", X: 2, Y: math.Inf(-1)}}}}}
	got := s.FrontDots()
	if len(got) != 2 || got[0].Name != "b" || got[1].Name != "d" {
		t.Errorf("front %v", got)
	}
}
