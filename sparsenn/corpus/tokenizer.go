package corpus

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go"

	"circuitbook/sparsenn/corpus/internal/bpe"
)

// ranks holds the tokens of the largest vocabulary in rank order; the smaller
// vocabularies are prefixes.
//
//go:generate go run ./internal/trainbpe -o ranks.tiktoken
//go:generate go run ./internal/makesample -o internal/source/sample.zip
//go:embed ranks.tiktoken
var ranks []byte

// Vocabs lists the vocabulary sizes there are.
var Vocabs = []int{512, 1024, 2048}

// Tokenizer is a byte-level BPE with the split pattern of the paper's
// tokenizer, digits one by one, and keptUnits as single tokens. Token ids run
// from 0 to VocabSize()-1; the first 256 are the bytes, the last is the end of
// text. It is safe for concurrent use.
type Tokenizer struct {
	tokens  []string // by id, without the end of text
	longest int      // of them, in bytes
	enc     *tiktoken.Tiktoken
	hash    string
}

var (
	loadMu sync.Mutex
	loaded = map[int]*Tokenizer{}
)

// LoadTokenizer returns the tokenizer with the given number of tokens, one of
// [Vocabs]. Nothing is downloaded; the ranks are part of the program.
func LoadTokenizer(vocab int) (*Tokenizer, error) {
	loadMu.Lock()
	defer loadMu.Unlock()
	if t := loaded[vocab]; t != nil {
		return t, nil
	}
	known := false
	for _, v := range Vocabs {
		known = known || v == vocab
	}
	if !known {
		return nil, fmt.Errorf("corpus: there is no vocabulary of %d tokens: choose one of %v", vocab, Vocabs)
	}
	list, err := bpe.Parse(ranks)
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	if len(list) < vocab-1 {
		return nil, fmt.Errorf("corpus: the rank file holds %d tokens, %d are needed", len(list), vocab-1)
	}
	t, err := newTokenizer(list[:vocab-1])
	if err != nil {
		return nil, err
	}
	loaded[vocab] = t
	return t, nil
}

func newTokenizer(tokens []string) (*Tokenizer, error) {
	byText, longest := make(map[string]int, len(tokens)), 0
	for i, s := range tokens {
		byText[s], longest = i, max(longest, len(s))
	}
	special := map[string]int{bpe.EndOfText: len(tokens)}
	core, err := tiktoken.NewCoreBPE(byText, special, bpe.Pattern)
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	enc := tiktoken.NewTiktoken(core, &tiktoken.Encoding{
		Name: "circuitbook", PatStr: bpe.Pattern, MergeableRanks: byText, SpecialTokens: special,
	}, map[string]any{bpe.EndOfText: true})
	sum := sha256.Sum256(append([]byte(bpe.Pattern+"\n"), bpe.Format(tokens)...))
	return &Tokenizer{tokens: tokens, longest: longest, enc: enc, hash: hex.EncodeToString(sum[:])}, nil
}

// keptUnits returns the texts that are single tokens of every vocabulary
// because a task's answer or a decisive place needs them.
func keptUnits() []string { return bpe.Kept() }

// VocabSize is the number of tokens, the end of text included.
func (t *Tokenizer) VocabSize() int { return len(t.tokens) + 1 }

// EOT is the id of <|endoftext|>, which stands between documents. [Tokenizer.Encode]
// never gives it: text that happens to spell it is text.
func (t *Tokenizer) EOT() int32 { return int32(len(t.tokens)) }

// Longest is the length of the longest token in bytes: a text has at least as many
// tokens as that goes into it.
func (t *Tokenizer) Longest() int { return t.longest }

// Hash identifies the tokens, their order and the split pattern.
func (t *Tokenizer) Hash() string { return t.hash }

// Encode gives the tokens of s. Decode(Encode(s)) == s for every string; bytes
// that are not UTF-8 become byte tokens.
func (t *Tokenizer) Encode(s string) []int32 {
	out := make([]int32, 0, len(s)/2+1)
	for len(s) > 0 {
		n := validPrefix(s)
		if n > 0 {
			for _, id := range t.enc.EncodeOrdinary(s[:n]) {
				out = append(out, int32(id))
			}
			s = s[n:]
			continue
		}
		out = append(out, int32(s[0])) // the first 256 ids are the bytes
		s = s[1:]
	}
	return out
}

// validPrefix is the length of the longest prefix of s that is UTF-8.
func validPrefix(s string) int {
	if utf8.ValidString(s) {
		return len(s)
	}
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// Decode gives the text of tokens; the end of text decodes to <|endoftext|>.
// Ids outside the vocabulary decode to U+FFFD.
func (t *Tokenizer) Decode(tokens []int32) string {
	var b strings.Builder
	for _, id := range tokens {
		s, err := t.Token(id)
		if err != nil {
			s = "\uFFFD"
		}
		b.WriteString(s)
	}
	return b.String()
}

// Token gives the text of one token, which for a byte need not be UTF-8.
func (t *Tokenizer) Token(id int32) (string, error) {
	switch {
	case id >= 0 && int(id) < len(t.tokens):
		return t.tokens[id], nil
	case id == t.EOT():
		return bpe.EndOfText, nil
	}
	return "", fmt.Errorf("corpus: token %d is outside the vocabulary of %d", id, t.VocabSize())
}

// Texts gives the text of each of several tokens.
func (t *Tokenizer) Texts(ids []int32) ([]string, error) {
	out := make([]string, len(ids))
	for i, id := range ids {
		var err error
		if out[i], err = t.Token(id); err != nil {
			return nil, fmt.Errorf("at place %d: %w", i, err)
		}
	}
	return out, nil
}

// Single gives the id of the token that spells s by itself. Where the tokenizer
// splits s, the error names s and its split.
func (t *Tokenizer) Single(s string) (int32, error) {
	ids := t.Encode(s)
	if len(ids) == 1 {
		return ids[0], nil
	}
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("%q", t.tokens[id])
	}
	return 0, fmt.Errorf("corpus: %q is not a single token of the vocabulary of %d: it splits into [%s]",
		s, t.VocabSize(), strings.Join(parts, " "))
}
