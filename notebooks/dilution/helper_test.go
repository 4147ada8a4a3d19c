package dilution

import (
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// untrained is a small run whose weights nobody trained.
func untrained(t testing.TB) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	return traintest.Amplified(t, c)
}

func tokenizer(t testing.TB) *corpus.Tokenizer {
	t.Helper()
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
