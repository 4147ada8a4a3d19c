package tokenview

import (
	"circuitbook/viz"
	"fmt"
	"math"
	"sort"
)

// SelectContexts finds the n contexts in which a node is most active, and the n in which it is
// least: values[s][i] is its activation at token i of stream s, tokens[s][i] that token as text.
// Each has up to window tokens on either side. No two of one list, in one stream, are nearer than
// window, so that one passage does not fill the list.
//
// Top holds values above zero, from the greatest down, bottom values below zero, from the least
// up: with activation sparsity zero is a node that is off, which is no context of it. Equal values
// come in the order of stream and position, so that the choice is the same every time. A list is
// shorter than n where there is nothing more.
//
// With fraction above 0, the lists begin so far down: at 0.01, after a hundredth of all positions.
func SelectContexts(values [][]float64, tokens [][]string, fraction float64, n, window int) (top, bottom []Context, err error) {
	if n < 1 || window < 0 {
		return nil, nil, fmt.Errorf("select contexts: %d contexts with %d tokens on either side; give at least 1 and 0", n, window)
	}
	if !(fraction >= 0 && fraction < 1) {
		return nil, nil, fmt.Errorf("select contexts: the fraction is %v; give one from 0 to below 1", fraction)
	}
	if len(values) != len(tokens) {
		return nil, nil, fmt.Errorf("select contexts: values for %d streams, tokens for %d", len(values), len(tokens))
	}
	var places []place
	for s := range values {
		if len(values[s]) != len(tokens[s]) {
			return nil, nil, fmt.Errorf("select contexts: stream %d has %d values for %d tokens", s, len(values[s]), len(tokens[s]))
		}
		for i, v := range values[s] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, nil, fmt.Errorf("select contexts: the value at token %d of stream %d is %v: %w", i, s, v, viz.ErrNotFinite)
			}
			places = append(places, place{v, s, i})
		}
	}
	skip := int(fraction * float64(len(places)))
	sort.SliceStable(places, func(i, j int) bool { return places[i].value > places[j].value })
	top = pick(places, skip, n, window, func(v float64) bool { return v > 0 }, values, tokens)
	sort.SliceStable(places, func(i, j int) bool { return lower(places[i], places[j]) })
	bottom = pick(places, skip, n, window, func(v float64) bool { return v < 0 }, values, tokens)
	return top, bottom, nil
}

// A place is a token of a stream.
type place struct {
	value            float64
	stream, position int
}

// lower orders places by value, then by where they are.
func lower(a, b place) bool {
	switch {
	case a.value != b.value:
		return a.value < b.value
	case a.stream != b.stream:
		return a.stream < b.stream
	}
	return a.position < b.position
}

// pick takes the first n places after skip, of those wanted, that are not near one taken before.
func pick(places []place, skip, n, window int, want func(float64) bool, values [][]float64, tokens [][]string) []Context {
	var out []Context
	taken := map[int][]int{} // positions by stream
next:
	for _, p := range places[skip:] {
		if !want(p.value) || len(out) == n {
			break
		}
		for _, q := range taken[p.stream] {
			if p.position-q <= window && q-p.position <= window {
				continue next
			}
		}
		taken[p.stream] = append(taken[p.stream], p.position)
		lo, hi := max(0, p.position-window), min(len(tokens[p.stream]), p.position+window+1)
		out = append(out, Context{Tokens: tokens[p.stream][lo:hi], Values: values[p.stream][lo:hi], At: p.position - lo, Stream: p.stream, Position: p.position})
	}
	return out
}
