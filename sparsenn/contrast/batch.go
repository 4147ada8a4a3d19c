package contrast

import (
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
)

// batch is how many prompts a program takes at once, length the least of their tokens:
// always as many, so that one program serves most of them.
const batch, length = 64, 64

// A Batch is prompts of one length: padded behind, and the last one repeated.
type Batch struct {
	Tokens [][]int32 // [prompt][token]
	At     []int     // the place of each in the list that the batch is of
	Last   []int     // its last token
	N      int       // how many of them are not repeated
}

// Batches are prompts in batches of 64, padded to the longest of all and at least to 64 tokens.
func Batches(prompts [][]int32) (out []Batch) {
	longest := length
	for _, s := range prompts {
		longest = max(longest, len(s))
	}
	for from := 0; from < len(prompts); from += batch {
		b := Batch{N: min(batch, len(prompts)-from)}
		for i := from; i < from+batch; i++ {
			k := min(i, len(prompts)-1)
			b.Tokens = append(b.Tokens, append(slices.Clone(prompts[k]), make([]int32, longest-len(prompts[k]))...))
			b.At, b.Last = append(b.At, k), append(b.Last, len(prompts[k])-1)
		}
		out = append(out, b)
	}
	return out
}

// A Change says how to intervene on a batch; nil changes nothing.
type Change func(b Batch) []model.Intervention

// Put sets a node of a site of some width at one token of every prompt: token and value by the
// prompt's place in the list, and its last token. Where the token is below zero nothing
// changes; what changes nothing goes through the same program as what does.
func Put(width int, node circuit.Node, to func(prompt, last int) (token int, value float64)) Change {
	return func(b Batch) []model.Intervention {
		seq := len(b.Tokens[0])
		x := model.Intervention{Site: model.Site(node.Site), Scale: slices.Repeat([]float32{1}, len(b.Tokens)*seq*width), Shift: make([]float32, len(b.Tokens)*seq*width)}
		for i := range b.Tokens {
			if token, v := to(b.At[i], b.Last[i]); token >= 0 {
				k := (i*seq+token)*width + node.Index
				x.Scale[k], x.Shift[k] = 0, float32(v)
			}
		}
		return []model.Intervention{x}
	}
}

// Nowhere makes [Put] change nothing.
func Nowhere(prompt, last int) (token int, value float64) { return -1, 0 }

// Head changes one head: with average its queries are zero everywhere, so that every key
// scores the same; with keys, [prompt][channel of the site], its keys at one token of every
// prompt are those given.
func Head(shape circuit.Shape, h circuit.Head, average bool, keys [][]float32, token []int) Change {
	return func(b Batch) []model.Intervention {
		seq, width := len(b.Tokens[0]), shape.AttnWidth()
		q := model.Intervention{Site: model.At(h.Layer, model.AttnQuery), Scale: slices.Repeat([]float32{1}, width)}
		k := model.Intervention{Site: model.At(h.Layer, model.AttnKey), Scale: slices.Repeat([]float32{1}, len(b.Tokens)*seq*width), Shift: make([]float32, len(b.Tokens)*seq*width)}
		for c := h.Head * shape.DHead; c < (h.Head+1)*shape.DHead; c++ {
			if average {
				q.Scale[c] = 0
			}
			for i := range b.Tokens {
				if keys != nil {
					j := (i*seq+token[b.At[i]])*width + c
					k.Scale[j], k.Shift[j] = 0, keys[b.At[i]][c]
				}
			}
		}
		return []model.Intervention{q, k}
	}
}
