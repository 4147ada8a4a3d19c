package task

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"
)

// The two prompts differ in one token, the one that opens the string, and the
// string is open at the end.
func TestQuotes(t *testing.T) {
	for _, v := range corpus.Vocabs {
		tok := tokenizer(t, v)
		for _, list := range all(t, SingleDoubleQuote(), tok, Options{N: 100}) {
			for _, e := range list {
				if len(e.Prompt) != len(e.Counter) {
					t.Fatal("the sides have different lengths")
				}
				differ := 0
				for i := range e.Prompt {
					if e.Prompt[i] != e.Counter[i] {
						a, _ := tok.Token(e.Prompt[i])
						b, _ := tok.Token(e.Counter[i])
						if differ++; a != `("` || b != `('` {
							t.Errorf("%q differs from %q", a, b)
						}
					}
				}
				if differ != 1 {
					t.Errorf("the sides differ in %d tokens", differ)
				}
				if tok.Decode([]int32{e.Target}) != `")` || tok.Decode([]int32{e.Alt}) != `')` {
					t.Error("other answers")
				}
				text := tok.Decode(e.Prompt)
				line := text[strings.LastIndex(text, "\n")+1:]
				if strings.Count(line, `"`) != 1 || strings.Contains(line, "'") || !strings.HasSuffix(line, e.Filling) {
					t.Errorf("line %q", line)
				}
				if n := len(strings.Fields(e.Filling)); n < 1 || n > 6 {
					t.Errorf("%d words in %q", n, e.Filling)
				}
			}
		}
	}
}

func TestQuotesWords(t *testing.T) {
	list, err := SingleDoubleQuoteWords(9, 9).Examples(Fit, tokenizer(t, 1024), Options{N: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if len(strings.Fields(e.Filling)) != 9 {
			t.Errorf("%q has not 9 words", e.Filling)
		}
	}
}
