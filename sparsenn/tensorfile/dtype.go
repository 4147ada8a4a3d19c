package tensorfile

import "fmt"

// DType is the type of a tensor's elements, spelled as in safetensors headers.
type DType string

// The element types that this package reads and writes. F16 and BF16 are held
// as their bits; [Tensor.Float32s] widens them.
const (
	F64  DType = "F64"  // []float64
	F32  DType = "F32"  // []float32
	F16  DType = "F16"  // []uint16, IEEE 754 binary16 bits
	BF16 DType = "BF16" // []uint16, the upper half of a float32's bits
	I64  DType = "I64"  // []int64
	I32  DType = "I32"  // []int32
	U8   DType = "U8"   // []uint8
)

// Size is the number of bytes of one element, or 0 for a type that this
// package does not know.
func (d DType) Size() int {
	switch d {
	case F64, I64:
		return 8
	case F32, I32:
		return 4
	case F16, BF16:
		return 2
	case U8:
		return 1
	}
	return 0
}

// length returns the number of elements of data, which has to be of the Go
// type that belongs to d.
func (d DType) length(data any) (int, error) {
	switch v := data.(type) {
	case []float64:
		if d == F64 {
			return len(v), nil
		}
	case []float32:
		if d == F32 {
			return len(v), nil
		}
	case []uint16:
		if d == F16 || d == BF16 {
			return len(v), nil
		}
	case []int64:
		if d == I64 {
			return len(v), nil
		}
	case []int32:
		if d == I32 {
			return len(v), nil
		}
	case []uint8:
		if d == U8 {
			return len(v), nil
		}
	}
	if d.Size() == 0 {
		return 0, fmt.Errorf("element type %q is not supported (F64, F32, F16, BF16, I64, I32 and U8 are)", string(d))
	}
	return 0, fmt.Errorf("element type %s does not hold data of Go type %T", d, data)
}
