package task

import "hash/fnv"

// shuffledSuffix marks the name of a task whose answers are shuffled.
const shuffledSuffix = "_shuffled"

// Shuffled is a null control: the pairs of a task, with the two sides changing
// their answers where a coin says so. The coin depends on the filling alone, so
// that it is the same for a filling wherever it occurs; and as no filling is in
// two splits, nothing that can be learned of one split's coins helps on
// another. No circuit is right on more than half of the pairs but by chance: the
// best that a model can do is to guess, which costs log 2 = 0.693.
//
// The name is the task's with "_shuffled" behind it. Examples are drawn anew
// under that name, so that they are not those of t.
func Shuffled(t Task) Task {
	s := Task{Name: t.Name + shuffledSuffix, Contrast: "nothing: the answers of " + t.Name + " by a coin"}
	if t.list != nil {
		s.list = &pairList{}
		for _, p := range t.list.pairs {
			s.list.pairs = append(s.list.pairs, listed{tossed(p.Pair), p.where})
		}
	}
	if t.Draw != nil {
		s.Draw = func(d *Draw) Pair { return tossed(t.Draw(d)) }
	}
	return s
}

// tossed is a pair after its coin has fallen. The prompts change places instead
// of the answers, which is the same and needs no second answer.
func tossed(p Pair) Pair {
	if coin(p.Filling) {
		p.Prompt, p.Counter = p.Counter, p.Prompt
	}
	return p
}

// coin is a fair coin for a filling. It shares nothing with the hash that
// chooses the split.
func coin(filling string) bool {
	h := fnv.New64a()
	h.Write([]byte("coin\x00"))
	h.Write([]byte(filling))
	x := h.Sum64()
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x>>63 == 1
}
