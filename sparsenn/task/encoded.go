package task

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"circuitbook/sparsenn/corpus"
)

// fewest is how many pairs a split of a list must have where that many are
// asked for: of fewer no mean says anything.
const fewest = 8

// pairList is the pairs of a task, and what they are as tokens: encoded once for a
// tokenizer and a length, since every split is asked for by itself, and more than
// once.
type pairList struct {
	pairs []listed

	mu      sync.Mutex
	encoded map[encoding]*encoded
}

type encoding struct {
	tokenizer string // its hash
	maxTokens int
}

// encoded is a list in tokens, by split.
type encoded struct {
	splits [3]struct {
		examples     []Example // each once
		all, tooLong int       // pairs
	}
	err error // of the first pair that cannot be encoded
}

// of returns the list in tokens. All pairs are encoded whatever the split, so that a
// bad one shows before anything is computed.
func (l *pairList) of(task string, tok *corpus.Tokenizer, maxTokens int) *encoded {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := encoding{tok.Hash(), maxTokens}
	if l.encoded[key] == nil {
		if l.encoded == nil {
			l.encoded = map[encoding]*encoded{}
		}
		l.encoded[key] = encodeAll(task, l.pairs, tok, maxTokens)
	}
	return l.encoded[key]
}

func encodeAll(task string, pairs []listed, tok *corpus.Tokenizer, maxTokens int) *encoded {
	type result struct {
		e   Example
		ok  bool
		err error
	}
	results := make([]result, len(pairs))
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(pairs); i += workers {
				r := &results[i]
				r.e, r.ok, r.err = encode(tok, pairs[i].Pair, maxTokens)
			}
		})
	}
	group.Wait()
	out := &encoded{}
	seen := map[string]bool{}
	for i, p := range pairs {
		e, ok, err := results[i].e, results[i].ok, results[i].err
		if err != nil {
			out.err = fmt.Errorf("task %s: %s: %w", task, p.where, err)
			return out
		}
		s := &out.splits[splitOf(task, p.Filling)]
		s.all++
		if !ok {
			s.tooLong++
			continue
		}
		// Pairs that differ in their context alone may be equal without it.
		if key := tokensKey(e.Prompt, e.Counter); !seen[key] {
			seen[key] = true
			s.examples = append(s.examples, e)
		}
	}
	return out
}

// tokensKey is a text that no two other lists of tokens have.
func tokensKey(lists ...[]int32) string {
	var b []byte
	for _, list := range lists {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, id := range list {
			b = binary.AppendUvarint(b, uint64(uint32(id)))
		}
	}
	return string(b)
}

// choose gives the listed examples of a split in the order of a seed, as many as
// are asked for and there.
func (t Task) choose(tok *corpus.Tokenizer, o Options, split Split, r *rand.Rand) ([]Example, error) {
	list := t.list.of(t.Name, tok, o.MaxTokens)
	if list.err != nil {
		return nil, list.err
	}
	s := list.splits[split]
	if needs := min(o.N, fewest); len(s.examples) < needs {
		const add = "add pairs with other fillings (of four fillings about two go to fit, one to select, one to report)"
		long, remedy := "", add
		if s.tooLong > 0 {
			long, remedy = fmt.Sprintf(", longer than %d tokens of them: %d", o.MaxTokens, s.tooLong), "raise MaxTokens, shorten them, or "+add
		}
		return nil, fmt.Errorf("task %s: %d different examples in the %s split, which needs %d (pairs in all: %d, in this split: %d%s): %s",
			t.Name, len(s.examples), [...]string{"fit", "select", "report"}[split], needs, len(t.list.pairs), s.all, long, remedy)
	}
	out := slices.Clone(s.examples)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	out = out[:min(o.N, len(out))]
	for i := range out { // the list is for all who ask
		out[i].Prompt, out[i].Counter = slices.Clone(out[i].Prompt), slices.Clone(out[i].Counter)
	}
	return out, nil
}
