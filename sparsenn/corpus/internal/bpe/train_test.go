package bpe

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go"
	"pgregory.net/rapid"
)

// smallText is enough Python to learn a few tokens from.
const smallText = `def load_value(name, path):
    values = [[1, 2], [3, 4]]
    print("value of the name")
    return values

def save_value(name, path):
    value = load_value(name, path)
    while value:
        print('value of the path')
    return value
`

func trained(t *testing.T, n int) []string {
	t.Helper()
	counts := map[string]int{}
	if err := Pieces(strings.Repeat(smallText, 3), counts); err != nil {
		t.Fatal(err)
	}
	tokens, err := Train(counts, n)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func ranksOf(tokens []string) map[string]int {
	ranks := map[string]int{}
	for i, s := range tokens {
		ranks[s] = i
	}
	return ranks
}

func TestPiecesCoverText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 60, -1).Draw(t, "text")
		if rapid.Bool().Draw(t, "python") {
			text = rapid.StringOfN(rapid.SampledFrom([]rune("ab1 \n\t([\"')]:=,\r/é")), 0, 400, -1).Draw(t, "python text")
		}
		counts := map[string]int{}
		if err := Pieces(text, counts); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for p, n := range counts {
			sum += n * utf8.RuneCountInString(p)
		}
		if want := utf8.RuneCountInString(text); sum != want {
			t.Fatalf("pieces of %q hold %d runes, want %d", text, sum, want)
		}
	})
}

func TestPiecesSplit(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"values = [[3, 17]]\n", []string{"values", " =", " [[", "3", ",", " ", "1", "7", "]]\n"}},
		{"print(\"Hello you\")\n", []string{"print", "(\"", "Hello", " you", "\")\n"}},
		{"        return x\n", []string{"       ", " return", " x", "\n"}},
		{"f(a=None):\n", []string{"f", "(a", "=None", "):\n"}},
		{strings.Repeat("a", 300), []string{strings.Repeat("a", 128), strings.Repeat("a", 44)}},
	}
	for _, c := range cases {
		counts := map[string]int{}
		if err := Pieces(c.text, counts); err != nil {
			t.Fatal(err)
		}
		for _, p := range c.want {
			if counts[p] == 0 {
				t.Errorf("%q has no piece %q: %v", c.text, p, counts)
			}
		}
		if len(counts) != len(slices.Compact(slices.Sorted(slices.Values(c.want)))) {
			t.Errorf("%q has other pieces than %q: %v", c.text, c.want, counts)
		}
	}
}

func TestTrainStartsWithBytesAndKeptUnits(t *testing.T) {
	tokens := trained(t, 340)
	for b := range 256 {
		if tokens[b] != string([]byte{byte(b)}) {
			t.Fatalf("token %d is %q", b, tokens[b])
		}
	}
	if kept := tokens[256 : 256+len(Kept())]; !slices.Equal(kept, Kept()) {
		t.Fatalf("after the bytes stand %q", kept)
	}
	for _, learned := range tokens[256+len(Kept()):] {
		if !Allowed(learned) {
			t.Errorf("learned %q, which is not allowed", learned)
		}
	}
}

func TestTrainIsAPrefixAndDeterministic(t *testing.T) {
	long := trained(t, 345)
	if !slices.Equal(long, trained(t, 345)) {
		t.Fatal("two trainings differ")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(256+len(Kept()), len(long)).Draw(t, "n")
		counts := map[string]int{}
		if err := Pieces(strings.Repeat(smallText, 3), counts); err != nil {
			t.Fatal(err)
		}
		short, err := Train(counts, n)
		if err != nil || !slices.Equal(short, long[:n]) {
			t.Fatalf("%d tokens are no prefix of %d: %v", n, len(long), err)
		}
	})
}

// The first learned token must be the most frequent allowed pair, counted by
// hand here: a text of one repeated word leaves no doubt.
func TestTrainTakesTheMostFrequentPair(t *testing.T) {
	counts := map[string]int{"zqv": 10, "zqw": 9, "wv": 12}
	tokens, err := Train(counts, 256+len(Kept())+3)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tokens[len(tokens)-3:], []string{"zq", "wv", "zqv"}; !slices.Equal(got, want) {
		t.Errorf("learned %q, want %q", got, want)
	}
}

func TestTrainErrors(t *testing.T) {
	if _, err := Train(map[string]int{"ab": 1}, 300); err == nil || !strings.Contains(err.Error(), "do not fit") {
		t.Errorf("too few tokens: %v", err)
	}
	if _, err := Train(map[string]int{"zq": 1}, 2000); err == nil || !strings.Contains(err.Error(), "train on more") {
		t.Errorf("too little text: %v", err)
	}
}

// Merge must split as the encoder does that is used in the end, or the counts
// that training sees are of another tokenizer.
func TestMergeAgreesWithTiktoken(t *testing.T) {
	tokens := trained(t, 345)
	ranks := ranksOf(tokens)
	core, err := tiktoken.NewCoreBPE(ranks, map[string]int{EndOfText: len(tokens)}, Pattern)
	if err != nil {
		t.Fatal(err)
	}
	enc := tiktoken.NewTiktoken(core, &tiktoken.Encoding{PatStr: Pattern, MergeableRanks: ranks}, nil)
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringMatching(`[a-z]{1,12}| ?[\[\]\(\)"',:=]{1,8}\n{0,3}`).Draw(t, "piece")
		var want []string
		for _, id := range enc.EncodeOrdinary(piece) {
			want = append(want, tokens[id])
		}
		if got := Merge(piece, ranks); !slices.Equal(got, want) {
			t.Fatalf("%q: %q, tiktoken gives %q", piece, got, want)
		}
	})
}
