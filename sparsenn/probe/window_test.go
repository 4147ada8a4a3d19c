package probe

import (
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/corpus"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestCut: every token belongs to one window, with the context that was asked
// for, and what is joined is what was cut.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "stream")
		length := rapid.IntRange(1, 20).Draw(t, "length")
		fresh := rapid.IntRange(1, length).Draw(t, "fresh")
		stream := make(corpus.Tokens, n)
		for i := range stream {
			stream[i] = int32(100 + i)
		}
		windows, err := Cut(stream, length, fresh)
		if err != nil {
			t.Fatal(err)
		}
		var values [][]float32
		next := 0
		for i, w := range windows {
			if len(w.Tokens) != min(length, n) {
				t.Fatalf("window %d has %d tokens", i, len(w.Tokens))
			}
			if !slices.Equal(w.Tokens, stream[w.At:w.At+len(w.Tokens)]) {
				t.Fatalf("window %d is not at %d", i, w.At)
			}
			if w.At+w.Skip != next {
				t.Fatalf("window %d goes on at %d, want %d", i, w.At+w.Skip, next)
			}
			if i > 0 && w.Skip < length-fresh {
				t.Fatalf("window %d has %d tokens of context, want %d", i, w.Skip, length-fresh)
			}
			next = w.At + len(w.Tokens)
			v := make([]float32, len(w.Tokens))
			for j := range v {
				if v[j] = float32(w.Tokens[j]); j < w.Skip {
					v[j] = -1
				}
			}
			values = append(values, v)
		}
		if next != n {
			t.Fatalf("the windows end at %d of %d", next, n)
		}
		of, err := Join(windows, values, n)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range of {
			if v != float64(stream[i]) {
				t.Fatalf("token %d is %v", i, v)
			}
		}
	})
}

func TestCutRefuses(t *testing.T) {
	stream := corpus.Tokens{1, 2, 3}
	for _, c := range []struct {
		stream        corpus.Tokens
		length, fresh int
	}{{nil, 4, 2}, {stream, 4, 0}, {stream, 4, 5}, {stream, 0, 0}} {
		if w, err := Cut(c.stream, c.length, c.fresh); err == nil {
			t.Errorf("%v: %v", c, w)
		}
	}
}

func TestJoin(t *testing.T) {
	windows := []Window{{At: 1, Tokens: []int32{7, 8}, Skip: 1}}
	of, err := Join(windows, [][]float32{{3, 4}}, 4)
	if err != nil || of[2] != 4 || !math.IsNaN(of[0]) || !math.IsNaN(of[1]) || !math.IsNaN(of[3]) {
		t.Errorf("%v, %v", of, err)
	}
	for name, c := range map[string]struct {
		values [][]float32
		at, n  int
	}{
		"fewer windows": {nil, 1, 4},
		"fewer tokens":  {[][]float32{{3}}, 1, 4},
		"behind":        {[][]float32{{3, 4}}, 3, 4},
		"before":        {[][]float32{{3, 4}}, -1, 4},
	} {
		windows[0].At = c.at
		if of, err := Join(windows, c.values, c.n); err == nil {
			t.Errorf("%s: %v", name, of)
		}
	}
}
