package task

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"
)

// The list is open to the depth that the answer closes, in equal elements.
func TestBrackets(t *testing.T) {
	for _, v := range corpus.Vocabs {
		tok := tokenizer(t, v)
		for _, list := range all(t, BracketCounting(), tok, Options{N: 100}) {
			for _, e := range list {
				for side, ids := range [][]int32{e.Prompt, e.Counter} {
					text := tok.Decode(ids)
					_, elements, _ := strings.Cut(text[strings.LastIndex(text, "\n")+1:], " = ")
					depth := strings.Count(elements, "[")
					if depth != 2-side || strings.Contains(elements, "]") || !strings.HasSuffix(elements, e.Filling) {
						t.Errorf("side %d: %q", side, elements)
					}
					if n := strings.Count(elements, ",") + 1; n < 1 || n > 6 {
						t.Errorf("%d elements: %q", n, elements)
					}
				}
				if len(e.Prompt) != len(e.Counter)+1 {
					t.Error("more than one bracket between the sides")
				}
				if tok.Decode([]int32{e.Target}) != "]]\n" || tok.Decode([]int32{e.Alt}) != "]\n" {
					t.Error("other answers")
				}
			}
		}
	}
}

func TestBracketsElements(t *testing.T) {
	list, err := bracketCountingElements(18, 18).Examples(Fit, tokenizer(t, 512), Options{N: 20, MaxTokens: 128})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if strings.Count(e.Filling, ",") != 17 {
			t.Errorf("%q has not 18 elements", e.Filling)
		}
	}
}
