package corpus

import "math/rand/v2"

// Tokens is a stream of token ids, documents separated by the end of text.
type Tokens []int32

// Batch returns batch windows of seqLen tokens at pseudo-random places,
// row-major [batch, seqLen]: a pure function of the stream and the arguments,
// the same on every machine. Windows of different steps are independent draws.
// A stream shorter than seqLen is read around its end; of an empty stream, or
// for sizes below 1, there are no windows and the result is nil.
//
// For next-token training ask for one token more than the context.
func (t Tokens) Batch(seed uint64, step, batch, seqLen int) []int32 {
	if len(t) == 0 || batch < 1 || seqLen < 1 {
		return nil
	}
	// PCG by seed and step: a generator per step, so any step can be drawn alone.
	r := rand.New(rand.NewPCG(seed, uint64(step)*0x9e3779b97f4a7c15+0x6a09e667f3bcc909))
	out := make([]int32, batch*seqLen)
	for b := range batch {
		at := r.IntN(max(1, len(t)-seqLen+1))
		t.window(out[b*seqLen:(b+1)*seqLen], at)
	}
	return out
}

// Windows returns n windows of seqLen tokens, row-major [n, seqLen], evenly
// spaced over the stream: the first starts at its first token, and none overlap
// if the stream is long enough. What holds for short streams in [Tokens.Batch]
// holds here.
func (t Tokens) Windows(n, seqLen int) []int32 {
	if len(t) == 0 || n < 1 || seqLen < 1 {
		return nil
	}
	out := make([]int32, n*seqLen)
	last := max(0, len(t)-seqLen)
	for i := range n {
		at := 0
		if n > 1 {
			at = int(int64(i) * int64(last) / int64(n-1))
		}
		t.window(out[i*seqLen:(i+1)*seqLen], at)
	}
	return out
}

// window copies len(dst) tokens from place at on, around the end if need be.
func (t Tokens) window(dst []int32, at int) {
	for n := 0; n < len(dst); {
		n += copy(dst[n:], t[at:])
		at = 0
	}
}
