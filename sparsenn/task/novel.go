package task

import "slices"

// SeenLength is the number of tokens before the answer that [SeenShare] looks for.
const SeenLength = 12

// SeenShare is the share of prompts, both sides of each example counted, whose
// last 12 tokens (or all, if they are fewer) occur in the stream: how much of a
// task a model could answer from memory. Without examples it is 0.
func SeenShare(examples []Example, stream []int32) float64 {
	type gram struct {
		n   int
		ids [SeenLength]int32
	}
	suffix := func(t []int32, n int) gram {
		g := gram{n: n}
		copy(g.ids[:], t[len(t)-n:])
		return g
	}
	count := map[gram]int{}
	lengths := map[int32][]int{} // of the grams that end in a token
	total := 0
	for _, e := range examples {
		for _, side := range [][]int32{e.Prompt, e.Counter} {
			total++
			n := min(SeenLength, len(side))
			if n == 0 {
				continue
			}
			count[suffix(side, n)]++
			last := side[len(side)-1]
			if !slices.Contains(lengths[last], n) {
				lengths[last] = append(lengths[last], n)
			}
		}
	}
	if total == 0 {
		return 0
	}
	found := 0
	for end, last := range stream {
		for _, n := range lengths[last] {
			if n > end+1 {
				continue
			}
			g := suffix(stream[:end+1], n)
			if c, ok := count[g]; ok {
				found += c
				delete(count, g)
			}
		}
	}
	return float64(found) / float64(total)
}
