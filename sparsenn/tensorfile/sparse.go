package tensorfile

import (
	"fmt"
	"slices"
)

// Sparse is a tensor of which only the support is held: Indices are flat
// positions in row-major order, ascending, each once, and Values[i] lies at
// Indices[i]. All else is zero. A value inside the support may be zero: the
// support is part of the tensor.
type Sparse struct {
	Name    string
	Shape   []int
	Indices []int64
	Values  []float32
}

// Sparsify takes from a dense row-major array what lies on its support, which
// is true at each position that counts; a nil support stands for the positions
// that are not zero. A value other than zero outside the support would be lost
// and is an error that names its position, as is a NaN there.
func Sparsify(name string, shape []int, dense []float32, support []bool) (Sparse, error) {
	fail := func(format string, args ...any) (Sparse, error) {
		return Sparse{}, fmt.Errorf("sparse tensor %q: %s", name, fmt.Sprintf(format, args...))
	}
	n, err := elements(shape)
	if err != nil {
		return fail("%v", err)
	}
	if len(dense) != n {
		return fail("shape %v needs %d elements, the data has %d", shape, n, len(dense))
	}
	if support != nil && len(support) != n {
		return fail("shape %v needs a support of %d elements, it has %d", shape, n, len(support))
	}
	k := 0
	for i, x := range dense {
		on := x != 0
		if support != nil {
			if on && !support[i] {
				return fail("%v at position %d (flat, row-major) lies outside the support", x, i)
			}
			on = support[i]
		}
		if on {
			k++
		}
	}
	s := Sparse{Name: name, Shape: slices.Clone(shape), Indices: make([]int64, 0, k), Values: make([]float32, 0, k)}
	for i, x := range dense {
		if support == nil && x != 0 || support != nil && support[i] {
			s.Indices = append(s.Indices, int64(i))
			s.Values = append(s.Values, x)
		}
	}
	return s, nil
}

// Check reports what breaks the contract of Sparse: lengths that differ, an
// index outside the shape, or one that does not follow the one before it.
func (s Sparse) Check() error {
	n, err := elements(s.Shape)
	if err != nil {
		return fmt.Errorf("sparse tensor %q: %w", s.Name, err)
	}
	if len(s.Indices) != len(s.Values) {
		return fmt.Errorf("sparse tensor %q: %d indices, %d values", s.Name, len(s.Indices), len(s.Values))
	}
	before := int64(-1)
	for i, at := range s.Indices {
		if at < 0 || at >= int64(n) {
			return fmt.Errorf("sparse tensor %q: index %d (the %d-th) is outside shape %v", s.Name, at, i, s.Shape)
		}
		if at <= before {
			return fmt.Errorf("sparse tensor %q: index %d (the %d-th) follows %d, indices have to ascend", s.Name, at, i, before)
		}
		before = at
	}
	return nil
}

// maxDense bounds the elements of a dense array, since a few bytes of a file
// can claim any shape.
const maxDense = 1 << 31

// Dense returns the tensor as a row-major array with zeros off the support. A
// shape of more than 2³¹ elements is an error.
func (s Sparse) Dense() ([]float32, error) {
	n, err := s.denseSize()
	if err != nil {
		return nil, err
	}
	out := make([]float32, n)
	for i, at := range s.Indices {
		out[at] = s.Values[i]
	}
	return out, nil
}

// Support returns, for each position of the dense tensor, whether it is in the
// support. A shape of more than 2³¹ elements is an error.
func (s Sparse) Support() ([]bool, error) {
	n, err := s.denseSize()
	if err != nil {
		return nil, err
	}
	out := make([]bool, n)
	for _, at := range s.Indices {
		out[at] = true
	}
	return out, nil
}

func (s Sparse) denseSize() (int, error) {
	if err := s.Check(); err != nil {
		return 0, err
	}
	n, err := elements(s.Shape)
	if err == nil && n > maxDense {
		err = fmt.Errorf("sparse tensor %q: shape %v is too large to be made dense", s.Name, s.Shape)
	}
	return n, err
}

// Nonzeros counts the values other than zero: at most len(Indices), and fewer
// only where the support itself holds a zero.
func (s Sparse) Nonzeros() int {
	count := 0
	for _, v := range s.Values {
		if v != 0 {
			count++
		}
	}
	return count
}
