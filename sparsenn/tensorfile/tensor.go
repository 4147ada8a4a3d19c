package tensorfile

import (
	"fmt"
	"math"
	"math/bits"
)

// Tensor is a named dense array in row-major order. Data is a slice of the Go
// type that [DType] names, of exactly as many elements as Shape multiplies to;
// an empty Shape is a scalar, of one element.
type Tensor struct {
	Name  string
	Shape []int
	DType DType
	Data  any
}

// Float32s makes an F32 tensor; it keeps data, it does not copy it.
func Float32s(name string, shape []int, data []float32) Tensor {
	return Tensor{Name: name, Shape: shape, DType: F32, Data: data}
}

// Int64s makes an I64 tensor; it keeps data, it does not copy it.
func Int64s(name string, shape []int, data []int64) Tensor {
	return Tensor{Name: name, Shape: shape, DType: I64, Data: data}
}

// Float32s returns the elements as float32. F32 data is returned as it is, not
// copied; F16 and BF16 are widened exactly, F64 is rounded. Integers are an
// error, since they do not all fit.
func (t Tensor) Float32s() ([]float32, error) {
	switch v := t.Data.(type) {
	case []float32:
		return v, nil
	case []float64:
		out := make([]float32, len(v))
		for i, x := range v {
			out[i] = float32(x)
		}
		return out, nil
	case []uint16:
		out := make([]float32, len(v))
		for i, x := range v {
			if t.DType == BF16 {
				out[i] = math.Float32frombits(uint32(x) << 16)
			} else {
				out[i] = halfToFloat32(x)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("tensor %q is %s, not a floating-point type", t.Name, t.DType)
}

// Int64s returns the elements of an I64 tensor, not copied, or those of an I32
// or U8 tensor widened. Floating-point types are an error.
func (t Tensor) Int64s() ([]int64, error) {
	switch v := t.Data.(type) {
	case []int64:
		return v, nil
	case []int32:
		return widen(v), nil
	case []uint8:
		return widen(v), nil
	}
	return nil, fmt.Errorf("tensor %q is %s, not an integer type", t.Name, t.DType)
}

func widen[T int32 | uint8](v []T) []int64 {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return out
}

// check reports whether shape, type and data belong together.
func (t Tensor) check() error {
	want, err := elements(t.Shape)
	if err != nil {
		return err
	}
	got, err := t.DType.length(t.Data)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("shape %v needs %d elements, the data has %d", t.Shape, want, got)
	}
	return nil
}

// elements multiplies a shape. The dimensions other than zero have to multiply
// to an int even if one is zero, so that no order of multiplying overflows.
func elements(shape []int) (int, error) {
	n, empty := uint64(1), false
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		}
		if d == 0 {
			empty = true
			continue
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt {
			return 0, fmt.Errorf("shape %v overflows", shape)
		}
		n = lo
	}
	if empty {
		return 0, nil
	}
	return int(n), nil
}

// halfToFloat32 widens IEEE 754 binary16 bits.
func halfToFloat32(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exponent := uint32(h>>10) & 0x1f
	fraction := uint32(h & 0x3ff)
	switch exponent {
	case 0: // zero or subnormal: fraction · 2⁻²⁴, exact in float32
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
