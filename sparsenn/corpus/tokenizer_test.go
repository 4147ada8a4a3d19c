package corpus

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"circuitbook/sparsenn/corpus/internal/bpe"
)

func mustTokenizer(t testing.TB, vocab int) *Tokenizer {
	t.Helper()
	tok, err := LoadTokenizer(vocab)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestVocabularies(t *testing.T) {
	for _, v := range Vocabs {
		tok := mustTokenizer(t, v)
		if tok.VocabSize() != v || tok.EOT() != int32(v-1) {
			t.Errorf("vocabulary %d: size %d, end of text %d", v, tok.VocabSize(), tok.EOT())
		}
		seen := map[string]bool{}
		for id := range int32(v) {
			s, err := tok.Token(id)
			if err != nil || s == "" || seen[s] {
				t.Fatalf("vocabulary %d: token %d is %q, %v", v, id, s, err)
			}
			seen[s] = true
		}
		if s, _ := tok.Token(tok.EOT()); s != "<|endoftext|>" {
			t.Errorf("the last token is %q", s)
		}
		for _, id := range []int32{-1, int32(v), 1 << 30} {
			if _, err := tok.Token(id); err == nil {
				t.Errorf("token %d has a text", id)
			}
		}
	}
	if _, err := LoadTokenizer(500); err == nil || !strings.Contains(err.Error(), "[512 1024 2048]") {
		t.Errorf("vocabulary 500: %v", err)
	}
}

// The tokens of a small vocabulary are the first of a large one.
func TestVocabulariesArePrefixes(t *testing.T) {
	large := mustTokenizer(t, 2048)
	for _, v := range []int{512, 1024} {
		small := mustTokenizer(t, v)
		if !cmp.Equal(small.tokens, large.tokens[:v-1]) {
			t.Errorf("the tokens of %d are no prefix of those of 2048", v)
		}
		if small.Hash() == large.Hash() {
			t.Error("two vocabularies have one hash")
		}
	}
}

func TestLearnedTokensAreAllowed(t *testing.T) {
	for _, s := range mustTokenizer(t, 2048).tokens[256+len(bpe.Kept()):] {
		if !bpe.Allowed(s) {
			t.Errorf("token %q", s)
		}
	}
}

func TestEncodeDecodeIsIdentity(t *testing.T) {
	for _, v := range Vocabs {
		tok := mustTokenizer(t, v)
		rapid.Check(t, func(t *rapid.T) {
			var s string
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				s = string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
			case 1:
				s = rapid.String().Draw(t, "text")
			default:
				s = Synthetic(1, rapid.Uint64Max(1000).Draw(t, "document"))
				cut := rapid.IntRange(0, len(s)).Draw(t, "cut")
				s = s[cut:] + s[:cut]
			}
			checkIdentity(t, tok, s)
		})
		for _, s := range []string{"", "<|endoftext|>", "\xff", "a\xffb", "\xe2\x82", "é\xf0\x9f", "\r\n", " \n \n", "\uFFFD", "a\u0301", "\u2028"} {
			checkIdentity(t, tok, s)
		}
	}
}

type fataler interface{ Fatalf(string, ...any) }

func checkIdentity(t fataler, tok *Tokenizer, s string) {
	ids := tok.Encode(s)
	if got := tok.Decode(ids); got != s {
		t.Fatalf("%q came back as %q", s, got)
	}
	for _, id := range ids {
		if id < 0 || id >= tok.EOT() {
			t.Fatalf("%q has token %d", s, id)
		}
	}
}

func TestDecodeUnknown(t *testing.T) {
	tok := mustTokenizer(t, 512)
	if got := tok.Decode([]int32{'a', tok.EOT(), 512, -1, 'b'}); got != "a<|endoftext|>\uFFFD\uFFFDb" {
		t.Errorf("%q", got)
	}
}

func TestTexts(t *testing.T) {
	tok := mustTokenizer(t, 512)
	got, err := tok.Texts([]int32{'a', tok.EOT(), 'b'})
	if err != nil || !slices.Equal(got, []string{"a", "<|endoftext|>", "b"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := tok.Texts([]int32{'a', 512}); err == nil || !strings.Contains(err.Error(), "place 1") {
		t.Errorf("a token that there is not: %v", err)
	}
}

func TestKeptUnitsAreSingle(t *testing.T) {
	for _, v := range Vocabs {
		tok := mustTokenizer(t, v)
		for _, s := range append(keptUnits(), "]", ":", "(", "\n", "0", "9", "r", "w", "}", ",") {
			if _, err := tok.Single(s); err != nil {
				t.Error(err)
			}
		}
	}
}

// In running text the answers of the tasks are the same single tokens, whatever
// stands around them.
func TestAnswersInContext(t *testing.T) {
	cases := []struct{ before, answer, after string }{
		{"values = [[3, 7", "]]\n", "x = 1\n"},
		{"values = [[3, 7", "]]\n", "\nx = 1\n"},
		{"    values = [3, 17", "]\n", "    return 1\n"},
		{"values = [3, 17", "]\n", "\n\n"},
		{`print("Hello you`, `")`, "\n"},
		{`print("Hello you.`, `")`, "\n"},
		{`if f("Hello you`, `")`, ":\n"},
		{`f(g("Hello you`, `")`, ")\n"},
		{`x = f('a b`, `')`, "\n\n"},
		{`print`, `("`, `Hello")`},
		{`raise ValueError`, `('`, `Hello')`},
		{"def f(a, b", "):\n", "    return 1\n"},
		{"def f(a=None, b", "=None", ", c=None):\n"},
		{"def f", "(", "x):\n"},
		{"def f", "(", "):\n"},
		{"f = lambda a", ":", " a + 1\n"},
		{"seen", ".add", "(x)\n"},
		{"seen", " +=", " x\n"},
		{`with open("a.txt")`, " as", " f:\n"},
		{`f = open("a.txt")`, "\n", "x = 1\n"},
		{"for x", " in", " items:\n"},
		{"while x", ":\n", "    pass\n"},
		{"while True", ":\n", "    pass\n"},
		{"return True", "\n", "\n\ndef f():\n"},
		{"if x", " ==", " 3:\n"},
		{"    x", " =", " 3\n"},
		{"for i in", " range", "(3):\n"},
		{"for i, x in", " enumerate", "(items):\n"},
		{"x = a if b", " else", " c\n"},
		{"if b", ":\n", "    pass\n"},
		{"d = {1: 2, 3", ":", " 4}\n"},
		{"d = [1, 2, 3", ",", " 4]\n"},
		{`open("a.txt", "`, "r", `")`},
		{`open("a.txt", '`, "w", `')`},
		{"for x in y:\n", "   ", " print(x)\n"},
		{"    for x in y:\n", "       ", " print(x)\n"},
		{"x, y = y,", " x", "\n"},
		{"self.name =", " name", "\n"},
	}
	for _, v := range Vocabs {
		tok := mustTokenizer(t, v)
		for _, c := range cases {
			id, err := tok.Single(c.answer)
			if err != nil {
				t.Error(err)
				continue
			}
			before := tok.Encode(c.before)
			all := tok.Encode(c.before + c.answer + c.after)
			if len(all) <= len(before) || !cmp.Equal(all[:len(before)], before) || all[len(before)] != id {
				t.Errorf("%d: after %q stands no %q: %q", v, c.before, c.answer, texts(tok, all))
			}
		}
	}
}

func texts(tok *Tokenizer, ids []int32) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i], _ = tok.Token(id)
	}
	return out
}

