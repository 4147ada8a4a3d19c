package model_test

import (
	"testing"

	. "circuitbook/sparsenn/model"
)

// TestGenerateUsesWholeContext: where the text outgrows the context, the next
// token is the one after the last Context tokens, no more and no fewer.
func TestGenerateUsesWholeContext(t *testing.T) {
	c := NewConfig(26, 1, 16, 16)
	c.DPos = 8 // so that every token matters by its place
	m, err := New(c, 3)
	if err != nil {
		t.Fatal(err)
	}
	// Large weights, so that a token more or less shows in what comes next.
	for _, p := range c.Params() {
		if p.Kind != Matrix && p.Kind != Embedding && p.Kind != Position {
			continue
		}
		v, err := m.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		w := make([]float32, len(v))
		for i := range v {
			w[i] = 30 * v[i]
		}
		if m, err = m.With(p.Name, w); err != nil {
			t.Fatal(err)
		}
	}
	const prompt = "thequickbrownfoxjumps"
	text, err := m.Generate(letters{}, prompt, GenerateOptions{Tokens: 24})
	if err != nil {
		t.Fatal(err)
	}
	all := letters{}.Encode(prompt + text)
	distinct := map[int32]bool{}
	for i := len(prompt); i < len(all); i++ {
		for _, window := range []int{c.Context, c.Context - 1} {
			logits, err := m.Next([][]int32{all[i-window : i]})
			if err != nil {
				t.Fatal(err)
			}
			best := int32(0)
			for id, x := range logits[0] {
				if x > logits[0][best] {
					best = int32(id)
				}
			}
			if window == c.Context && best != all[i] {
				t.Errorf("token %d is %d, the last %d tokens give %d", i, all[i], window, best)
			}
			if window < c.Context && best != all[i] {
				distinct[int32(i)] = true
			}
		}
	}
	if len(distinct) == 0 {
		t.Error("a token less gives the same text: the test tests nothing")
	}
}
