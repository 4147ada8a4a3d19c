// Package finite finds numbers that are none.
package finite

// First is the index of the first value that is NaN or infinite, -1 if there is none.
func First(v []float32) int {
	for i, x := range v {
		if x-x != 0 {
			return i
		}
	}
	return -1
}
