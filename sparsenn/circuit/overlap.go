package circuit

import "fmt"

// Overlap is how much circuits of one model share: the mean over pairs of them of the
// nodes that are in both by those that are in either. It takes at least two
// circuits that are not both empty.
func Overlap(circuits ...[]string) (float64, error) {
	if len(circuits) < 2 {
		return 0, fmt.Errorf("overlap of %d circuit; it takes two", len(circuits))
	}
	sum, n := 0.0, 0
	for i, a := range circuits {
		in := map[string]bool{}
		for _, node := range a {
			in[node] = true
		}
		for _, b := range circuits[:i] {
			both := 0
			for _, node := range b {
				if in[node] {
					both++
				}
			}
			if either := len(a) + len(b) - both; either > 0 {
				sum += float64(both) / float64(either)
				n++
			}
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("overlap of circuits without nodes")
	}
	return sum / float64(n), nil
}
