package task

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestListIsEncodedOnce: whoever asks for whatever split, seed or number of a list
// gets it from the same encoding; another length or tokenizer has its own.
func TestListIsEncodedOnce(t *testing.T) {
	tok := tokenizer(t, 512)
	mine := fromPairs(t, somePairs(500))
	first := all(t, mine, tok, Options{N: 10})
	if n := testing.AllocsPerRun(3, func() { all(t, mine, tok, Options{N: 10}) }); n > 300 {
		t.Errorf("%v allocations for what was encoded before", n)
	}
	first[0][0].Prompt[0]++ // what is handed out is the caller's
	if again := all(t, mine, tok, Options{N: 10}); cmp.Equal(first[0], again[0]) {
		t.Error("the list changed with what was handed out")
	}
	if len(mine.list.encoded) != 1 {
		t.Errorf("encoded %d times", len(mine.list.encoded))
	}
	all(t, mine, tok, Options{N: 10, MaxTokens: 30})
	all(t, mine, tokenizer(t, 1024), Options{N: 10})
	if len(mine.list.encoded) != 3 {
		t.Errorf("%d encodings of two lengths and two tokenizers", len(mine.list.encoded))
	}
}

// TestEncodeContext: as many of the last chunks as fit, whatever the chunks.
func TestEncodeContext(t *testing.T) {
	tok := tokenizer(t, 512)
	rapid.Check(t, func(t *rapid.T) {
		chunk := rapid.Custom(func(t *rapid.T) string {
			return rapid.StringMatching(`[a-z \n=(]{0,12}`).Draw(t, "chunk") + "\n"
		})
		p := Pair{Context: rapid.SliceOfN(chunk, 0, 12).Draw(t, "context"), Prompt: "x = [1", Counter: "xs = {1", Target: ",", Alt: ":"}
		most := rapid.IntRange(1, 40).Draw(t, "most")
		e, ok, err := encode(tok, p, most)
		if err != nil {
			t.Fatal(err)
		}
		want, fits := byTrying(tok, p, most)
		if ok != fits || ok && want != tok.Decode(e.Prompt) {
			t.Fatalf("%q, want %q (%v, %v)", tok.Decode(e.Prompt), want, ok, fits)
		}
	})
}

// byTrying is the longest text of a prompt that fits, by encoding every one.
func byTrying(tok *corpus.Tokenizer, p Pair, most int) (string, bool) {
	for from := 0; from <= len(p.Context); from++ {
		context := strings.Join(p.Context[from:], "")
		if len(tok.Encode(context+p.Prompt)) <= most && len(tok.Encode(context+p.Counter)) <= most {
			return context + p.Prompt, true
		}
	}
	return "", false
}

// TestLongContext: a context of a million bytes is no more work than what of it can
// fit; it was encoded anew for each of its lines.
func TestLongContext(t *testing.T) {
	tok := tokenizer(t, 512)
	p := somePairs(1)[0]
	p.Context = strings.SplitAfter(strings.Repeat("total = total + 1\n", 60_000), "\n")
	p.Context = p.Context[:len(p.Context)-1]
	e, ok, err := encode(tok, p, DefaultMaxTokens)
	if err != nil || !ok || len(e.Prompt) > DefaultMaxTokens || len(e.Prompt) < DefaultMaxTokens-12 {
		t.Errorf("%d tokens, %v, %v", len(e.Prompt), ok, err)
	}
}

// TestKeys: different lists of texts or of tokens have different keys.
func TestKeys(t *testing.T) {
	if keyOf("a", "b") == keyOf("ab") || keyOf("", "a") == keyOf("a", "") || keyOf("1:a") == keyOf("a") {
		t.Error("two lists of texts share a key")
	}
	if tokensKey([]int32{1, 2}, nil) == tokensKey([]int32{1}, []int32{2}) || tokensKey([]int32{300}) == tokensKey([]int32{44, 2}) {
		t.Error("two lists of tokens share a key")
	}
}