// Brackets count: every opening bracket is one token, equal at every depth.
func TestOpeningBracketsDoNotMerge(t *testing.T) {
	tok := mustTokenizer(t, 2048)
	got := texts(tok, tok.Encode("values = [[[3], [4]]]\n# see [\nx = y[[0]]\n"))
	n := 0
	for _, s := range got {
		if strings.Contains(s, "[") {
			if n++; s != "[" && s != " [" {
				t.Errorf("token %q in %q", s, got)
			}
		}
	}
	if n != 7 {
		t.Errorf("%d tokens with an opening bracket, want 7", n)
	}
}

func TestSingleNamesTheSplit(t *testing.T) {
	_, err := mustTokenizer(t, 512).Single("x1\n")
	if err == nil || !strings.Contains(err.Error(), `"x1\n" is not a single token`) || !strings.Contains(err.Error(), `["x" "1" "\n"]`) {
		t.Errorf("%v", err)
	}
	if _, err := mustTokenizer(t, 512).Single(""); err == nil {
		t.Error("an empty text is a token")
	}
}

func TestTokenizerIsSafeForConcurrentUse(t *testing.T) {
	var wg sync.WaitGroup
	for i := range uint64(8) {
		wg.Go(func() {
			tok, err := LoadTokenizer(1024)
			if err != nil {
				t.Error(err)
				return
			}
			for j := range uint64(5) {
				if s := Synthetic(i, j); tok.Decode(tok.Encode(s)) != s {
					t.Error("decoded differently")
				}
			}
		})
	}
	wg.Wait()
}

// A megabyte of one letter, of blanks or of brackets costs no more than text does.
func TestLongRunsAreLinear(t *testing.T) {
	tok := mustTokenizer(t, 512)
	for _, unit := range []string{"a", " ", "(", "\n", "é", "\t"} {
		checkIdentity(t, tok, strings.Repeat(unit, 200_000))
	}
}

// The hashes stand for every rank and for the pattern. If they change, trained
// models of before no longer fit.
func TestGoldenTokenizers(t *testing.T) {
	want := map[int]string{512: "3b6617bfb3fc3ca1", 1024: "9604b4d627c4b026", 2048: "467cd3bf94298903"}
	for _, v := range Vocabs {
		if got := mustTokenizer(t, v).Hash(); got[:16] != want[v] {
			t.Errorf("the tokenizer of %d has hash %s, not %s...", v, got[:16], want[v])
		}
	}
}

func TestValidPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		n := validPrefix(s)
		if !utf8.ValidString(s[:n]) || n < len(s) && utf8.ValidString(s[:n+1]) {
			t.Fatalf("%q: %d", s, n)
		}
	})
}

func FuzzEncodeDecode(f *testing.F) {
	for _, s := range []string{"", "print(\"Hello\")\n", "\xff\xfe", "x = [[1, 2]]\n\n", "<|endoftext|>", "\u00a0\u2003 a", "𝔘nicode ١٢"} {
		f.Add(s)
	}
	tok, err := LoadTokenizer(1024)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) { checkIdentity(t, tok, s) })
}

func BenchmarkEncode(b *testing.B) {
	tok := mustTokenizer(b, 1024)
	var text strings.Builder
	for i := range uint64(300) {
		text.WriteString(Synthetic(1, i))
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		tok.Encode(text.String())
	}
}

// TestLongest: no token is longer, and one is as long.
func TestLongest(t *testing.T) {
	for _, vocab := range Vocabs {
		tok, longest := mustTokenizer(t, vocab), 0
		for id := range tok.EOT() {
			s, err := tok.Token(id)
			if err != nil {
				t.Fatal(err)
			}
			longest = max(longest, len(s))
		}
		if tok.Longest() != longest || longest < 2 {
			t.Errorf("vocabulary of %d: %d, the longest token has %d bytes", vocab, tok.Longest(), longest)
		}
	}
}
