package backend

import (
	"fmt"

	"github.com/gomlx/compute/dtypes/gotype"
	"github.com/gomlx/gomlx/core/tensors"
)

// Tensor is values, row-major, of the shape that dims give, where programs of the
// process's backend take them from. GoMLX alone would put them there at their first
// use, and fail now and then where two programs use a tensor first at once. Sizes
// that do not fit are an error.
func Tensor[T gotype.Supported](values []T, dims ...int) (*tensors.Tensor, error) {
	size := 1
	for _, d := range dims {
		size *= d
	}
	if size != len(values) {
		return nil, fmt.Errorf("tensor: %d values for the shape %v, which takes %d", len(values), dims, size)
	}
	b, err := Open()
	if err != nil {
		return nil, err
	}
	t := tensors.FromFlatDataAndDimensions(values, dims...)
	if err := t.MaterializeOnDevice(b, true, 0); err != nil {
		return nil, fmt.Errorf("tensor of the shape %v: %w", dims, err)
	}
	return t, nil
}
