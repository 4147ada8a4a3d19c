package tokenview

import "fmt"

// Channel returns what one channel held at every token of one sequence: data is row-major, of
// shape [batch, seq, width], as models record it.
func Channel(shape []int, data []float32, batch, channel int) ([]float64, error) {
	if err := checkShape("channel", shape, 3, len(data)); err != nil {
		return nil, err
	}
	if batch < 0 || batch >= shape[0] || channel < 0 || channel >= shape[2] {
		return nil, fmt.Errorf("channel: sequence %d and channel %d of the shape %v", batch, channel, shape)
	}
	out := make([]float64, shape[1])
	for i := range out {
		out[i] = float64(data[(batch*shape[1]+i)*shape[2]+channel])
	}
	return out, nil
}

// Pattern returns the weights of one attention head in one sequence, by query and key: data is
// row-major, of shape [batch, head, seq, keys], the sink's column first where there is one.
func Pattern(shape []int, data []float32, batch, head int) ([][]float64, error) {
	if err := checkShape("pattern", shape, 4, len(data)); err != nil {
		return nil, err
	}
	if batch < 0 || batch >= shape[0] || head < 0 || head >= shape[1] {
		return nil, fmt.Errorf("pattern: sequence %d and head %d of the shape %v", batch, head, shape)
	}
	seq, keys := shape[2], shape[3]
	out := make([][]float64, seq)
	for q := range out {
		out[q] = make([]float64, keys)
		for k := range out[q] {
			out[q][k] = float64(data[((batch*shape[1]+head)*seq+q)*keys+k])
		}
	}
	return out, nil
}

func checkShape(what string, shape []int, axes, values int) error {
	size := 1
	for _, d := range shape {
		if d < 0 || d > 1<<31 || size > 1<<31 {
			return fmt.Errorf("%s: %v is no shape", what, shape)
		}
		size *= d
	}
	if len(shape) != axes || size != values {
		return fmt.Errorf("%s: %d values of the shape %v; the shape must have %d axes and as many values", what, values, shape, axes)
	}
	return nil
}
