package probe

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/corpus"
)

// Label says where a token stands in Python code.
type Label uint8

// The labels. Double and Single are strings on one line as the task of quotes
// has them, LongDouble and LongSingle strings in triple quotes.
const (
	leftOut Label = iota // the end of text, and documents that Python cannot tokenize
	Outside
	Single
	Double
	LongSingle
	LongDouble
)

var labelNames = [...]string{"left out", "outside", "single", "double", "long single", "long double"}

func (l Label) String() string {
	if int(l) < len(labelNames) {
		return labelNames[l]
	}
	return fmt.Sprintf("label %d", uint8(l))
}

// InString says whether the token stands inside a string of any kind.
func (l Label) InString() bool { return l >= Single }

// labelOf are the labels by the quote that opens a string.
var labelOf = map[string]Label{"'": Single, `"`: Double, "'''": LongSingle, `"""`: LongDouble}

// Labels says of every token of a stream where it stands.
type Labels struct {
	Of []Label // [token]
	// Document is the number of the document that a token belongs to; the end of
	// text belongs to the document that it ends.
	Document  []int // [token]
	Documents int
	// Failed are the documents that Python could not tokenize, in order.
	Failed []Failure
	// Python is the version that tokenized, such as "3.11".
	Python string
}

// Failure is a document that could not be tokenized.
type Failure struct {
	Document int
	Reason   string
}

// Count is the number of tokens of every label.
func (l *Labels) Count() map[Label]int {
	n := map[Label]int{}
	for _, x := range l.Of {
		n[x]++
	}
	return n
}

// LabelStrings runs Python's tokenizer over the documents of a stream, in a
// process of its own (the Python is the one that package pip finds), and says of
// every token whether its first byte lies in the content of a string. The
// content is what stands between the quotes: prefixes, such as r and f, and the
// quotes themselves are outside, so a token that closes a string is, and one that
// begins in it and closes it is not. An f-string is one string, its braces and
// what they hold included, because before version 3.12 the tokenizer sees no
// more of it; from then on a string may stand in the braces, and counts as part
// of the f-string that it stands in. Comments are outside, whatever they quote.
//
// A document that Python cannot tokenize is left out as a whole and listed. That
// Python is missing, or breaks, is an error.
func LabelStrings(ctx context.Context, tok *corpus.Tokenizer, stream corpus.Tokens) (*Labels, error) {
	if tok == nil || len(stream) == 0 {
		return nil, fmt.Errorf("labels: no tokens, or no tokenizer to decode them")
	}
	l := &Labels{Of: make([]Label, len(stream)), Document: make([]int, len(stream))}
	for i, id := range stream {
		if _, err := tok.Token(id); err != nil {
			return nil, fmt.Errorf("labels: token %d of the stream: %w", i, err)
		}
	}
	var texts []string
	var first []int // token of each document
	for from := 0; from < len(stream); {
		end := from
		for end < len(stream) && stream[end] != tok.EOT() {
			l.Document[end] = len(texts)
			end++
		}
		if end < len(stream) {
			l.Document[end] = len(texts)
		}
		texts, first = append(texts, tok.Decode(stream[from:end])), append(first, from)
		from = end + 1
	}
	l.Documents = len(texts)
	found, version, err := tokenize(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	l.Python = version
	for d, f := range found {
		if f.err != nil {
			l.Failed = append(l.Failed, Failure{Document: d, Reason: f.err.Error()})
			continue
		}
		at, spans := 0, f.spans // bytes
		for i := first[d]; i < len(stream) && stream[i] != tok.EOT(); i++ {
			for len(spans) > 0 && spans[0].to <= at {
				spans = spans[1:]
			}
			l.Of[i] = Outside
			if len(spans) > 0 && spans[0].from <= at {
				l.Of[i] = spans[0].label
			}
			at += len(tok.Decode(stream[i : i+1]))
		}
	}
	return l, nil
}
