package dilution

import (
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/internal/amplified"
	"circuitbook/sparsenn/train"
)

// untrained is a small run whose weights nobody trained.
func untrained(t testing.TB) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	return amplified.Run(t, c)
}

func tokenizer(t testing.TB) *corpus.Tokenizer {
	t.Helper()
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
