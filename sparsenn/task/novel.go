package task

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
	key := func(t []int32) gram {
		g := gram{n: len(t)}
		copy(g.ids[:], t)
		return g
	}
	count := map[gram]int{}
	lengths := map[int]bool{}
	total := 0
	for _, e := range examples {
		for _, side := range [][]int32{e.Prompt, e.Counter} {
			n := min(SeenLength, len(side))
			count[key(side[len(side)-n:])]++
			lengths[n] = true
			total++
		}
	}
	if total == 0 {
		return 0
	}
	found := 0
	for n := range lengths {
		for i := 0; i+n <= len(stream); i++ {
			g := key(stream[i : i+n])
			if c, ok := count[g]; ok {
				found += c
				delete(count, g)
			}
		}
	}
	return float64(found) / float64(total)
}
