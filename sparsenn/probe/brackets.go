package probe

import (
	"strings"

	"circuitbook/sparsenn/corpus"
)

// Nesting is how many brackets are open after each token of a stream, and which document it is
// of; every document begins anew, and one bracket too many closes nothing. Brackets in strings
// and comments count too.
func Nesting(tok *corpus.Tokenizer, stream []int32, open, closing string) (depth, document []int, err error) {
	d, doc := 0, 0
	for _, id := range stream {
		if id == tok.EOT() {
			d, doc = 0, doc+1
		} else {
			w, err := tok.Token(id)
			if err != nil {
				return nil, nil, err
			}
			d = max(0, d+strings.Count(w, open)-strings.Count(w, closing))
		}
		depth, document = append(depth, d), append(document, doc)
	}
	return depth, document, nil
}
