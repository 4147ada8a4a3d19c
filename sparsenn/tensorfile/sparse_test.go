package tensorfile

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func drawSparse(t *rapid.T, name string) (Sparse, []float32, []bool) {
	shape := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 3).Draw(t, "shape")
	n, _ := elements(shape)
	support := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "support")
	dense := make([]float32, n)
	for i := range dense {
		if support[i] {
			// Zeros inside the support are wanted.
			dense[i] = rapid.SampledFrom([]float32{0, 1, -2.5, math.MaxFloat32}).Draw(t, "value")
		}
	}
	s, err := Sparsify(name, shape, dense, support)
	if err != nil {
		t.Fatal(err)
	}
	return s, dense, support
}

func TestSparsifyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, dense, support := drawSparse(t, "w")
		back, err := s.Dense()
		if err != nil {
			t.Fatal(err)
		}
		on, err := s.Support()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(dense, back, cmpopts.EquateEmpty()) + cmp.Diff(support, on, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		k, nonzeros := 0, 0
		for i := range dense {
			if support[i] {
				k++
			}
			if dense[i] != 0 {
				nonzeros++
			}
		}
		if len(s.Indices) != k || s.Nonzeros() != nonzeros {
			t.Fatalf("k %d and %d nonzeros, want %d and %d", len(s.Indices), s.Nonzeros(), k, nonzeros)
		}
		// Without a support: the nonzeros.
		s, err = Sparsify("w", s.Shape, dense, nil)
		if err != nil || len(s.Indices) != nonzeros {
			t.Fatal(s, err)
		}
	})
}

func TestSparsifyRefuses(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		say     string
		shape   []int
		dense   []float32
		support []bool
	}{
		{"2 at position 1", []int{2}, []float32{1, 2}, []bool{true, false}},
		{"NaN at position 1", []int{2}, []float32{1, nan}, []bool{true, false}},
		{"needs 3 elements", []int{3}, []float32{1, 2}, nil},
		{"support of 2", []int{2}, []float32{1, 2}, []bool{true}},
		{"negative", []int{-2}, nil, nil},
	} {
		_, err := Sparsify("some.weight", c.shape, c.dense, c.support)
		mustContain(t, err, `"some.weight"`, c.say)
	}
}

func TestSparseCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		say string
		s   Sparse
	}{
		{"1 indices, 2 values", Sparse{Shape: []int{4}, Indices: []int64{0}, Values: []float32{1, 2}}},
		{"index 4", Sparse{Shape: []int{4}, Indices: []int64{4}, Values: []float32{1}}},
		{"index -1", Sparse{Shape: []int{4}, Indices: []int64{-1}, Values: []float32{1}}},
		{"ascend", Sparse{Shape: []int{4}, Indices: []int64{2, 1}, Values: []float32{1, 1}}},
		{"ascend", Sparse{Shape: []int{4}, Indices: []int64{2, 2}, Values: []float32{1, 1}}},
		{"overflows", Sparse{Shape: []int{1 << 40, 1 << 40}}},
	} {
		c.s.Name = "w"
		mustContain(t, c.s.Check(), `"w"`, c.say)
		if _, err := c.s.Dense(); err == nil {
			t.Errorf("%s: was made dense", c.say)
		}
		if _, err := c.s.Support(); err == nil {
			t.Errorf("%s: has a support", c.say)
		}
	}
	huge := Sparse{Name: "w", Shape: []int{1 << 40}, Indices: []int64{1 << 39}, Values: []float32{1}}
	if err := huge.Check(); err != nil {
		t.Fatal(err)
	}
	_, err := huge.Dense()
	mustContain(t, err, `"w"`, "too large")
}
