package task

import (
	"fmt"
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestShuffled: every pair is one of the task's, as it is or with its sides
// changed, by its filling alone and about as often as not; in every split.
func TestShuffled(t *testing.T) {
	for _, plain := range All() {
		for _, vocab := range corpus.Vocabs {
			tok := tokenizer(t, vocab)
			s := Shuffled(plain)
			// The same draws under the same name, but not shuffled.
			same := plain
			same.Name = s.Name
			o := Options{N: 60, Seed: 3, MaxTokens: 128}
			was := all(t, same, tok, o)
			swapped, pairs := 0, 0
			for split, list := range all(t, s, tok, o) {
				for i, e := range list {
					w := was[split][i]
					if e.Filling != w.Filling || e.Target != w.Target || e.Alt != w.Alt {
						t.Fatalf("%s: %+v was %+v", s.Name, e, w)
					}
					if coin(e.Filling) {
						w.Prompt, w.Counter = w.Counter, w.Prompt
						swapped++
					}
					if pairs++; !cmp.Equal(e, w) {
						t.Fatalf("%s: prompts %v and %v, want %v and %v", s.Name, e.Prompt, e.Counter, w.Prompt, w.Counter)
					}
				}
			}
			if share := float64(swapped) / float64(pairs); vocab == 512 && plain.Name == "single_double_quote" && (share < .35 || share > .65) {
				t.Errorf("%s: %d of %d pairs are swapped", s.Name, swapped, pairs)
			}
		}
	}
}

// TestShuffledCannotBeSolved: whoever knows every answer of the task is right on
// about half of the pairs.
func TestShuffledCannotBeSolved(t *testing.T) {
	tok := tokenizer(t, 512)
	s := Shuffled(SingleDoubleQuote())
	for split, list := range all(t, s, tok, Options{N: 400}) {
		right := 0
		for _, e := range list {
			if closes := strings.Contains(lastLine(tok.Decode(e.Prompt)), `("`); closes == (tok.Decode([]int32{e.Target}) == `")`) {
				right++
			}
		}
		if right < 140 || right > 260 {
			t.Errorf("split %d: the quote tells the answer in %d of %d pairs", split, right, len(list))
		}
	}
}

func lastLine(s string) string { return s[strings.LastIndex(s, "\n")+1:] }

// TestCoin: fair, a function of the text, and independent of the split.
func TestCoin(t *testing.T) {
	var heads, all [3]int
	for i := range 12000 {
		filling := fmt.Sprint("filling ", i)
		split := splitOf("t", filling)
		if all[split]++; coin(filling) {
			heads[split]++
		}
	}
	for split := range all {
		if share := float64(heads[split]) / float64(all[split]); share < .46 || share > .54 {
			t.Errorf("split %d: %d heads of %d", split, heads[split], all[split])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "filling")
		if coin(s) != coin(strings.Clone(s)) {
			t.Fatal("a coin fell twice")
		}
	})
}

func TestShuffledName(t *testing.T) {
	s := Shuffled(BracketCounting())
	if s.Name != "bracket_counting_shuffled" || !strings.Contains(s.Contrast, "bracket_counting") {
		t.Errorf("%q, %q", s.Name, s.Contrast)
	}
	if _, err := Shuffled(Task{Name: "mine"}).Examples(Fit, tokenizer(t, 512), Options{N: 1}); err == nil || !strings.Contains(err.Error(), `task "mine_shuffled": Draw is nil`) {
		t.Errorf("a task that draws nothing: %v", err)
	}
}
