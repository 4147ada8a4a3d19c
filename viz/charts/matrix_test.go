package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMatricesRefuse(t *testing.T) {
	nan := float32(math.NaN())
	one := Matrix{Name: "a", Rows: 1, Cols: 2, Values: []float32{1, 2}}
	for name, c := range map[string]struct {
		m    Matrices
		want string
		is   error
	}{
		"none":     {Matrices{}, "", viz.ErrNoData},
		"values":   {Matrices{Panels: []Matrix{{Name: "a", Rows: 2, Cols: 2, Values: make([]float32, 3)}}}, `"a" has 3 values for a shape of [2, 2]`, nil},
		"no rows":  {Matrices{Panels: []Matrix{{}}}, "[0, 0]", nil},
		"overflow": {Matrices{Panels: []Matrix{{Rows: -1, Cols: -2, Values: make([]float32, 2)}}}, "[-1, -2]", nil},
		"shapes":   {Matrices{Panels: []Matrix{one, {Name: "b", Rows: 2, Cols: 1, Values: []float32{1, 2}}}}, "all must have one shape", nil},
		"NaN":      {Matrices{Panels: []Matrix{{Name: "a", Rows: 1, Cols: 2, Values: []float32{0, nan}}}}, "NaN at [0, 1]", viz.ErrNotFinite},
		"scale":    {Matrices{Scale: -1, Panels: []Matrix{one}}, "scale -1", nil},
	} {
		_, err := c.m.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestMatrixExact: below the limit each nonzero is one mark at its place, with its sign.
func TestMatrixExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatrix(t)
		st := m.stats()
		if b := m.block(st.nonzero()); b != 1 {
			t.Fatalf("%d nonzeros drawn by blocks of %d", st.nonzero(), b)
		}
		spots := m.spots(1)
		if len(spots) != st.nonzero() {
			t.Fatalf("%d marks for %d nonzeros", len(spots), st.nonzero())
		}
		for _, s := range spots {
			v := float64(m.Values[s.row*m.Cols+s.col])
			if v == 0 || (v > 0) != (s.sign > 0) || s.size != math.Abs(v) {
				t.Fatalf("mark %+v for weight %v", s, v)
			}
		}
	})
}

// TestMatrixStats: rows and columns both add up to the nonzeros, and turning changes neither.
func TestMatrixStats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatrix(t)
		flipped := m.transposed()
		back := flipped.transposed()
		st, ft := m.stats(), flipped.stats()
		sum := func(x []int) (n int) {
			for _, v := range x {
				n += v
			}
			return n
		}
		if sum(st.rows) != st.nonzero() || sum(st.cols) != st.nonzero() {
			t.Fatalf("%+v", st)
		}
		if sum(ft.rows) != st.nonzero() || zeros(ft.rows) != zeros(st.cols) || most(ft.cols) != most(st.rows) {
			t.Fatalf("turned: %+v, was %+v", ft, st)
		}
		for i, v := range back.Values {
			if v != m.Values[i] {
				t.Fatalf("turned twice, value %d is %v, was %v", i, v, m.Values[i])
			}
		}
	})
}

func drawMatrix(t *rapid.T) Matrix {
	m := Matrix{Rows: rapid.IntRange(1, 30).Draw(t, "rows"), Cols: rapid.IntRange(1, 30).Draw(t, "cols")}
	m.Values = make([]float32, m.Rows*m.Cols)
	for i := range m.Values {
		if rapid.IntRange(0, 3).Draw(t, "zero") == 0 {
			m.Values[i] = rapid.Float32Range(-2, 2).Draw(t, "w")
		}
	}
	return m
}

