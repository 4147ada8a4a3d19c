package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
)

// A Matrix is one weight matrix, row-major: Values[i*Cols+j] is row i, column j.
type Matrix struct {
	Name       string
	Rows, Cols int
	Values     []float32
}

// Matrices draws weight matrices of one shape on a shared scale: before and after, say. A positive
// weight is a plus, a negative one a minus, and both have a colour; size and strength of the mark
// go with the square root of the magnitude. Bars along the edges count the nonzeros of every row
// and column. The longer side lies flat; the labels say which it is.
//
// A matrix with more than [MatrixMarks] nonzeros is drawn by square blocks, and says so: one mark a
// block, its size by the mean magnitude, its sign that of the sum. The counts stay exact.
type Matrices struct {
	viz.Note
	RowName, ColName string // what a row and a column is; "row" and "column" if empty
	Panels           []Matrix
	// Scale is the magnitude drawn at full size; 0 means the greatest one of all panels.
	Scale float64
}

// MatrixMarks is the largest number of marks in one panel.
const MatrixMarks = 6000

// levels is the number of sizes of marks.
const levels = 4

// stats counts what a matrix holds.
type stats struct {
	rows, cols         []int // nonzeros by row and by column
	positive, negative int
	greatest, mean     float64 // of the magnitudes; mean over the nonzeros
}

func (m *Matrix) stats() stats {
	s := stats{rows: make([]int, m.Rows), cols: make([]int, m.Cols)}
	for i, v := range m.Values {
		if v == 0 {
			continue
		}
		s.rows[i/m.Cols]++
		s.cols[i%m.Cols]++
		if v > 0 {
			s.positive++
		} else {
			s.negative++
		}
		a := math.Abs(float64(v))
		s.greatest, s.mean = math.Max(s.greatest, a), s.mean+a
	}
	if n := s.nonzero(); n > 0 {
		s.mean /= float64(n)
	}
	return s
}

func (s *stats) nonzero() int { return s.positive + s.negative }

// zeros counts the rows or columns without a nonzero.
func zeros(counts []int) int {
	n := 0
	for _, c := range counts {
		if c == 0 {
			n++
		}
	}
	return n
}

func (m *Matrices) check() error {
	if len(m.Panels) == 0 {
		return fmt.Errorf("matrices %q: %w", m.Title, viz.ErrNoData)
	}
	if m.Scale < 0 || math.IsNaN(m.Scale) || math.IsInf(m.Scale, 0) {
		return fmt.Errorf("matrices %q: scale %v is no magnitude", m.Title, m.Scale)
	}
	for _, p := range m.Panels {
		if p.Rows <= 0 || p.Cols <= 0 || len(p.Values) != p.Rows*p.Cols {
			return fmt.Errorf("matrices %q: %q has %d values for a shape of [%d, %d]", m.Title, p.Name, len(p.Values), p.Rows, p.Cols)
		}
		if p.Rows != m.Panels[0].Rows || p.Cols != m.Panels[0].Cols {
			return fmt.Errorf("matrices %q: %q is [%d, %d], %q is [%d, %d]; all must have one shape",
				m.Title, m.Panels[0].Name, m.Panels[0].Rows, m.Panels[0].Cols, p.Name, p.Rows, p.Cols)
		}
		for i, v := range p.Values {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("matrices %q: %q holds %v at [%d, %d]: %w", m.Title, p.Name, v, i/p.Cols, i%p.Cols, viz.ErrNotFinite)
			}
		}
	}
	return nil
}

// Bundle draws the matrices. It refuses shapes that differ or do not fit the values, and values
// that are not finite, naming the place.
func (m Matrices) Bundle() (viz.Bundle, error) {
	if err := m.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(m.Scene(), m.Note, m.twin(), m.numbers())
}

// scale is the magnitude of a full mark, never 0.
func (m *Matrices) scale() float64 {
	top := m.Scale
	if top == 0 {
		for i := range m.Panels {
			top = math.Max(top, m.Panels[i].stats().greatest)
		}
	}
	if top == 0 {
		return 1
	}
	return top
}

// level is the size class of a magnitude, 1 to levels.
func level(a, scale float64) int {
	return max(1, min(levels, int(math.Ceil(levels*math.Sqrt(a/scale)-1e-9))))
}

// bound is the greatest magnitude of a level.
func bound(level int, scale float64) float64 {
	f := float64(level) / levels
	return f * f * scale
}

// block is the side of the squares by which a matrix with n nonzeros is drawn; 1 is exact.
func (m *Matrix) block(n int) int {
	b := 1
	if n > MatrixMarks {
		for ; ((m.Rows+b-1)/b)*((m.Cols+b-1)/b) > MatrixMarks; b++ {
		}
	}
	return b
}

