package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
)

// checkBand refuses an interval that is not one: a bound without the other, of another length than
// the series, infinite, or upside down.
func (s *Series) checkBand(logY bool) error {
	if s.Lo == nil && s.Hi == nil {
		return nil
	}
	if len(s.Lo) != len(s.X) || len(s.Hi) != len(s.X) {
		return fmt.Errorf("an interval of %d lower and %d upper bounds for %d points; give both for each", len(s.Lo), len(s.Hi), len(s.X))
	}
	if s.Smooth > 1 {
		return fmt.Errorf("a series with an interval cannot be smoothed; smooth it before, or leave the interval out")
	}
	for i := range s.Lo {
		lo, hi := s.Lo[i], s.Hi[i]
		switch {
		case math.IsNaN(lo) != math.IsNaN(hi):
			return fmt.Errorf("the interval at index %d is [%v, %v]; a gap has NaN for both", i, lo, hi)
		case math.IsNaN(lo):
		case math.IsInf(lo, 0) || math.IsInf(hi, 0):
			return fmt.Errorf("the interval at index %d is [%v, %v]: %w", i, lo, hi, viz.ErrNotFinite)
		case lo > hi:
			return fmt.Errorf("the interval at index %d is [%v, %v], upside down", i, lo, hi)
		case extreme(lo, logY) || extreme(hi, logY):
			return fmt.Errorf("the interval [%v, %v] at index %d is beyond what can be drawn (±%g)", lo, hi, i, draw.Limit)
		case logY && lo <= 0:
			return fmt.Errorf("the interval at index %d is [%v, %v], which a logarithmic axis cannot show", i, lo, hi)
		}
	}
	return nil
}

// banded reports whether any series has an interval.
func (p *Plot) banded() bool {
	for i := range p.Panels {
		for _, s := range p.Panels[i].Series {
			if s.Lo != nil {
				return true
			}
		}
	}
	return false
}

// bandWords says what the bands are.
func (p *Plot) bandWords() string {
	switch {
	case !p.banded():
		return ""
	case p.Band == "":
		return "Band: the interval of each point"
	}
	return "Band: " + p.Band
}

// bandOpacity lets grid and lines show through.
const bandOpacity = 0.2

// drawBand fills what lies between the bounds, in one piece between gaps; a point alone is a bar.
func (s *Series) drawBand(sc *draw.Scene, x, y draw.Scale, role draw.Role) {
	if s.Lo == nil {
		return
	}
	keep := map[int]bool{}
	for _, bound := range [...][]float64{s.Lo, s.Hi} {
		for _, i := range draw.Downsample(bound, plotPoints) {
			keep[i] = true
		}
	}
	var at []int
	for i := range keep {
		at = append(at, i)
	}
	sort.Ints(at)
	var pen draw.Pen
	for len(at) > 0 {
		n := 0
		for n < len(at) && !math.IsNaN(s.Lo[at[n]]) {
			n++
		}
		if n > 0 {
			s.outline(&pen, at[:n], x, y)
		}
		at = at[min(len(at), n+1):]
	}
	if d := pen.String(); d != "" {
		sc.Add(draw.Mark{Shape: draw.Path, D: d, Fill: role, Opacity: bandOpacity, Tip: s.Name + ": interval"})
	}
}

// outline goes along the upper bounds and back along the lower ones.
func (s *Series) outline(pen *draw.Pen, at []int, x, y draw.Scale) {
	const half = 2.0 // of the bar of a single point
	if len(at) == 1 {
		i := at[0]
		px := x.At(s.X[i])
		pen.Move(px-half, y.At(s.Hi[i]))
		pen.To(px+half, y.At(s.Hi[i]))
		pen.To(px+half, y.At(s.Lo[i]))
		pen.To(px-half, y.At(s.Lo[i]))
		pen.Close()
		return
	}
	for k, i := range at {
		if k == 0 {
			pen.Move(x.At(s.X[i]), y.At(s.Hi[i]))
		} else {
			pen.To(x.At(s.X[i]), y.At(s.Hi[i]))
		}
	}
	for k := len(at) - 1; k >= 0; k-- {
		pen.To(x.At(s.X[at[k]]), y.At(s.Lo[at[k]]))
	}
	pen.Close()
}

// twinBand marks the cells between the bounds with ':', under the lines.
func (s *Series) twinBand(grid [][]byte, x, y draw.Scale) {
	for i := range s.Lo {
		if math.IsNaN(s.Lo[i]) {
			continue
		}
		c := draw.ClampInt(x.At(s.X[i]), twinCols)
		for r := draw.ClampInt(y.At(s.Hi[i]), len(grid)); r <= draw.ClampInt(y.At(s.Lo[i]), len(grid)); r++ {
			if grid[r][c] == ' ' {
				grid[r][c] = ':'
			}
		}
	}
}
