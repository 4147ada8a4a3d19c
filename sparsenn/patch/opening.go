package patch

import "circuitbook/sparsenn/probe"

// Opening pairs the first token in which the two sides of an example differ with
// its counterpart, as a [Pairing]; see [probe.Opening].
func Opening(prompt, counter []int32) [][2]int {
	if min(len(prompt), len(counter)) == 0 {
		return nil
	}
	i := probe.Opening(prompt, counter)
	return [][2]int{{i, i}}
}