// TestMatrixDense: the largest matrices fit the budget, drawn by blocks, and say so.
func TestMatrixDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][2]int{{384, 128}, {128, 384}, {512, 512}, {1, 50_000}} {
		dense := Matrix{Name: "dense", Rows: shape[0], Cols: shape[1], Values: make([]float32, shape[0]*shape[1])}
		sparse := Matrix{Name: "sparse", Rows: shape[0], Cols: shape[1], Values: make([]float32, len(dense.Values))}
		for i := range dense.Values {
			dense.Values[i] = float32(r.NormFloat64())
			if i < MatrixMarks {
				sparse.Values[r.IntN(len(dense.Values))] = float32(r.NormFloat64())
			}
		}
		b, err := Matrices{Panels: []Matrix{dense, sparse}}.Bundle()
		if err != nil {
			t.Errorf("%v: %v", shape, err)
			continue
		}
		if !strings.Contains(b.SVG, "drawn by blocks of") || strings.Count(b.SVG, "drawn by blocks of") != 1 {
			t.Errorf("%v: the picture does not say once that it is drawn by blocks", shape)
		}
		t.Logf("%v: %d bytes of SVG", shape, len(b.SVG))
	}
}

// TestMatrixBlocks: a block has the mean magnitude and the sign of the sum, also at the ragged edge.
func TestMatrixBlocks(t *testing.T) {
	m := Matrix{Rows: 3, Cols: 3, Values: []float32{
		1, -2, 4,
		0, 0, 0,
		0, 0, -5,
	}}
	got := m.spots(2)
	want := []spot{{0, 0, -1, 0.75}, {0, 1, 1, 2}, {1, 1, -1, 5}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("block %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestBars: bars cover every position once, in order, and none is shorter than a count under it.
func TestBars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 200).Draw(t, "counts")
		pixels := rapid.Float64Range(0.1, 300).Draw(t, "pixels")
		at := 0
		for _, r := range bars(counts, pixels) {
			if r.from != at || r.to <= r.from {
				t.Fatalf("bar %+v begins after %d", r, at)
			}
			if r.count != most(counts[r.from:r.to]) {
				t.Fatalf("bar %+v over %v", r, counts[r.from:r.to])
			}
			at = r.to
		}
		if at != len(counts) {
			t.Fatalf("bars end at %d of %d", at, len(counts))
		}
	})
}

// TestMatrixLevels: levels rise with the magnitude and their bounds hold.
func TestMatrixLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.Float64Range(1e-6, 1e6).Draw(t, "scale")
		a := rapid.Float64Range(1e-9, 1).Draw(t, "share") * scale
		l := level(a, scale)
		if l < 1 || l > levels || a > bound(l, scale)*(1+1e-6) || l > 1 && a < bound(l-1, scale)*(1-1e-6) {
			t.Fatalf("%v of %v is level %d, (%v, %v]", a, scale, l, bound(l-1, scale), bound(l, scale))
		}
	})
}

// TestMatrixInside: nothing is drawn outside the page, whatever the shape.
func TestMatrixInside(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {1, 40}, {40, 1}, {30, 30}, {192, 64}, {7, 11}} {
		v := make([]float32, shape[0]*shape[1])
		for i := 0; i < len(v); i += 7 {
			v[i] = float32(i%3) - 1
		}
		for n := 1; n <= 3; n++ {
			m := Matrices{Note: viz.Note{Title: "m"}}
			for k := 0; k < n; k++ {
				m.Panels = append(m.Panels, Matrix{Name: "panel", Rows: shape[0], Cols: shape[1], Values: v})
			}
			if _, err := m.Bundle(); err != nil {
				t.Fatal(err)
			}
			s := m.Scene()
			for _, k := range s.Marks {
				right := k.X
				switch {
				case k.Shape == draw.Text && k.Anchor == draw.Start:
					right += draw.TextWidth(draw.Visible(k.Text), k.Size)
				case k.Shape == draw.Rect || k.Shape == draw.Line:
					right += k.W
				}
				if k.X < 0 || right > s.Width || k.Y < 0 || k.Y+k.H > s.Height {
					t.Fatalf("%v ×%d: %+v is outside of %v×%v", shape, n, k, s.Width, s.Height)
				}
			}
		}
	}
}

func TestMatrixAllZero(t *testing.T) {
	b, err := Matrices{Panels: []Matrix{{Name: "empty", Rows: 2, Cols: 3, Values: make([]float32, 6)}}}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.Text, "empty   2×3          0") {
		t.Errorf("text:\n%s", b.Text)
	}
}
