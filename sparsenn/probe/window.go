package probe

import (
	"fmt"
	"math"

	"circuitbook/sparsenn/corpus"
)

// Window is a piece of a stream of tokens.
type Window struct {
	At     int     // where in the stream it begins
	Tokens []int32 // shares its memory with the stream
	// Skip is how many of the first tokens are there as context only: windows
	// before this one have them too.
	Skip int
}

// Cut divides a stream into windows of length tokens, of which the last fresh
// ones belong to it and those before are context, so that every token of the
// stream belongs to one window, and has length − fresh tokens before it there
// unless the stream begins sooner. Windows are equally long; the last one has
// more context where the stream ends.
func Cut(stream corpus.Tokens, length, fresh int) ([]Window, error) {
	if len(stream) == 0 {
		return nil, fmt.Errorf("probe: the stream is empty")
	}
	if fresh < 1 || fresh > length {
		return nil, fmt.Errorf("probe: windows of %d tokens with %d fresh ones; fresh must be 1 to the length", length, fresh)
	}
	length = min(length, len(stream))
	out := []Window{{Tokens: stream[:length]}}
	for done := length; done < len(stream); {
		end := min(done+fresh, len(stream))
		at := end - length
		out = append(out, Window{At: at, Tokens: stream[at:end], Skip: done - at})
		done = end
	}
	return out, nil
}

// Join lays what a node is in windows, [window][token] as [Scan] gives it, along
// the stream of n tokens that they were cut from. Tokens that no window holds
// are NaN.
func Join(windows []Window, values [][]float32, n int) ([]float64, error) {
	if len(windows) != len(values) {
		return nil, fmt.Errorf("probe: %d windows with values of %d", len(windows), len(values))
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	for i, w := range windows {
		if len(values[i]) != len(w.Tokens) || w.At < 0 || w.At+len(w.Tokens) > n {
			return nil, fmt.Errorf("probe: window %d is tokens %d to %d of %d, with %d values",
				i, w.At, w.At+len(w.Tokens), n, len(values[i]))
		}
		for j := w.Skip; j < len(w.Tokens); j++ {
			out[w.At+j] = float64(values[i][j])
		}
	}
	return out, nil
}