// A spot is one mark to draw: the block at (row, col), counted in blocks.
type spot struct {
	row, col int
	sign     int // +1 or -1
	size     float64
}

// spots lists what is drawn of a matrix by blocks of side b, row by row.
func (m *Matrix) spots(b int) []spot {
	var out []spot
	nr, nc := (m.Rows+b-1)/b, (m.Cols+b-1)/b
	for r := 0; r < nr; r++ {
		for c := 0; c < nc; c++ {
			sum, mag, n := 0.0, 0.0, 0
			for i := r * b; i < min(m.Rows, (r+1)*b); i++ {
				for j := c * b; j < min(m.Cols, (c+1)*b); j++ {
					v := float64(m.Values[i*m.Cols+j])
					sum, mag, n = sum+v, mag+math.Abs(v), n+1
				}
			}
			if mag == 0 {
				continue
			}
			s := spot{row: r, col: c, sign: 1, size: mag / float64(n)}
			if sum < 0 {
				s.sign = -1
			}
			out = append(out, s)
		}
	}
	return out
}

func (m *Matrices) names() (row, col string) {
	row, col = m.RowName, m.ColName
	if row == "" {
		row = "row"
	}
	if col == "" {
		col = "column"
	}
	return row, col
}

// numbers tabulates what the panels hold.
func (m *Matrices) numbers() viz.Table {
	row, col := m.names()
	t := viz.Table{Columns: []viz.Column{{Name: "matrix"}, {Name: "shape"}, {Name: "nonzero"}, {Name: "density %", Format: "%.2f"},
		{Name: "positive"}, {Name: "negative"}, {Name: "greatest |w|"}, {Name: "mean |w| of nonzeros"},
		{Name: "empty, by " + row}, {Name: "empty, by " + col}}}
	for i := range m.Panels {
		p := &m.Panels[i]
		s := p.stats()
		t.Rows = append(t.Rows, []any{p.Name, fmt.Sprintf("%d×%d", p.Rows, p.Cols), s.nonzero(),
			100 * float64(s.nonzero()) / float64(len(p.Values)), s.positive, s.negative, s.greatest, s.mean, zeros(s.rows), zeros(s.cols)})
	}
	return t
}

// describe says the same in a sentence a panel.
func (m *Matrices) describe() string {
	var parts []string
	for i := range m.Panels {
		p := &m.Panels[i]
		s := p.stats()
		parts = append(parts, fmt.Sprintf("%s: %s of %s weights are nonzero, %s positive and %s negative, greatest magnitude %s.",
			p.Name, draw.Number(float64(s.nonzero())), draw.Number(float64(len(p.Values))), draw.Number(float64(s.positive)), draw.Number(float64(s.negative)), draw.Number(s.greatest)))
	}
	return strings.Join(parts, " ")
}

// twin draws each matrix by at most 64×16 characters: + or - by the sign of the sum of the weights
// that fall on it, blank where all of them are zero.
func (m *Matrices) twin() string {
	var b strings.Builder
	row, col := m.names()
	for k := range m.Panels {
		p := m.Panels[k]
		flip := p.Rows > p.Cols
		if flip {
			p = p.transposed()
			fmt.Fprintf(&b, "%s   (down: %s, across: %s)\n", draw.Visible(p.Name), draw.Visible(col), draw.Visible(row))
		} else {
			fmt.Fprintf(&b, "%s   (down: %s, across: %s)\n", draw.Visible(p.Name), draw.Visible(row), draw.Visible(col))
		}
		nr, nc := min(p.Rows, 16), min(p.Cols, 64)
		for r := 0; r < nr; r++ {
			line := make([]byte, nc)
			for c := range line {
				sum, n := 0.0, 0
				for i := r * p.Rows / nr; i < (r+1)*p.Rows/nr; i++ {
					for j := c * p.Cols / nc; j < (c+1)*p.Cols/nc; j++ {
						if v := p.Values[i*p.Cols+j]; v != 0 {
							sum, n = sum+float64(v), n+1
						}
					}
				}
				switch {
				case n == 0:
					line[c] = ' '
				case sum < 0:
					line[c] = '-'
				default:
					line[c] = '+'
				}
			}
			fmt.Fprintf(&b, "│%s│\n", line)
		}
	}
	return b.String()
}

func (m *Matrix) transposed() Matrix {
	t := Matrix{Name: m.Name, Rows: m.Cols, Cols: m.Rows, Values: make([]float32, len(m.Values))}
	for i := 0; i < m.Rows; i++ {
		for j := 0; j < m.Cols; j++ {
			t.Values[j*m.Rows+i] = m.Values[i*m.Cols+j]
		}
	}
	return t
}
