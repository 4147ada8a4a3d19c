package charts

import (
	"math"
	"sort"
)

// A dotAt is where a point is in the data.
type dotAt struct{ group, dot int }

// front is the Pareto front as places, by rising X, points at one spot in the order of the data.
// A point that has a NaN is not on it.
func (s *Scatter) front() []dotAt {
	var all []dotAt
	for i := range s.Groups {
		if s.Groups[i].Apart {
			continue
		}
		for j, d := range s.Groups[i].Points {
			if !math.IsNaN(d.X) && !math.IsNaN(d.Y) {
				all = append(all, dotAt{i, j})
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := s.dot(all[i]), s.dot(all[j])
		if a.X != b.X {
			return a.X < b.X
		}
		return a.Y < b.Y
	})
	var out []dotAt
	for _, p := range all {
		d := s.dot(p)
		// All points before have at most this X; the last of the front has the least Y of them.
		if n := len(out); n > 0 {
			if last := s.dot(out[n-1]); d.Y >= last.Y && (d.X != last.X || d.Y != last.Y) {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

func (s *Scatter) dot(p dotAt) *Dot { return &s.Groups[p.group].Points[p.dot] }

// FrontDots returns the Pareto front over the points of all groups that are not Apart: those to
// which no other is at most as large in both X and Y and smaller in one. They come by rising X, so
// by falling Y; points at one spot are all on it, in the order of the data. It does not depend on
// whether Front is set.
func (s Scatter) FrontDots() []Dot {
	var out []Dot
	for _, p := range s.front() {
		out = append(out, *s.dot(p))
	}
	return out
}
