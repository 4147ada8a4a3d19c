package corpus

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"runtime"
	"sync"

	"circuitbook/sparsenn/corpus/internal/source"
)

// splitDocs divides documents into training and validation by their content:
// a document is held back where its hash, as a fraction, lies below share. Of
// several documents at least one falls on each side: the one with the smallest
// hash is held back, the one with the largest is not.
func splitDocs(docs []source.Doc, share float64) (train, valid []source.Doc) {
	low, high := 0, 0
	fractions := make([]float64, len(docs))
	for i, d := range docs {
		fractions[i] = fraction(d)
		if fractions[i] < fractions[low] {
			low = i
		}
		if fractions[i] >= fractions[high] {
			high = i
		}
	}
	for i, d := range docs {
		if (fractions[i] < share || i == low) && i != high { // one document alone is low and high
			valid = append(valid, d)
		} else {
			train = append(train, d)
		}
	}
	return train, valid
}

// fraction maps a document to [0, 1) by the hash of its text.
func fraction(d source.Doc) float64 {
	raw, _ := hex.DecodeString(d.Key()[:16])
	return float64(binary.BigEndian.Uint64(raw)>>11) / (1 << 53)
}

// shuffle orders documents by the seed and the number of their part.
func shuffle(docs []source.Doc, seed uint64, part int) {
	r := rand.New(rand.NewPCG(seed, uint64(part)))
	r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
}

// limit keeps the documents that fit in so many bytes, 0 being no limit; the
// first document that does not fit ends it.
func limit(docs []source.Doc, bytes int64) []source.Doc {
	if bytes == 0 {
		return docs
	}
	var sum int64
	for i, d := range docs {
		if sum += int64(len(d.Text)); sum > bytes && i > 0 {
			return docs[:i]
		}
	}
	return docs
}

// stream hands out the documents of one part, encoded a handful at a time.
type stream struct {
	weight float64
	docs   []source.Doc
	next   int       // the document that is handed out next
	ready  [][]int32 // encodings of docs[next:]
	got    int       // tokens handed out
	bytes  int64     // their text
}

// pop returns the next document's tokens with the end of text, nil at the end.
func (s *stream) pop(tok *Tokenizer) []int32 {
	if s.next == len(s.docs) {
		return nil
	}
	if len(s.ready) == 0 {
		s.ready = encodeAll(tok, s.docs[s.next:min(len(s.docs), s.next+64)])
	}
	t := s.ready[0]
	s.ready = s.ready[1:]
	s.bytes += int64(len(s.docs[s.next].Text))
	s.next++
	s.got += len(t)
	return t
}

// encodeAll encodes documents on all processors, each followed by the end of text.
func encodeAll(tok *Tokenizer, docs []source.Doc) [][]int32 {
	out := make([][]int32, len(docs))
	jobs := make(chan int, len(docs))
	for i := range docs {
		jobs <- i
	}
	close(jobs)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(docs)) {
		wg.Go(func() {
			for i := range jobs {
				out[i] = append(tok.Encode(docs[i].Text), tok.EOT())
			}
		})
	}
	wg.Wait()
	return out
}

// mix interleaves the streams so that their tokens are in proportion to their
// weights, to within a document, and stops when the stream whose turn it is has
// no more: no document is used twice.
func mix(ctx context.Context, tok *Tokenizer, streams []*stream) (Tokens, error) {
	var out Tokens
	live := streams[:0:0]
	for _, s := range streams {
		if len(s.docs) > 0 {
			live = append(live, s)
		}
	}
	for len(live) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		turn := live[0]
		for _, s := range live[1:] {
			if float64(s.got)/s.weight < float64(turn.got)/turn.weight {
				turn = s
			}
		}
		t := turn.pop(tok)
		if t == nil {
			break
		}
		out = append(out, t...)
	}
	return out, nil
}
